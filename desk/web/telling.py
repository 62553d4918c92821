"""Server-sent events of a page: one line of JSON each, and the headers that keep proxies from holding them back."""

from __future__ import annotations

import json
from typing import Any

QUIET = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}


def event(kind: str, data: dict[str, Any]) -> str:
    """One event; ``data`` never breaks its line."""
    return f"event: {kind}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
