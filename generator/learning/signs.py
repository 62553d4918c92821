"""Signs and layout that editors keep taking out: emoji, exclamation marks, particles, numbering, blank lines."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from generator.learning.found import Found, Pair, clipped, enough

SHARE = 0.5  # of the texts that had the sign, so many lost some of it
NEARLY_ALL = 0.8  # of those, so many lost all of it: then the note says "none"
_PARTICLE = re.compile(r"[哦呢呀啦哟嘛噢喔咯](?=[。！？!?~～，,…\s]|$)")
_NUMBERED = re.compile(
    r"^[ \t]*(?:\d{1,2}[.、)）．]|[①-⑩]|[一二三四五六七八九十]、|[-•·▪●✅☑]|[0-9]\ufe0f?\u20e3)", re.MULTILINE
)


@dataclass(frozen=True)
class Sign:
    """A sign that can be counted, what to say when all of it goes and when some stays (``{n}``: how many)."""

    stem: str
    none: str
    fewer: str
    count: Callable[[str], int]


def _emoji(text: str) -> int:
    return sum(unicodedata.category(char) == "So" for char in text)


def _any(signs: str) -> Callable[[str], int]:
    return lambda text: sum(text.count(sign) for sign in signs)


def _matches(pattern: str) -> Callable[[str], int]:
    ready = re.compile(pattern)
    return lambda text: len(ready.findall(text))


def particles(text: str) -> list[str]:
    """The particles at the ends of clauses."""
    return _PARTICLE.findall(text)


SIGNS = (
    Sign("表情", "不用表情", "少用表情，整条最多 {n} 个", _emoji),
    Sign("感叹号", "不用感叹号，用句号收", "少用感叹号，整条最多 {n} 个", _any("！!")),
    Sign("“您”", "不称“您”，直接说", "少称“您”", _any("您")),
    Sign("语气词", "句末不带语气词（{words}）", "句末少带语气词（{words}）", lambda text: len(particles(text))),
    Sign("问句", "不用问句", "少用问句，整条最多 {n} 句", _any("？?")),
    Sign("波浪号", "不用波浪号", "少用波浪号", _any("～~")),
    Sign("省略号", "不用省略号", "少用省略号", _matches(r"…+|\.{3,}|。{2,}")),
    Sign("编号", "不用编号和圆点罗列，写成连着的话", "少用编号罗列", lambda text: len(_NUMBERED.findall(text))),
    Sign("【】", "不用【】", "少用【】", _any("【")),
    Sign("括号", "不用括号补充，直接写成一句", "少用括号补充", _any("（(")),
    Sign("链接", "不放链接", "少放链接，整条最多 {n} 个", _matches(r"https?://")),
    Sign("段落之间", "段落之间不空行", "段落之间少空行", _matches(r"\n[ \t]*\n")),
)  # fmt: skip


def found(pairs: Sequence[Pair], least: int) -> Iterator[Found]:
    """The signs that editors keep taking out."""
    for sign in SIGNS:
        before = [sign.count(pair.machine) for pair in pairs]
        after = [sign.count(pair.approved) for pair in pairs]
        had = tuple(number for number, count in enumerate(before) if count)
        shown = tuple(number for number in had if after[number] < before[number])
        if enough(shown, had, least, SHARE):
            left = [after[number] for number in shown]
            note = _say(sign, left, [pairs[number] for number in shown])
            yield Found(note, sign.stem, shown, had, _examples(sign, pairs, shown))


def _say(sign: Sign, left: Sequence[int], pairs: Sequence[Pair]) -> str:
    none = sum(count == 0 for count in left) >= len(left) * NEARLY_ALL
    words = Counter(word for pair in pairs for word in particles(pair.machine))
    said = (sign.none if none else sign.fewer).replace("{n}", str(max(1, round(median(left)))))
    return said.replace("{words}", "、".join(word for word, _ in words.most_common(3)))


def _examples(sign: Sign, pairs: Sequence[Pair], shown: Sequence[int]) -> tuple[str, ...]:
    """Lines that lost the sign."""
    lines = []
    for number in shown:
        kept = set(pairs[number].approved.split("\n"))
        gone = (line for line in pairs[number].machine.split("\n") if line not in kept and sign.count(line))
        lines += [clipped(line) for line in gone][:1]
    return tuple(dict.fromkeys(lines))[:3]
