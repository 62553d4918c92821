"""All words behind a text, under one hash: what is kept when a version is first used, so that it can be read again later."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

MARK = "── "


@dataclass(frozen=True)
class Words:
    """Short name of the template, hash of everything, the pieces' names nearest first, and the text of all pieces."""

    template: str
    hash: str
    chain: tuple[str, ...]
    body: str

    @staticmethod
    def of(template: str, digest: str, pieces: Sequence[tuple[str, str, str]]) -> Words:
        """From (name, origin, text) of each piece."""
        chain = tuple(f"{origin}/{name}" for name, origin, _text in pieces)
        body = "\n\n".join(f"{MARK}{origin}/{name}\n{text.strip()}" for name, origin, text in pieces)
        return Words(template, digest, chain, f"{body}\n")


def split(body: str) -> dict[str, str]:
    """The pieces of a kept body by name, in their order."""
    found: dict[str, str] = {}
    for part in f"\n{body}".split(f"\n{MARK}")[1:]:
        name, _, text = part.partition("\n")
        found[name] = text.strip()
    return found
