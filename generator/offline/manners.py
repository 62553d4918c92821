"""How a brand wants its posts written: notes an editor accepted, the wish for this rewrite, what approved texts look like.

Notes are sentences for writers of any sort (:mod:`generator.learning` words them); here those a machine can obey become
bounds and replacements. Approved texts lend their manner (length, blank lines, emoji, how they open), never a fact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from statistics import median

from generator.offline.join import count_emoji, length
from generator.offline.memory import first_line
from prompts.brief import Brief

_QUOTED = r"[“\"「]([^”\"」]{1,24})[”\"」]"
_NOT_BUT = re.compile(rf"写{_QUOTED}，不写{_QUOTED}")
_INTO = re.compile(rf"{_QUOTED}改(?:写)?成{_QUOTED}")
_NEVER = re.compile(rf"(?:不写|别写|不要写|不出现|不要出现|去掉|删掉){_QUOTED}")
_CLOSING = re.compile(rf"结尾写一句{_QUOTED}")
_AT_MOST = re.compile(r"(?:最多|不超过)\s*(\d{1,3})")
_SIZE = re.compile(r"全文(?:不超过|控制在)?\s*(\d{2,3})\s*字|全文写到\s*(\d{2,3})\s*字")
_FIRST = re.compile(r"第一行短一点，(\d{1,2})\s*个?字")
_NOTES = 10
_TALKATIVE = 1.25  # a text may be so much longer than the middle one of the approved texts
_TIME = re.compile(
    r"^(?:今天|今晚|明天|明晚|还有|周[一二三四五六日]|早上|上午|中午|下午|晚上|\d{1,2}[点:：月])"
)
_GREETING = re.compile(r"^(?:早|午安|晚上好|大家好|欢迎|你好|晚安)")


@dataclass(frozen=True, slots=True)
class Manner:
    """What a text has to keep to. None: no wish."""

    never: tuple[str, ...] = ()
    swaps: tuple[tuple[str, str], ...] = ()  # what is put for what
    closing: str = ""  # a sentence to end on
    emoji: int | None = None
    questions: int | None = None
    most_chars: int = 0
    least_chars: int = 0
    first_line: int = 0
    link: bool | None = None
    strip: frozenset[str] = frozenset()  # exclaim, tilde, particles, dots, numbers, brackets, you
    airy: bool | None = None  # blank lines round the body
    few_lines: bool = False
    lively: bool = False
    formal: bool = False
    openings: frozenset[str] = frozenset()  # sorts of opening that were approved or read


def of(brief: Brief) -> Manner:
    """The manner this brief asks for: accepted notes first, approved texts where the notes are silent."""
    notes = [note for note in brief.house_notes[:_NOTES] if note]
    wish = brief.instruction
    swaps = (*_swaps(notes), *_swaps([wish]))
    lent = _lent(brief)
    written = "；".join(notes)
    return Manner(
        never=tuple(
            dict.fromkeys((*_found(_NEVER, [*notes, wish]), *(old for old, new in swaps if not new)))
        ),
        swaps=tuple((old, new) for old, new in swaps if new),
        closing=next(iter(_found(_CLOSING, notes)), ""),
        emoji=_bound(notes, "表情", lent.emoji),
        questions=_bound(notes, "问句", None),
        most_chars=_size(notes, 1) or lent.most_chars,
        least_chars=_size(notes, 2),
        first_line=int(found.group(1)) if (found := _FIRST.search(written)) else 0,
        link=False if re.search(r"不放链接", written) else None,
        strip=frozenset(_stripped(notes)),
        airy=False if "段落之间不空行" in written else lent.airy,
        few_lines="少分行" in written,
        lively=bool(re.search(r"活泼|轻松|俏皮|热闹一?点|可爱", wish)),
        formal=bool(re.search(r"正式|稳重|严肃|客气|庄重", wish)),
        openings=lent.openings,
    )


def opening(line: str) -> str:
    """What sort of opening a first line is: question, greeting, time, number or statement."""
    if re.search(r"[？?]", line):
        return "question"
    if _GREETING.match(line):
        return "greeting"
    if _TIME.match(line):
        return "time"
    return "number" if re.search(r"\d", line) else "statement"


def _lent(brief: Brief) -> Manner:
    """What the approved texts of this kind and tier have in common, and how the best read ones open."""
    texts = [example.text.strip() for example in brief.examples if example.text.strip()]
    read = [heard.text.strip() for heard in brief.best if heard.text.strip()]
    openings = frozenset(opening(first_line(text)) for text in (*texts, *read))
    if not texts:
        return Manner(openings=openings)
    size = round(median(map(length, texts)) * _TALKATIVE)
    return Manner(
        emoji=round(median(map(count_emoji, texts))),
        most_chars=max(size, 40),
        airy=_mostly(["\n\n" in text for text in texts]),
        openings=openings,
    )


def _mostly(signs: Sequence[bool]) -> bool | None:
    return True if sum(signs) * 2 > len(signs) else (False if not any(signs) else None)


def _found(pattern: re.Pattern[str], notes: Iterable[str]) -> list[str]:
    """Words a pattern finds in notes, without those that a swap names."""
    return [match for note in notes if not _NOT_BUT.search(note) for match in pattern.findall(note)]


def _swaps(notes: Iterable[str]) -> tuple[tuple[str, str], ...]:
    swaps = [(old, new) for note in notes for new, old in _NOT_BUT.findall(note)]
    return tuple(swaps + [pair for note in notes for pair in _INTO.findall(note)])


def _bound(notes: Sequence[str], what: str, otherwise: int | None) -> int | None:
    for note in notes:
        if what not in note:
            continue
        if re.search(rf"(?:不用|不要|不带|别用){what}", note):
            return 0
        found = _AT_MOST.search(note)
        return int(found.group(1)) if found else 1
    return otherwise


def _size(notes: Sequence[str], group: int) -> int:
    found = (_SIZE.search(note) for note in notes)
    return next((int(match.group(group)) for match in found if match and match.group(group)), 0)


_STRIPPED = (
    ("exclaim", r"不用感叹号|少用感叹号"),
    ("tilde", r"不用波浪号|少用波浪号"),
    ("particles", r"句末(?:不|少)[带用]语气词"),
    ("dots", r"不用省略号|少用省略号"),
    ("numbers", r"不用编号|少用编号"),
    ("brackets", r"不用括号|不用【】"),
    ("you", r"不称“您”|少称“您”"),
)


def _stripped(notes: Sequence[str]) -> Iterable[str]:
    return (name for name, pattern in _STRIPPED if any(re.search(pattern, note) for note in notes))
