"""A text cut into pieces: what a finding is about, what is a live token, what is plain.

The pieces joined give the text back, exactly, whatever the findings' spans are; spans that do not fit the text are
left to the list beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from prompts.live import TOKEN


class Spanned(Protocol):
    """Anything with a verdict and a place in the text (character offsets)."""

    @property
    def verdict(self) -> str: ...
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text. ``numbers`` (from 1) are findings that end here; ``live`` is a token's key, "" for plain text."""

    text: str
    verdict: str = ""  # "block", "warn" or "" for plain text
    numbers: tuple[int, ...] = ()
    live: str = ""


def pieces(text: str, findings: Sequence[Spanned]) -> tuple[Piece, ...]:
    """``text`` as pieces, marked with the findings in the order given."""
    spans = [
        (number, finding)
        for number, finding in enumerate(findings, start=1)
        if 0 <= finding.start < finding.end <= len(text)
    ]
    tokens = [(match.start(), match.end(), match.group(0)[1:-1]) for match in TOKEN.finditer(text)]
    edges = {0, len(text)}
    for start, end, _key in tokens:
        edges |= {start, end}
    for _number, finding in spans:
        edges |= {_outside(finding.start, tokens, first=True), _outside(finding.end, tokens, first=False)}
    ordered = sorted(edges)
    return tuple(_piece(text, start, end, spans, tokens) for start, end in pairwise(ordered))


def _outside(position: int, tokens: Sequence[tuple[int, int, str]], *, first: bool) -> int:
    """``position`` moved out of a token it would cut through."""
    for start, end, _key in tokens:
        if start < position < end:
            return start if first else end
    return position


def _piece(
    text: str,
    start: int,
    end: int,
    spans: Sequence[tuple[int, Spanned]],
    tokens: Sequence[tuple[int, int, str]],
) -> Piece:
    over = [(number, finding) for number, finding in spans if finding.start < end and finding.end > start]
    verdicts = {finding.verdict for _number, finding in over}
    return Piece(
        text=text[start:end],
        verdict="block" if "block" in verdicts else "warn" if verdicts else "",
        numbers=tuple(number for number, finding in over if start < finding.end <= end),
        live=next((key for begin, stop, key in tokens if begin <= start and end <= stop), ""),
    )
