"""Words written with a character that sounds or looks like the right one, or with its first letter.

A rule knows 消炎; people write 萧炎, 消焱 or 消Y. The table ``packs/_alike.yaml`` names, for each word that rules
look for, the stand-ins that are odd in that place; ``packs/_sounds.yaml`` the rare characters of the same sound. From them every spelling is worked out once, so that reading a
text is a look-up at each of its characters.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from itertools import product
from typing import Any

import yaml

_NONE = "."
_MOST_WRONG = 2  # characters of one word that may be stand-ins at once


@dataclass(frozen=True)
class Spellings:
    """Every odd spelling with the word it stands for; ``lengths`` are theirs, the longest first."""

    words: dict[str, str]
    lettered: frozenset[str]  # those that hold a single letter, which must stand alone
    lengths: tuple[int, ...]
    first: frozenset[str]  # the characters a spelling may begin with


def _table(name: str) -> dict[str, Any]:
    raw: dict[str, Any] = yaml.safe_load(
        resources.files("generator.checks").joinpath("packs", name).read_text("utf-8")
    )
    return raw


@cache
def spellings() -> Spellings:
    """The table, worked out."""
    raw, sounds = _table("_alike.yaml"), _table("_sounds.yaml")
    heard = {sign: sound for sound, signs in sounds["own"].items() for sign in signs}
    words: dict[str, str] = {}
    for word in raw["words"]:
        words |= dict.fromkeys(_one_rare(word, [sounds["rare"].get(heard[sign], "") for sign in word]), word)
    for word in raw["long"].split():
        words |= dict.fromkeys(_one_rare(word, _any_of_sound(word, sounds)), word)
    for word, groups in raw["words"].items():
        words |= dict.fromkeys(_spelled(word, groups.split()), word)
    lettered = {
        spelling: word for word, letters in map(str.split, raw["initials"]) for spelling in _lettered(word, letters)
    }  # fmt: skip
    everything = words | lettered
    return Spellings(
        words=everything,
        lettered=frozenset(lettered),
        lengths=tuple(sorted({len(spelling) for spelling in everything}, reverse=True)),
        first=frozenset(spelling[0] for spelling in everything),
    )


def _spelled(word: str, groups: list[str]) -> list[str]:
    choices = [sign if group == _NONE else sign + group for sign, group in zip(word, groups, strict=True)]
    most = min(_MOST_WRONG, max(1, len(word) - 1)) if len(word) > 2 else len(word)
    return [
        "".join(signs)
        for signs in product(*choices)
        if 0 < sum(one != other for one, other in zip(signs, word, strict=True)) <= most
    ]


def _any_of_sound(word: str, sounds: dict[str, dict[str, str]]) -> list[str]:
    """For each character of a long word every other one of its sound, everyday or rare."""
    heard = {sign: sound for sound, signs in sounds["long"].items() for sign in signs}
    return [
        (sounds["common"][heard[sign]] + sounds["rare"].get(heard[sign], "")).replace(sign, "")
        for sign in word
    ]


def _one_rare(word: str, groups: list[str]) -> list[str]:
    """One character of the word given by another of its group: a rare one that sounds the same."""
    return [word[:at] + sign + word[at + 1 :] for at, group in enumerate(groups) for sign in group]


def _lettered(word: str, letters: str) -> list[str]:
    return [word[:at] + letter + word[at + 1 :] for at, letter in enumerate(letters)]


def found(text: str) -> list[tuple[int, int, str]]:
    """Where ``text`` spells a word oddly: start, end, and the word; in order and without overlap."""
    table = spellings()
    first, words = table.first, table.words
    hits: list[tuple[int, int, str]] = []
    free = 0
    for at, sign in enumerate(text):
        if sign not in first or at < free:
            continue
        for length in table.lengths:
            spelling = text[at : at + length]
            word = words.get(spelling)
            if word is not None and (spelling not in table.lettered or _alone(text, at, at + length)):
                hits.append((at, at + length, word))
                free = at + length
                break
    return hits


def _alone(text: str, start: int, end: int) -> bool:
    """True when no other Latin letter or digit touches the letter of ``text[start:end]``."""
    written = text[start - 1 : start] + text[start:end] + text[end : end + 1]
    return sum(sign.isascii() and sign.isalnum() for sign in written) == 1
