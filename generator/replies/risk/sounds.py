"""Seeing through misspellings: 过闵, guo min, 投素 and 怀yun are read as the words they stand for.

A stretch that sounds like a key term is put right when at least one sign is right or it is spelled in letters, and when
it is no real word of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, partial
from importlib import resources
from typing import Any

import yaml

_LOOKALIKE = {
    "适不适合": "适合",
    "舒不舒服": "舒服",
    "眼晴": "眼睛",
    "眼睹": "眼睛",
    "投拆": "投诉",
    "12三15": "12315",
    "幺二三幺五": "12315",
    "十二三一五": "12315",
    "一二三一五": "12315",
}
_LETTERS = re.compile(r"[a-z]")


@dataclass(frozen=True)
class _Term:
    word: str
    shape: re.Pattern[str]


@cache
def _written() -> dict[str, Any]:
    text = resources.files("generator.replies.risk").joinpath("sounds.yaml").read_text("utf-8")
    written: dict[str, Any] = yaml.safe_load(text)
    return written


@cache
def _dialect() -> tuple[re.Pattern[str], dict[str, str]]:
    words: dict[str, str] = _written()["dialect"]
    longest = sorted(words, key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest))), words


@cache
def _table() -> tuple[tuple[_Term, ...], frozenset[str], re.Pattern[str]]:
    written = _written()
    sounds: dict[str, str] = written["sounds"]
    terms = []
    for word, syllables in written["terms"].items():
        signs = [f"(?:[{sounds[s]}{sign}]|{s})" for sign, s in zip(word, syllables, strict=True)]
        terms.append(_Term(word, re.compile(r"(?<![a-z])" + r"\s?".join(signs) + r"(?![a-z])")))
    return tuple(terms), frozenset(written["innocent"]), _gate(written["terms"], sounds)


def _gate(terms: dict[str, list[str]], sounds: dict[str, str]) -> re.Pattern[str]:
    """One quick look: does anything in the text sound like any term?"""
    shapes = (
        r"\s?".join(f"(?:[{sounds[s]}{sign}]|{s})" for sign, s in zip(word, syllables, strict=True))
        for word, syllables in terms.items()
    )
    return re.compile("|".join(shapes))


def mended(text: str) -> str:
    """``text`` (plain, lower case) with misspelled key terms put right and words of the south in standard ones."""
    for wrong, right in _LOOKALIKE.items():
        text = text.replace(wrong, right)
    local, words = _dialect()
    text = local.sub(lambda match: words[match[0]], text)
    terms, innocent, gate = _table()
    if gate.search(text) is None:
        return text
    for term in terms:
        text = term.shape.sub(partial(_right, word=term.word, innocent=innocent), text)
    return text


def _right(match: re.Match[str], word: str, innocent: frozenset[str]) -> str:
    written = match[0]
    bare = written.replace(" ", "")
    if bare == word or bare in innocent:
        return written
    if _LETTERS.search(bare) or any(sign in bare for sign in word):
        return word
    return written
