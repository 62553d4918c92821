"""Words written in letters beside Chinese: ``zui好``, ``美bai``, ``zui hao`` are read as what they sound like.

Pinyin comes last and only on suspicion: a text without a letter run that is a sound of the table is
left alone, and of the words only those are tried of which the text holds a sound.
"""

from __future__ import annotations

import re
from array import array
from functools import lru_cache

from generator.checks.fold import HAN, Tricks
from generator.checks.rewriting import Sign, rewritten

_LETTERS = re.compile(r"[a-z]{2,7}")
_LETTERS_ALL = re.compile("[a-z]+")
_BESIDE = re.compile(f"(?<=[{HAN}])[a-z]+|[a-z]{{1,24}}(?=[{HAN}])")  # bounded: no text makes it slow


def suspicious(text: str, table: Tricks) -> bool:
    """True when a letter run could be a sound of the table: spelling is looked at only then."""
    return any(
        run in table.syllables or len(run) > 4
        for run in _LETTERS.findall(text)
        if run[:1] in "zdwjgqxkspmbfyatnrlhc"
    )


@lru_cache(maxsize=256)
def _any_spelling(shapes: tuple[str, ...]) -> re.Pattern[str]:
    """Any of these words, each sign as itself or as its sound."""
    return re.compile(f"(?:(?<![a-z])|(?=[{HAN}]))(?:{'|'.join(shapes)})(?:(?![a-z])|(?<=[{HAN}]))")


def spelled(
    text: str, starts: array[int], ends: array[int], table: Tricks
) -> tuple[str, array[int], array[int]]:
    """Every word written in letters, wholly or in part, read as its signs; each keeps the place of its letters."""
    shapes = _spelt_words(text, table)
    if not shapes:
        return text, starts, ends
    matches = _any_spelling(shapes).finditer(text)
    changes = (
        (match.start(), match.end(), _signs_of(match.group(), match.start(), table)) for match in matches
    )
    return rewritten(text, starts, ends, changes)


def _spelt_words(text: str, table: Tricks) -> tuple[str, ...]:
    """The words that letters of the text may stand in: beside Chinese one sound is enough, elsewhere it takes all of them."""
    beside, runs = " ".join(_BESIDE.findall(text)), " ".join(_LETTERS_ALL.findall(text))
    heard = {sound for sound in table.syllables if sound in beside} if beside else set()
    return tuple(
        shape.pattern
        for (shape, _, sounds), whole in zip(table.spellings, table.wholes, strict=True)
        if whole in runs or (heard and not heard.isdisjoint(sounds))
    )


def _signs_of(written: str, offset: int, table: Tricks) -> list[Sign]:
    """The signs of a word of which some are spelled: ``美bai`` → 美 and 白 with their places."""
    found: list[Sign] = []
    word, sounds = next(
        (word, sounds)
        for shape, word, sounds in table.spellings
        if sounds == (written,) or shape.fullmatch(written)
    )
    at = 0
    for sign, sound in zip(word, sounds, strict=True):
        length = 1 if written[at] == sign else len(sound)
        found.append((offset + at, offset + at + length, sign))
        at += length
    return found
