"""The fold table: what signs, split characters, homophones and letter runs stand for.

Read once from ``packs/_fold.yaml`` and compiled, for the joined view (``joined.py``) and for the
words spelled in letters (``spelling.py``), which both only look things up in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

HAN = "\u4e00-\u9fff"


@dataclass(frozen=True)
class Tricks:
    """The fold table, compiled."""

    signs: dict[str, str]
    characters: dict[int, str]
    phrases: tuple[tuple[re.Pattern[str], str], ...]
    any_phrase: re.Pattern[str]
    syllables: frozenset[str]
    spellings: tuple[tuple[re.Pattern[str], str, tuple[str, ...]], ...]  # one by one: shape, word, sounds
    wholes: tuple[str, ...]  # their sounds written as one, in the same order


@cache
def tricks() -> Tricks:
    """The fold table, read once."""
    raw: dict[str, Any] = yaml.safe_load(
        resources.files("generator.checks").joinpath("packs/_fold.yaml").read_text("utf-8")
    )
    phrases = {re.escape(key): value for key, value in raw["halves"].items()} | raw["phrases"]
    words = [(entry.split()[0], tuple(entry.split()[1:])) for entry in raw["sounds"]]
    words.sort(key=lambda word: -len(word[0]))
    return Tricks(
        signs=raw["signs"],
        characters={ord(key): value for key, value in raw["characters"].items()},
        phrases=tuple((re.compile(key), value) for key, value in phrases.items()),
        any_phrase=re.compile("|".join(f"(?:{key})" for key in phrases)),
        syllables=frozenset(sound for _, sounds in words for sound in sounds),
        wholes=tuple("".join(sounds) for _, sounds in words),
        spellings=tuple((re.compile(_shape(word, sounds)), word, sounds) for word, sounds in words),
    )


def _shape(word: str, sounds: tuple[str, ...]) -> str:
    """A pattern for ``word`` in which each sign may stand as itself or as its sound."""
    if len(word) == 1:
        return f"(?:{sounds[0]}(?=[{HAN}])|(?<=[{HAN}]){sounds[0]})"
    return "".join(f"(?:{sign}|{sound})" for sign, sound in zip(word, sounds, strict=True))
