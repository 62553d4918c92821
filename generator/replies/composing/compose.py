"""Three stances from the sources: the answer, the reassurance, the way to the order.

The reviewed script itself comes first when it fits; nothing is said that no source says, and what may not be said any more
(a day that has passed, a campaign that is over) is told as such.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from generator.replies.composing import facts
from generator.replies.composing.current import Current, current
from generator.replies.composing.intent import NO_SELLING, asks, family, small_talk, troubled, unclear
from generator.replies.composing.phrases import Phrases
from generator.replies.composing.public import for_everybody
from generator.replies.question import Question, Source, Stance, Suggestion
from generator.replies.retrieval import Hit, Index, Search
from generator.replies.retrieval.search import source
from generator.replies.retrieval.terms import bare
from prompts.reply import CampaignRecord, KnowledgeRecord, ProductRecord, ScriptRecord

ENOUGH = 0.35  # a source that fits less does not answer the question
EXACT = 0.55  # a script that fits so well is offered in its own words
# What every product has an answer of its own to: 这个怎么用 says nothing until it is known which one.
ITS_OWN = frozenset(
    {"how_use", "how_much", "how_often", "how_long", "suit", "size", "efficacy", "texture", "open_life", "how_make", "rinse", "price"}
)  # fmt: skip
MOST = 3
LEAST_CORE = 12  # characters; a shorter first sentence takes the next one along
_THIS_ONE = re.compile(r"这支|这款|这瓶|这个|那款|那支|它")
_HOLDS_BACK = re.compile(r"(?:这个)?(?:我)?(?:不能|不敢|没法)|说不准|不建议|不好说|不能[，。]")
_SENTENCE = re.compile(r"(?<=[。！？!?～\n])")


@dataclass(frozen=True)
class Composition:
    """What was composed: suggestions (unchecked), whether the sources had an answer, a follow-up question."""

    suggestions: tuple[Suggestion, ...]
    gap: bool = False
    follow_up: str = ""
    note: str = ""


@dataclass(frozen=True)
class _Table:
    """One question with all that is needed to answer it."""

    question: Question
    asked: str
    found: Search
    index: Index
    say: Phrases

    @property
    def now(self) -> datetime:
        return self.question.now

    @property
    def family(self) -> str:
        return family(self.found.concepts)

    def ask(self, what: str) -> str:
        """A follow-up question, for the group or one to one."""
        return self.say.say("private_ask" if self.question.private else "group_ask", what)


def compose(question: Question, asked: str, found: Search, index: Index) -> Composition:
    """Suggestions for an ordinary question (no danger in it)."""
    say = Phrases(index.corpus.voice.persona, asked)
    table = _Table(question, asked, found, index, say)
    chat = small_talk(asked)
    best = found.best
    if chat:
        return Composition((Suggestion("answer", say.say("chat", chat)),))
    if missing := index.goods.missing(asked):
        return _not_sold(table, missing)
    if best is None or found.elsewhere or max(hit.fit for hit in found.hits[:3]) < ENOUGH:
        return _unknown(table)
    return _answered(table)


def _not_sold(table: _Table, goods: str) -> Composition:
    text = table.say.say("no_goods", goods=goods, who=table.say.who("other"))
    return Composition(
        (Suggestion("answer", text), Suggestion("reassure", table.say.say("gap_soft"))), gap=True
    )


def _unknown(table: _Table) -> Composition:
    """No source answers: say that it will be asked. Talk that asks nothing gets a friendly word instead."""
    found = table.found
    if not (found.elsewhere or found.spoken_of or asks(table.asked) or troubled(table.asked)):
        return Composition((Suggestion("answer", table.say.say("chat", "talk")),))
    what = unclear(table.asked, table.found.products, table.found.concepts)
    short = len(bare(table.asked)) <= 2
    follow_up = table.ask(what or "need") if what or short else ""
    if short:
        return Composition((Suggestion("answer", follow_up),), follow_up=follow_up)
    text = table.say.say("gap", who=table.say.who(table.family))
    soft = table.say.say("gap_soft")
    return Composition(
        (Suggestion("reassure", text), Suggestion("answer", f"{text}{follow_up}" if what else soft)),
        True,
        follow_up,
    )


def _answered(table: _Table) -> Composition:
    if _points_at_nothing(table):
        follow_up = table.ask("product")
        return Composition((Suggestion("answer", follow_up),), follow_up=follow_up)
    told = list(_texts(table))
    while told and told[0][0].fit < ENOUGH:
        told.pop(0)
    if not told:
        return _unknown(table)
    made = [_suggestion("answer", table, told[0])]
    reassurance = _reassurance(table, told)
    order = _order(table)
    made += [one for one in (reassurance, order) if one is not None]
    used = {place.key for one in made for place in one.sources}
    for hit, text, own in told[1:]:
        if len(made) >= MOST:
            break
        if hit.document.key not in used and _as_good(table, hit, told[0][0]):
            made.append(_suggestion("answer", table, (hit, text, own)))
    what = unclear(table.asked, table.found.products, table.found.concepts)
    if what == "product" and told[0][0].fit >= EXACT and not _THIS_ONE.search(f"{told[0][1]}{table.asked}"):
        what = ""
    return Composition(tuple(_distinct(made)[:MOST]), follow_up=table.ask(what) if what else "")


def _points_at_nothing(table: _Table) -> bool:
    """这个怎么用: asked of a product that is not told, about what each answers in its own way."""
    found = table.found
    if found.products or not found.concepts or found.concepts - ITS_OWN:
        return False
    return bool(_THIS_ONE.search(table.asked))


def _texts(table: _Table) -> Iterator[tuple[Hit, str, bool]]:
    """The first sources' answers as they may be said now; true where they are the reviewed words themselves."""
    for hit in table.found.hits[:5]:
        if hit.fit < 0.6 * ENOUGH:
            continue
        text, own = _text(table, hit)
        said = text if table.question.private else for_everybody(text)
        if said:
            yield hit, said, own and said == text


def _text(table: _Table, hit: Hit) -> tuple[str, bool]:
    record = hit.document.record
    if isinstance(record, ScriptRecord | KnowledgeRecord):
        return _note(table, record, current(record.answer, table.index.corpus, table.index.goods, table.now))
    if isinstance(record, ProductRecord):
        return _with_offer(table, record), False
    if isinstance(record, CampaignRecord):
        return facts.campaign_words(record, bare(table.asked), table.now, table.say), False
    return facts.brand_words(hit.document.key, table.index.corpus.voice, table.say), False


def _note(table: _Table, record: ScriptRecord | KnowledgeRecord, now: Current) -> tuple[str, bool]:
    if now.campaign is not None and now.phase != "on":
        return facts.window(now.campaign, table.now, table.say) + now.text, False
    return now.text, now.whole and isinstance(record, ScriptRecord)


def _with_offer(table: _Table, record: ProductRecord) -> str:
    text = facts.product_words(record.sheet, table.asked, table.say)
    offer = facts.offer_of(record.sheet.code, table.index.corpus, table.now)
    if offer is not None and table.found.concepts & {"price", "bargain", "campaign", "pricey"}:
        text = text.replace(facts.price_line(record.sheet, table.say), "")
        text += facts.sale_line(record.sheet, offer, table.now, table.say)
    return text


def _suggestion(stance: Stance, table: _Table, told: tuple[Hit, str, bool]) -> Suggestion:
    hit, text, own = told
    if own or not isinstance(hit.document.record, KnowledgeRecord) or len(text) > 120:
        return Suggestion(stance, text, (source(hit),), author="script" if own else "offline")
    door = table.say.say("door", table.question.tier or "none")
    return Suggestion(stance, f"{text}{door}", (source(hit),))


def _reassurance(table: _Table, told: list[tuple[Hit, str, bool]]) -> Suggestion | None:
    """A kind word, the one sentence that matters, an open door; from another source than the answer if there is one."""
    others = [item for item in told[1:] if _as_good(table, item[0], told[0][0])]
    hit, text, _ = others[0] if others else told[0]
    if hit.document.sheet == "商品":  # a price needs no comfort
        return None
    family_name = table.family if table.family != "ingredient" else "other"
    heard = table.say.say("hear", "careful" if _HOLDS_BACK.match(text) else family_name)
    core = _first_sentences(text)
    if not core:
        return None
    if core[:2] in ("没事", "先别", "别急", "抱歉", "太抱", heard[:2]):
        heard = ""
    door = table.say.say("door", table.question.tier or "none")
    return Suggestion("reassure", f"{heard}{core}{door}", (source(hit),))


def _as_good(table: _Table, hit: Hit, best: Hit) -> bool:
    """A second source worth quoting: nearly as fitting, and about the same thing; what a product's row answers needs none."""
    if best.document.sheet == "商品":
        return False
    shared = hit.document.concepts & table.found.concepts
    return hit.fit >= max(ENOUGH, 0.8 * best.fit) and hit.document.sheet in ("话术", "知识") and bool(shared)


def _first_sentences(text: str) -> str:
    """The first sentence, or two where the first is a bare yes or no, or only holds back."""
    parts = [part for part in _SENTENCE.split(text) if part.strip()]
    kept = parts[0].strip() if parts else ""
    if (len(kept) < LEAST_CORE or _HOLDS_BACK.match(kept)) and len(parts) > 1:
        kept = f"{kept}{parts[1].strip()}"
    return kept if not kept or kept[-1] in "。！？!?～" else f"{kept}。"


def _order(table: _Table) -> Suggestion | None:
    """The way to the order, where one product is meant and nothing in the question speaks against selling."""
    codes = table.found.products
    if len(codes) != 1 or table.found.concepts & NO_SELLING:
        return None
    corpus = table.index.corpus
    record = next((item for item in corpus.products if item.sheet.code in codes), None)
    if record is None or record.sheet.stock == 0:
        return None
    offer = facts.offer_of(record.sheet.code, corpus, table.now)
    line = facts.sale_line(record.sheet, offer, table.now, table.say)
    if record.sheet.url:
        line += table.say.say("no_push") + table.say.say("link", url=record.sheet.url)
    if not line:
        return None
    used = [
        hit
        for hit in table.found.hits
        if hit.document.record is record or (offer and hit.document.record is offer)
    ]
    return Suggestion("order", line, tuple(source(hit) for hit in used) or _named(table, record, offer))


def _named(table: _Table, record: ProductRecord, offer: CampaignRecord | None) -> tuple[Source, ...]:
    wanted: list[ProductRecord | CampaignRecord] = [record, *([offer] if offer else [])]
    return tuple(source(Hit(document, 0.0, 0.0, 0.0)) for document in table.index.rows_of(wanted))


def _distinct(made: list[Suggestion]) -> list[Suggestion]:
    seen: set[str] = set()
    return [one for one in made if not (one.text in seen or seen.add(one.text))]  # type: ignore[func-returns-value]
