"""The one way a parser says no: a kind of fault, and what would have been understood."""

from __future__ import annotations


class Unreadable(ValueError):
    """The cell cannot be read as what its column needs. ``expected`` ends the sentence 「应为…」."""

    def __init__(self, kind: str, expected: str, english: str) -> None:
        super().__init__(kind)
        self.kind = kind
        self.expected = expected
        self.english = english
