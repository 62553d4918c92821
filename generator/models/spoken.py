"""What a person may read of a JSON answer that is still being written: the words of some of its fields, so far.

The whole answer is looked at anew with every piece: it is a few thousand characters, and a half-read state would be one
more thing that can be wrong. A thought written aloud, a broken escape or prose round the object show nothing.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

MOST_CHARS = 20_000
_THOUGHT = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_WHOLE = re.compile(r'(?:[^"\\]|\\u[0-9a-fA-F]{4}|\\[^u])*')


def spoken(so_far: str, fields: Sequence[str]) -> str:
    """The strings of ``fields`` as far as they have come, each on lines of its own, in the order of ``fields``."""
    text = _THOUGHT.sub("", so_far[:MOST_CHARS])
    said = (_value(text, field) for field in fields)
    return "\n".join(part for part in said if part)


def _value(text: str, field: str) -> str:
    opened = re.search(rf'"{re.escape(field)}"\s*:\s*"', text)
    if opened is None:
        return ""
    written = _WHOLE.match(text, opened.end())
    assert written is not None  # it matches the empty string too
    try:
        said = json.loads(f'"{written.group()}"', strict=False)
    except ValueError:  # an escape no JSON knows
        return ""
    return (
        str(said).encode("utf-8", "ignore").decode()
    )  # half of a pair of surrogates waits for its other half
