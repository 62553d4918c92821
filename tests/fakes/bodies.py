"""Reading a request as the platforms do: JSON of real UTF-8, limits in bytes, a window of calls a minute."""

from __future__ import annotations

import json
import re
from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

_ESCAPE = re.compile(rb"(?<!\\)(?:\\\\)*\\u[0-9a-fA-F]{4}")


def escaped(body: bytes) -> bool:
    r"""True when the body spells characters as \uXXXX, which the platform refuses."""
    return _ESCAPE.search(body) is not None


def document(body: bytes) -> dict[str, Any] | None:
    """The JSON object, or None."""
    try:
        found = json.loads(body)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def size(text: object) -> int:
    """Bytes, UTF-8."""
    return len(str(text).encode())


@dataclass
class Window:
    """So many calls in so many seconds for each key; who goes over is blocked for ``block`` seconds."""

    limit: int
    seconds: float = 60.0
    block: float = 60.0
    blocked: dict[str, float] = field(default_factory=dict)
    calls: dict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))

    def allows(self, key: str, now: float) -> bool:
        """Count one call; False when it is one too many or the key is blocked."""
        if self.blocked.get(key, 0.0) > now:
            return False
        recent = self.calls[key]
        while recent and recent[0] <= now - self.seconds:
            recent.popleft()
        if len(recent) >= self.limit:
            self.blocked[key] = now + self.block
            return False
        recent.append(now)
        return True
