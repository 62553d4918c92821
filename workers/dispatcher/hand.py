"""What the dispatcher holds in its hand: claims waiting for their moment, by channel, soonest first."""

from __future__ import annotations

import heapq
from collections.abc import Iterable
from datetime import datetime

from content_calendar.ledger import Claim


class Hand:
    """A heap of claims per channel."""

    def __init__(self) -> None:
        self._heaps: dict[str, list[tuple[datetime, str, Claim]]] = {}

    def __len__(self) -> int:
        return sum(len(heap) for heap in self._heaps.values())

    def add(self, claims: Iterable[Claim]) -> None:
        """Take claims in hand."""
        for claim in claims:
            self._push(claim.fire_at, claim)

    def put_off(self, at: datetime, claim: Claim) -> None:
        """Keep a claim that may not start before ``at``."""
        self._push(at, claim)

    def _push(self, at: datetime, claim: Claim) -> None:
        heapq.heappush(self._heaps.setdefault(claim.channel, []), (at, claim.delivery_id, claim))

    def channels(self) -> list[str]:
        """The channels something waits for."""
        return [channel for channel, heap in self._heaps.items() if heap]

    def take(self, channel: str, *, by: datetime, limit: int) -> list[Claim]:
        """Up to ``limit`` claims of a channel whose moment comes by ``by``."""
        heap = self._heaps.get(channel, [])
        taken: list[Claim] = []
        while heap and len(taken) < limit and heap[0][0] <= by:
            taken.append(heapq.heappop(heap)[2])
        return taken

    def next_at(self) -> datetime | None:
        """The soonest moment anything in hand waits for."""
        return min((heap[0][0] for heap in self._heaps.values() if heap), default=None)

    def drain(self) -> list[Claim]:
        """Everything, in no order; the hand is empty then."""
        claims = [claim for heap in self._heaps.values() for _, _, claim in heap]
        self._heaps.clear()
        return claims
