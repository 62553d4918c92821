"""Identities of rows that have no code of their own: stable across imports, whatever moves around them."""

from __future__ import annotations

import hashlib
import json
import unicodedata
from collections import Counter
from collections.abc import Sequence
from typing import Any

from content_calendar.workbook.values.text import fold


def campaign_code(name: str) -> str:
    """A campaign's code from its name: ``c`` and ten hex digits."""
    text = "".join(unicodedata.normalize("NFKC", name).split())
    return "c" + hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()[:10]


class Keys:
    """Makes a key from what identifies a row; equal rows are told apart by their order."""

    def __init__(self) -> None:
        self._seen: Counter[str] = Counter()

    def of(self, *parts: Any) -> str:
        """The key of the next row with these parts."""
        text = json.dumps([_part(part) for part in parts], ensure_ascii=False, sort_keys=True)
        self._seen[text] += 1
        ordinal = self._seen[text]
        body = text if ordinal == 1 else f"{text}#{ordinal}"
        return hashlib.sha256(body.encode()).hexdigest()[:24]


def _part(part: Any) -> Any:
    if isinstance(part, str):
        return fold(part)
    return list(part) if isinstance(part, Sequence) else part
