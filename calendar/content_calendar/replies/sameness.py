"""When two masked texts are the same question or the same answer: without punctuation, spaces, width and case."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_SPACES = re.compile(r"[\s\W_]+")


def normalised(masked: str) -> str:
    """The text without what does not count."""
    return _SPACES.sub("", unicodedata.normalize("NFKC", masked)).lower()


def digest(masked: str) -> str:
    """SHA-256 (64 hex digits) of the normalised text."""
    return hashlib.sha256(normalised(masked).encode()).hexdigest()
