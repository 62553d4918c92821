"""Reading a model's answer: JSON as asked, in a fence, with prose round it, or a little broken.

Gives back a mapping of the fields asked for, or None. What can be read with certainty is read; what was cut
off in the middle is not guessed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

MOST_CHARS = 100_000
_THOUGHT = re.compile(r"<think(?:ing)?>.*?</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"```[a-zA-Z]*\s*\n?(.*?)```", re.DOTALL)


def read(text: str, fields: Sequence[str]) -> dict[str, Any] | None:
    """The object with ``fields`` in a model's answer, or None when there is none to be had."""
    text = _THOUGHT.sub("", text[:MOST_CHARS].lstrip("\ufeff")).strip()
    for candidate in _candidates(text):
        found = _object(candidate, fields)
        if found is not None:
            return found
    return _by_fields(text, fields)


def _candidates(text: str) -> Iterator[str]:
    yield text
    yield from (match.group(1).strip() for match in _FENCE.finditer(text))
    yield from (text[match.start() :] for match in list(re.finditer(r"\{", text))[:20])


def _object(text: str, fields: Sequence[str]) -> dict[str, Any] | None:
    """The JSON object at the start of ``text`` when it has one of the fields; raw newlines are forgiven."""
    if not text.startswith("{"):
        return None
    for attempt in (text, _mended(text)):
        try:
            value, _ = json.JSONDecoder(strict=False).raw_decode(attempt)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and any(field in value for field in fields):
            return value
    return None


def _mended(text: str) -> str:
    """Common slips: commas before a bracket, full-width signs and curly quotes round keys and values."""
    text = re.sub(r"[“”]\s*([a-z_]+)\s*[“”]\s*[:：]", r'"\1":', text)
    text = re.sub(r'("[a-z_]+")\s*：', r"\1:", text)
    text = re.sub(r'([{,，]\s*)([a-z_]+)\s*[:：]\s*(["\[])', r'\1"\2": \3', text)
    text = re.sub(r'(["\]])\s*，(\s*")', r"\1,\2", text)
    return re.sub(r",(\s*[}\]])", r"\1", text)


def _by_fields(text: str, fields: Sequence[str]) -> dict[str, Any] | None:
    """Each value lies between its key and the next one: reads quotes left unescaped inside a text."""
    names = "|".join(map(re.escape, fields))
    marks = list(re.finditer(rf'["“]({names})["”]\s*[:：]\s*', text))
    if not marks or not text.rstrip().rstrip("`").rstrip().endswith("}"):
        return None
    found: dict[str, Any] = {}
    ends = [mark.start() for mark in marks[1:]] + [text.rindex("}")]
    for mark, end in zip(marks, ends, strict=True):
        raw = text[mark.end() : end].strip().rstrip(",，").strip()
        value = _value(raw)
        if value is None:
            return None
        found.setdefault(mark.group(1), value)
    return found


def _value(raw: str) -> str | list[str] | None:
    if raw.startswith("[") and raw.endswith("]"):
        return re.findall(r'["“]([^"”]*)["”]', raw)
    if len(raw) >= 2 and raw[0] in "\"“'" and raw[-1] in "\"”'":
        inner = raw[1:-1].replace('\\"', '"').replace("\\n", "\n").replace("\\t", " ")
        return inner.replace("\\\\", "\\")
    return None
