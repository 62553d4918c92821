"""What is said at once when a person must take over: care, the brand's own reviewed answer, who takes over. No selling, no model."""

from __future__ import annotations

import re
from collections.abc import Sequence

from generator.replies.composing.current import current
from generator.replies.composing.public import for_everybody
from generator.replies.question import Question, Suggestion
from generator.replies.retrieval import Hit, Index, Search
from generator.replies.retrieval.search import source
from generator.replies.risk import Danger
from prompts.reply import ScriptRecord

CARE_FIRST = frozenset(
    {"breath", "swallow", "counterfeit"}
)  # a script for them speaks of something near, not of this
OF_ORDERS = frozenset(
    {"dispute", "upset"}
)  # any script that is surely about the matter answers them: of parcels, of money
OF_CLASS = 0.5  # a script counts as the class's own from this share on
FITS = 0.30
OWN_MATTER, OWN_WORDS = (
    0.3,
    0.65,
)  # one of both: what it says of a broken bottle is not said of one that is missing
# 客户正处于不适状态时转…: only when that is so. 涉及未成年人的转人工: the question itself is the case.
_CONDITION = re.compile(r"时转|时.{0,3}转|异常时|问题转|收到.{0,4}品转|必要时|持续")
CONDITION_FITS = 0.38
MET = 0.5  # as surely as this about the script's own matter, its words need not fit besides
SURELY = 0.8  # below this what went wrong must be told of: 打卡第三天 misses no points
ALONE = 0.40  # a script that shares one concept only must fit better to call a person
# What might happen, or by when it must be done, is asked; nothing has happened.
_MIGHT = re.compile(
    r"会不会|容不容易|(?:快|求|等|盼|想要?)降价|(?:什么|啥)时候降|万一|如果|假如|要是|的话|多少天(?:之?内|以内)|几天(?:之?内|以内)|几[号日](?:之?前|以前)|规则|一般"
)
_STILL = re.compile(
    r"按.{0,4}说的|还是.{0,4}(?:不|没)|试(?:过|了).{0,8}(?:不|没)|两样都对"
)  # the script's own advice was followed in vain
# What makes a script's question a case for a person; one that asks about it without this is an ordinary question.
TROUBLES = frozenset(
    {"reaction", "hot_feel", "price_drop", "list_price", "missing", "stuck", "address", "broken", "origin", "unusable", "release_goods", "genuine"}
)  # fmt: skip
LOSSES = frozenset({"missing", "stuck", "broken", "price_drop"})  # those of them that must have happened


def suggestions(
    question: Question, dangers: Sequence[Danger], found: Search, index: Index
) -> tuple[Suggestion, ...]:
    """The care sentence of the gravest class and the brand's reviewed script where there is one."""
    gravest = dangers[0].risk
    care = Suggestion("reassure", gravest.words(question.text, private=question.private), author="care")
    hit = script_of(dangers, found, index)
    if hit is None:
        return (care,)
    assert isinstance(hit.document.record, ScriptRecord)
    now = current(hit.document.record.answer, index.corpus, index.goods, question.now)
    if not now.whole or gravest.text.order == 1:
        return (care,)
    said = now.text if question.private else for_everybody(now.text)
    script = Suggestion("answer", said, (source(hit),), author="script" if said == now.text else "offline")
    return (care, script) if gravest.key in CARE_FIRST else (script, care)


def script_of(dangers: Sequence[Danger], found: Search, index: Index) -> Hit | None:
    """The reviewed script that answers this kind of danger best."""
    words = dangers[0].risk.text.search
    if not words:
        return None
    members, of_orders = index.class_of(words), dangers[0].risk.key in OF_ORDERS
    fitting = [
        hit for hit in found.hits[:6]
        if isinstance(hit.document.record, ScriptRecord) and hit.document.record.escalate and hit.fit >= FITS
        and (hit.met >= OWN_MATTER or hit.fit >= OWN_WORDS)
        and (members.get(hit.document.name, 0.0) >= OF_CLASS or (of_orders and hit.met >= SURELY))
    ]  # fmt: skip
    return max(
        fitting, key=lambda hit: (len(hit.document.concepts & found.concepts), hit.score), default=None
    )


def handover(dangers: Sequence[Danger], found: Search, index: Index) -> str:
    """Who takes over: as the brand's script says it, else the class's default."""
    hit = script_of(dangers, found, index)
    if hit is not None and isinstance(hit.document.record, ScriptRecord) and hit.document.record.handover:
        return hit.document.record.handover
    return dangers[0].risk.text.handover


def _about_the_same(hit: Hit, best: Hit, found: Search) -> bool:
    """By their words alone: the hit fits, is about as good as the best, and its trouble is told of."""
    shared = len(hit.document.concepts & found.concepts)
    return (
        (shared >= 2 or hit.fit >= ALONE)
        and hit.fit >= CONDITION_FITS
        and hit.score >= 0.88 * best.score
        and (hit.document.concepts & TROUBLES) <= found.concepts
    )


def _surely_met(hit: Hit, found: Search) -> bool:
    """The question is about the script's own matter: beyond doubt, or likely and what went wrong is told of."""
    told = (hit.document.concepts & LOSSES) <= found.concepts
    return hit.met >= SURELY or (hit.met >= MET and told)


def by_script(asked: str, found: Search, index: Index, cleared: Sequence[str] = ()) -> Hit | None:
    """A reviewed script that itself asks for a person, when it is what the question is about.

    One that answers a danger which was looked for and not found (``cleared``: their search words) asks for nobody, nor does
    any while ``asked`` is about what might happen.
    """
    best = found.best
    if best is None or _MIGHT.search(asked):
        return None
    for hit in found.hits[:3]:
        record = hit.document.record
        name = hit.document.name
        if any(index.class_of(words).get(name, 0.0) >= OF_CLASS for words in cleared):
            continue
        if not isinstance(record, ScriptRecord) or not (
            (hit is best and _surely_met(hit, found)) or _about_the_same(hit, best, found)
        ):
            continue
        holds = not _CONDITION.search(record.handover) or _STILL.search(asked)
        return hit if record.escalate and holds else None
    return None
