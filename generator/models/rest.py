"""Letting a failing model rest, so that a dead server does not slow down every post of a batch.

A wrong key or an unknown model will not mend itself within minutes; a server that failed several times in a row
may. While it rests, calls fail at once and the next writer of the chain takes over.
"""

from __future__ import annotations

from collections.abc import Callable

_HOPELESS = frozenset({"auth", "unknown_model", "no_credit"})
_WEARING = frozenset({"connection", "timeout", "deadline", "server_error", "bad_response", "rate_limited"})
LONG, SHORT = 300.0, 60.0  # seconds
IN_A_ROW = 3


class Rest:
    """Counts failures of one model; ``now`` is a monotonic clock in seconds."""

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._until = float("-inf")
        self._failures = 0
        self.reason = ""

    @property
    def resting(self) -> bool:
        """True while calls should not even be tried."""
        return self._now() < self._until

    def succeeded(self) -> None:
        """A call gave an answer."""
        self._failures = 0

    def failed(self, code: str) -> None:
        """A whole call (with its retries) failed with ``code``."""
        if code not in _HOPELESS | _WEARING:
            return
        self._failures += 1
        if code in _HOPELESS or self._failures >= IN_A_ROW:
            self._until = self._now() + (LONG if code in _HOPELESS else SHORT)
            self.reason, self._failures = code, 0
