"""What every channel promises: its capabilities, one method, and an honest outcome for each message.

Three outcomes are all there is (design, promise 2): it arrived or was handed over; it was refused and is
proved not to have arrived; or nobody knows.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar, runtime_checkable

from content_calendar.clock import Clock
from content_calendar.database import Database
from content_calendar.ledger import Outgoing
from content_calendar.roads import Pace
from prompts.brief import Lane
from workers.settings import Settings

T = TypeVar("T")


@dataclass(frozen=True)
class Outcome:
    """How one call ended. ``code`` is stable and short; ``retry_after``: seconds the other side asked for.

    ``permanent`` (of a refusal): trying again cannot help.
    """

    kind: Literal["sent", "handed_over", "refused", "unknown"]
    code: str = ""
    remote_id: str = ""
    retry_after: float | None = None
    permanent: bool = False


@dataclass(frozen=True)
class Capabilities:
    """What a channel can do.

    ``max_bytes``: of the text, UTF-8. ``guard_seconds``: how long after the first attempt the other side
    recognises the same delivery id (``dedupe_key``); 0 means that is not declared and an unknown outcome
    goes before a person. ``pace``: of one road, shared by all processes; None: no limit. ``batch``: messages
    one call carries, which must agree in the fields of Outgoing named by ``together``. ``longest_call``: real
    seconds after which a call has certainly ended. ``carries``: forms of a message (:mod:`content_calendar.forms`).
    """

    mode: Lane
    max_bytes: int
    longest_call: float
    duplicate_guard: Literal["dedupe_key", "read_back", "none"] = "none"
    guard_seconds: float = 0.0
    pace: Pace | None = None
    concurrency: int = 1
    batch: int = 1
    together: tuple[str, ...] = ()
    carries: frozenset[str] = frozenset({"text"})
    simulated: bool = False  # may be used under a simulated clock: nothing real happens


@dataclass(frozen=True)
class Tools:
    """What a channel is made from. ``in_thread`` runs blocking database work beside the event loop."""

    settings: Settings
    database: Database
    clock: Clock
    in_thread: Callable[[Callable[[], T]], Awaitable[T]]


class Channel(Protocol):
    """One road out. ``send`` makes one call for the messages given (at most ``can.batch``)."""

    @property
    def can(self) -> Capabilities:
        """What this channel can do."""
        ...

    async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
        """One outcome per message, in order. Never raises for what the other side does."""
        ...

    async def close(self) -> None:
        """Give back connections."""
        ...


@runtime_checkable
class Paced(Channel, Protocol):
    """A channel whose addresses are roads with a pace of their own."""

    def road(self, address: str) -> str:
        """The key of the road behind an address; empty when the address is unusable (``send`` will say so)."""
        ...


@runtime_checkable
class Eager(Channel, Protocol):
    """A channel that can get ready before a moment that is known."""

    async def make_ready(self, messages: Sequence[Outgoing]) -> None:
        """Get a connection ready for one call of these messages; sends nothing of them, never raises."""
        ...
