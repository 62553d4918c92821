"""A text rewritten in places while every character still points at where it stood in the original."""

from __future__ import annotations

from array import array
from collections.abc import Iterable

Sign = tuple[
    int, int, str
]  # the first place it was read from, the place after its last, the character it is read as
Change = tuple[int, int, Iterable[Sign]]  # from, to, and what is read instead


def rewritten(
    text: str, starts: array[int], ends: array[int], changes: Iterable[Change]
) -> tuple[str, array[int], array[int]]:
    """The text with its changes made, in reading order and none over another; the very same when there are none.

    ``starts`` and ``ends``: for each character of ``text`` the offsets in the original it was read from.
    """
    pieces: list[str] = []
    new_starts, new_ends = array("I"), array("I")
    at = 0
    for begin, after, signs in changes:
        pieces.append(text[at:begin])
        new_starts.extend(starts[at:begin])
        new_ends.extend(ends[at:begin])
        for first, end, sign in signs:
            pieces.append(sign)
            new_starts.append(starts[first])
            new_ends.append(ends[end - 1])
        at = after
    if not pieces:
        return text, starts, ends
    new_starts.extend(starts[at:])
    new_ends.extend(ends[at:])
    return "".join([*pieces, text[at:]]), new_starts, new_ends
