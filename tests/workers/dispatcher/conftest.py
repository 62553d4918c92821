"""A runtime on a standing clock, and channels that do as told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from content_calendar.clock import FixedClock
from content_calendar.ledger import Outgoing
from tests.fakes.receiver import CERTIFICATE
from tests.release_world import NINE, World
from workers.channels import Capabilities, Outcome
from workers.runtime import Runtime
from workers.settings import Settings


@dataclass
class ToldChannel:
    """Answers with ``behaviour``; remembers what it was given."""

    behaviour: Callable[[Outgoing], Outcome] = lambda message: Outcome("sent")
    can: Capabilities = field(
        default_factory=lambda: Capabilities("demo", 20_000, 1.0, concurrency=4, simulated=True)
    )
    seen: list[Outgoing] = field(default_factory=list)

    async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
        self.seen += messages
        return [self.behaviour(message) for message in messages]

    async def close(self) -> None:
        return None


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(NINE)


@pytest.fixture
def runtime(world: World, clock: FixedClock) -> Runtime:
    return Runtime(Settings(), world.database, clock)


@pytest.fixture
def told() -> ToldChannel:
    return ToldChannel()


@pytest.fixture
def hooked_runtime(hooked: World) -> Runtime:
    """The machine's time standing at nine o'clock: not a simulated clock, so webhooks may be called."""
    settings = Settings(
        webhook_secret="s", allow_private="localhost", webhook_ca_file=CERTIFICATE  # type: ignore[arg-type]
    )  # fmt: skip
    return Runtime(settings, hooked.database, FixedClock(NINE, simulated=False))
