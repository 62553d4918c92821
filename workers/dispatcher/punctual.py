"""How late calls start: a cumulative histogram of one dispatcher, stamped with its sign of life for `/metrics`."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field

BOUNDS = (0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 15.0, 60.0, 300.0, 900.0)  # seconds; then without end


@dataclass
class Punctuality:
    """``counts``: calls per bucket, one more than :data:`BOUNDS`; ``total``: their seconds together."""

    counts: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    total: float = 0.0

    def add(self, seconds: Iterable[float]) -> None:
        """Calls that started so long after their moment."""
        for late in seconds:
            late = max(0.0, late)
            self.counts[bisect_left(BOUNDS, late)] += 1
            self.total += late

    def told(self) -> dict[str, object]:
        """As it is stamped."""
        return {"counts": list(self.counts), "total": round(self.total, 3)}
