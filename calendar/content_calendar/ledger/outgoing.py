"""The plain values the ledger and the workers hand to each other: claims, calls, results.

None of them is a row: what is written in the database is decided by the ledger alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from content_calendar.ledger.door import Refusal

Kind = Literal["sent", "handed_over", "refused", "unknown"]


@dataclass(frozen=True)
class Claim:
    """A delivery somebody has a lease on. ``fire_at``: due_at, or the moment of the next try."""

    delivery_id: str
    fence: int
    post_id: int
    group_id: int
    channel: str
    address: str
    fire_at: datetime
    due_at: datetime


@dataclass(frozen=True)
class Outgoing:
    """One message to one group, its attempt already committed: all a channel may know.

    ``delivery_id`` is the idempotency key, the same for every attempt; ``number`` counts attempts from 1.
    ``address`` may be a secret: never log it.
    """

    delivery_id: str
    fence: int
    number: int
    post_id: int
    group_id: int
    group_code: str
    group_name: str
    brand: str
    sender: str
    lane: str
    channel: str
    address: str
    text: str
    due_at: datetime
    fire_at: datetime
    brand_id: int = 0
    owner: str = ""  # the group's owner as the workbook names one


@dataclass(frozen=True)
class Opened:
    """What became of a batch at the door.

    ``refusals``: posts that may not go on, to be held by the caller in a transaction of its own.
    """

    calls: tuple[Outgoing, ...] = ()
    refusals: dict[int, Refusal] = field(default_factory=dict)
    skipped: int = 0
    expired: int = 0


@dataclass(frozen=True)
class Result:
    """How one call ended. ``retry_after``: seconds the other side asked for.

    ``guard_seconds``: how long after its first attempt the channel recognises this delivery as the same
    (0: not at all); an unknown outcome may be sent again with the same key only so long.
    """

    delivery_id: str
    fence: int
    number: int
    kind: Kind
    started_at: datetime
    finished_at: datetime
    code: str = ""
    remote_id: str = ""
    permanent: bool = False
    retry_after: float | None = None
    guard_seconds: float = 0.0
