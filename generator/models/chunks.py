"""A piece of a streamed answer as the server's JSON says it; whatever is not there or not of its kind counts as nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Chunk:
    """``finish`` says why the answer ended, where this is its end; the token counts come once."""

    text: str = ""
    finish: str = ""
    tokens_in: int | None = None
    tokens_out: int | None = None


def read(data: Any) -> Chunk:
    """One chunk of a chat completion."""
    found = data if isinstance(data, dict) else {}
    usage = _table(found.get("usage"))
    choices = found.get("choices")
    parts = [_table(one) for one in choices] if isinstance(choices, list) else []
    said = (_table(part.get("delta")).get("content") for part in parts)
    ends = [part["finish_reason"] for part in parts if isinstance(part.get("finish_reason"), str)]
    return Chunk(
        "".join(one for one in said if isinstance(one, str)),
        ends[-1] if ends else "",
        _count(usage.get("prompt_tokens")),
        _count(usage.get("completion_tokens")),
    )


def _table(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
