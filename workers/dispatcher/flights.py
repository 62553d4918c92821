"""Calls in the air: each starts not before its instant, is never cancelled, and ends in exactly one result."""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Coroutine, Iterable, Sequence
from datetime import datetime

from content_calendar.ledger import Outgoing, Result
from workers.channels import Channel, Eager, Outcome, Tools, registry
from workers.dispatcher.punctual import Punctuality
from workers.dispatcher.rhythm import NAP

log = logging.getLogger("chongfen.dispatch")


class Flights:
    """The channels of one run and the calls that are out. ``landed`` holds results nobody has taken yet."""

    def __init__(self, tools: Tools, make_channel: Callable[[str, Tools], Channel]) -> None:
        self._tools, self._clock, self._make_channel = tools, tools.clock, make_channel
        self._channels: dict[str, Channel] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._out: Counter[str] = Counter()
        self.landed: list[Result] = []
        self.lateness = Punctuality()
        self.news = asyncio.Event()

    def channel(self, key: str) -> Channel | None:
        """The channel, made on first use; None when there is no such folder."""
        if key not in self._channels:
            try:
                self._channels[key] = self._make_channel(key, self._tools)
            except KeyError:
                return None
        return self._channels[key]

    def guards(self) -> dict[str, float]:
        """Channel → seconds it recognises a delivery it has seen, of every channel there is."""
        found = {key: self.channel(key) for key in sorted(registry.known())}
        return {key: channel.can.guard_seconds for key, channel in found.items() if channel is not None}

    def free(self, key: str, channel: Channel) -> int:
        """How many more messages the channel can take now."""
        return channel.can.concurrency * channel.can.batch - self._out[key]

    def launch(self, key: str, channel: Channel, calls: Sequence[Outgoing]) -> None:
        """Send these calls on their way, each at its instant."""
        calls = sorted(calls, key=lambda call: (call.fire_at, call.delivery_id))
        self._out[key] += len(calls)
        eager = channel if isinstance(channel, Eager) else None
        for batch in _batches(channel, calls):
            if eager is not None and self._clock.real_seconds_until(batch[0].fire_at) > 0:
                self._start(eager.make_ready(batch[: channel.can.batch]))  # nobody waits for it
            self._start(self._fly(key, channel, batch))

    def _start(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _fly(self, key: str, channel: Channel, calls: Sequence[Outgoing]) -> None:
        while calls:
            await self._moment(calls[0].fire_at)
            started = self._clock.now()
            ripe = sum(call.fire_at <= started for call in calls[: channel.can.batch])
            chunk, calls = calls[:ripe], calls[ripe:]
            outcomes = await _send(channel, chunk)
            finished, guard = self._clock.now(), channel.can.guard_seconds
            self.landed += [
                _result(call, outcome, started, finished, guard)
                for call, outcome in zip(chunk, outcomes, strict=True)
            ]
            self.lateness.add((started - call.due_at).total_seconds() for call in chunk)
            self._out[key] -= len(chunk)
            self.news.set()

    def take_landed(self) -> list[Result]:
        """The results nobody has taken yet; the taker writes them down or puts them back."""
        results, self.landed = self.landed, []
        return results

    def put_back(self, results: list[Result]) -> None:
        """They could not be written down: they come first next time."""
        self.landed = results + self.landed

    async def _moment(self, instant: datetime) -> None:
        """Wait for an instant of our clock; in naps, because the clock may be set meanwhile."""
        while (seconds := self._clock.real_seconds_until(instant)) > 0:
            await asyncio.sleep(min(seconds, NAP))

    @property
    def idle(self) -> bool:
        """Nothing out and nothing landed that was not taken."""
        return not self._tasks and not self.landed

    async def all_down(self) -> None:
        """Wait until every call has ended; each ends by its channel's own time limit."""
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def close(self) -> None:
        """Close the channels."""
        for channel in self._channels.values():
            await channel.close()


def _batches(channel: Channel, calls: Sequence[Outgoing]) -> Iterable[Sequence[Outgoing]]:
    """The calls as they fly: one by one, all in one row, or those together that one call may carry."""
    if channel.can.batch <= 1:
        return [[call] for call in calls]
    if not channel.can.together:
        return [calls] if calls else []
    found: dict[tuple[object, ...], list[Outgoing]] = {}
    for call in calls:
        found.setdefault(tuple(getattr(call, name) for name in channel.can.together), []).append(call)
    return found.values()


async def _send(channel: Channel, chunk: Sequence[Outgoing]) -> Sequence[Outcome]:
    try:
        outcomes = await channel.send(chunk)
    except Exception as error:
        # A channel must not raise; if it does nobody knows how far it got.
        log.error("channel %s crashed: %s", chunk[0].channel, type(error).__name__)
        return [Outcome("unknown", code=f"channel.{type(error).__name__}")] * len(chunk)
    if len(outcomes) != len(chunk):
        log.error("channel %s answered %d of %d", chunk[0].channel, len(outcomes), len(chunk))
        return [Outcome("unknown", code="channel.answers_missing")] * len(chunk)
    return outcomes


def _result(call: Outgoing, outcome: Outcome, started: datetime, finished: datetime, guard: float) -> Result:
    return Result(
        delivery_id=call.delivery_id, fence=call.fence, number=call.number, kind=outcome.kind,
        started_at=started, finished_at=finished, code=outcome.code, remote_id=outcome.remote_id,
        permanent=outcome.permanent, retry_after=outcome.retry_after, guard_seconds=guard,
    )  # fmt: skip
