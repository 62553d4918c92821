"""Finding danger in a customer's words: every class whose words stand there and are not denied, asked about or idle."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from generator.checks import views
from generator.checks.joined import joined
from generator.replies.risk.rules import RiskClass, classes
from generator.replies.risk.second import second_look
from generator.replies.risk.sounds import mended

_CLAUSE = re.compile(r"[，,。！？!?；;\n~～…]|\s{1,}(?=[\u4e00-\u9fff])")
_SENTENCE = re.compile(r"[。！？!?；;\n]")
_A_NOT_A = re.compile(
    r"(是不是|能不能|会不会|有没有|可不可以|要不要|行不行|好不好|该不该|用不用|是否|能否|可否)"
)
_DENIED = re.compile(
    r"(?:并?没有?|不是|并非|从不|从没|不|未|无|(?<![特分差个离告性级])别|非|早就?不)(?:什么|再|在|得|会|算|太|怎么|有过?|出现|说|打算|准备|要|想)?$"
)
_MAYBE = re.compile(
    r"会不会|会(?!儿)|怕|担心|容易|要是|如果|万一|假如|防(?!晒|水|腐|护|伪|汗)|抗(?!皱|老|衰)|避免|不易|有没有(?:人|姐妹|宝|谁|过)|有人|谁|能不能|可能"
)
_HAPPENED = re.compile(
    r"了(?!吗|没|解|会|能|要|怕)|已经|昨|今早|今天|刚|现在|这[两几]天|没一会儿?|一用|[用涂敷抹擦洗喷贴拍揉吃喝]完|又|好像|疼死|痛死|我对|为什么我|为啥我|怎么我|我用了"
)
_ASKS = re.compile(r"(?:吗|么|嘛|不|吧|没)\s*[？?]?\s*$|[？?]")
_MOST = 12_000
UNDERSTOOD = 1.2  # how much heavier a line must weigh that the rules have read as harmless
STRETCH = 80  # characters within which words of one matter stand together


@dataclass(frozen=True, slots=True)
class Danger:
    """A class that was seen and the words that showed it (masked by whoever stores them). ``sure``: a rule saw it."""

    risk: RiskClass
    words: str
    sure: bool = True


def detect(text: str, *, industry: str = "other") -> tuple[Danger, ...]:
    """Every danger in ``text``, the gravest first. ``industry``: skin, food or other."""
    return by_rules(text, industry=industry) or _by_likeness(text, industry)


def _by_likeness(text: str, industry: str) -> tuple[Danger, ...]:
    """What no rule saw, when it weighs like lines that people have called danger.

    Where the rules saw words of danger and understood them as denied, asked about or idle, much more must speak for it.
    """
    read = _views(text[-_MOST:])[0]
    idle = any(risk.pattern.search(read) for risk in classes())
    seen = second_look(_of_this_trade(text[-_MOST:], industry), more=UNDERSTOOD if idle else 0.0)
    risk = next((risk for risk in classes() if seen is not None and risk.key == seen.key), None)
    if seen is None or risk is None or industry in risk.text.not_for:
        return ()
    return (Danger(risk, seen.words, sure=False),)


def _of_this_trade(text: str, industry: str) -> str:
    """The text without words that mean danger in other trades only: where food is sold, 喝了一杯 weighs nothing."""
    for risk in classes():
        if industry in risk.text.not_for:
            for pattern in (risk.pattern, *(pattern for pattern, kind in risk.evidence if kind.needed)):
                text = pattern.sub(" ", text)
    return text


def by_rules(text: str, *, industry: str = "other") -> tuple[Danger, ...]:
    """The dangers whose words stand in ``text``."""
    read = _views(text[-_MOST:])
    found: list[Danger] = []
    for risk in classes():
        if industry in risk.text.not_for:
            continue
        words = next((hit for view in read for hit in _hits(risk, view)), None) or _together(risk, read[-1])
        if words is not None:
            found.append(Danger(risk, words))
    return tuple(found)


def _views(text: str) -> tuple[str, ...]:
    """The text as it stands with misspellings put right, and once more with the tricks taken out."""
    view = views.strict(text)
    first = mended(view.text)
    tricked = joined(view)
    if tricked is None or tricked.text == view.text:
        return (first,)
    second = mended(tricked.text)
    return (first,) if second == first else (first, second)


def _hits(risk: RiskClass, text: str) -> Iterator[str]:
    first = risk.pattern.search(text)
    if first is None or (risk.unless_text is not None and risk.unless_text.search(text)):
        return
    for match in risk.pattern.finditer(text):
        if match.end() > match.start() and not _cleared(risk, text, match.start(), match.end()):
            yield match[0]


def _together(risk: RiskClass, text: str) -> str | None:
    """The needed word of a class whose kinds of words add up within one stretch of the message; None when they do not."""
    if not risk.evidence or (risk.unless_text is not None and risk.unless_text.search(text)):
        return None
    for start in range(0, max(1, len(text) - STRETCH // 2), STRETCH // 2):
        part = text[start : start + STRETCH]
        found = _sum(risk, part)
        if found is not None:
            return found
    return None


def _sum(risk: RiskClass, part: str) -> str | None:
    total, needed = 0.0, ""
    for pattern, kind in risk.evidence:
        match = next(
            (
                m
                for m in pattern.finditer(part)
                if not kind.needed or not _cleared(risk, part, m.start(), m.end())
            ),
            None,
        )
        if match is not None:
            total += kind.weight
            needed = needed or (match[0] if kind.needed else "")
    return needed if needed and total >= risk.text.enough else None


def _cleared(risk: RiskClass, text: str, start: int, end: int) -> bool:
    first, last = _around(_CLAUSE, text, start, end)
    clause = text[first:last]
    if risk.unless is not None and any(
        other.start() < end and start < other.end()
        for other in risk.unless.finditer(text, max(0, start - 12), min(len(text), end + 12))
    ):
        return True
    if risk.unless_clause is not None and risk.unless_clause.search(clause):
        return True
    if risk.text.deniable and _DENIED.search(_A_NOT_A.sub("？", text[first:start])[-8:]):
        return True
    return risk.text.askable and _only_asks(text, start, end)


def _only_asks(text: str, start: int, end: int) -> bool:
    """会不会过敏吗: a question about what might be, with nothing that says it happened."""
    first, last = _around(_SENTENCE, text, start, end)
    sentence = text[first : last + 1]
    if _HAPPENED.search(sentence):
        return False
    before = text[max(first, start - 10) : end]
    return bool(_MAYBE.search(before)) or bool(_ASKS.search(sentence) and _MAYBE.search(sentence))


def _around(ends: re.Pattern[str], text: str, start: int, end: int) -> tuple[int, int]:
    low, high = max(0, start - 60), min(len(text), end + 60)
    first = low
    for match in ends.finditer(text, low, start):
        first = match.end()
    after = ends.search(text, end, high)
    return first, after.start() if after else high
