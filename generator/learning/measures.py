"""Lengths that editors keep mending: of the whole text, of its first line, the number of its lines."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

from generator.learning.found import Found, Pair, clipped, enough

SHARE = 0.5
SHORTER, LONGER = 0.85, 1.2  # approved against machine text: beyond these somebody meant it
FIRST, LINES = 0.8, 0.7
LONG_LINE, MANY_LINES = 12, 4  # below these nobody shortens


def found(pairs: Sequence[Pair], least: int) -> Iterator[Found]:
    """The lengths that editors keep mending."""
    every = tuple(range(len(pairs)))
    shorter = _shown(pairs, _size, lambda old, new: new <= old * SHORTER)
    if enough(shorter, every, least, SHARE):
        most = _tens([_size(pairs[number].approved) for number in shorter])
        yield _made(f"写短一点，全文不超过 {most} 字", "写短一点", shorter, every, pairs)
    longer = _shown(pairs, _size, lambda old, new: new >= old * LONGER)
    if enough(longer, every, least, SHARE):
        about = _tens([_size(pairs[number].approved) for number in longer])
        yield _made(f"写详细一点，全文写到 {about} 字上下", "写详细一点", longer, every, pairs)
    yield from _first_line(pairs, least)
    lines = tuple(number for number, pair in enumerate(pairs) if _lines(pair.machine) >= MANY_LINES)
    fewer = tuple(
        n for n in lines if _lines(pairs[n].approved) <= _lines(pairs[n].machine) * LINES and n not in shorter
    )
    if enough(fewer, lines, least, SHARE):
        yield _made("少分行，说同一件事的句子并成一行", "少分行", fewer, lines, pairs)


def _first_line(pairs: Sequence[Pair], least: int) -> Iterator[Found]:
    could = tuple(number for number, pair in enumerate(pairs) if len(_first(pair.machine)) > LONG_LINE)
    shown = tuple(n for n in could if len(_first(pairs[n].approved)) <= len(_first(pairs[n].machine)) * FIRST)
    if enough(shown, could, least, SHARE):
        most = max(8, _quarter([len(_first(pairs[number].approved)) for number in shown]))
        examples = tuple(clipped(_first(pairs[number].approved)) for number in shown[:3])
        yield Found(f"第一行短一点，{most} 个字说完", "第一行短一点", shown, could, examples)


def _shown(
    pairs: Sequence[Pair], size: Callable[[str], int], moved: Callable[[int, int], bool]
) -> tuple[int, ...]:
    sizes = [(size(pair.machine), size(pair.approved)) for pair in pairs]
    return tuple(number for number, (old, new) in enumerate(sizes) if old and moved(old, new))


def _made(
    note: str, stem: str, shown: tuple[int, ...], could: tuple[int, ...], pairs: Sequence[Pair]
) -> Found:
    return Found(note, stem, shown, could, tuple(clipped(pairs[number].approved) for number in shown[:2]))


def _size(text: str) -> int:
    """Characters without white space, as length is counted everywhere."""
    return len("".join(text.split()))


def _first(text: str) -> str:
    return text.strip().split("\n", 1)[0].strip()


def _lines(text: str) -> int:
    return sum(1 for line in text.split("\n") if line.strip())


def _quarter(sizes: Sequence[int]) -> int:
    """What three in four of the sizes stay within."""
    return sorted(sizes)[math.ceil(len(sizes) * 0.75) - 1]


def _tens(sizes: Sequence[int]) -> int:
    return max(10, math.ceil(_quarter(sizes) / 10) * 10)
