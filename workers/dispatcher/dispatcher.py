"""The dispatcher: takes what falls due, fires each at its instant from one event loop, writes down what came.

One brain coroutine does, in turn: settle what ended, open what is about to be due, look after the house
(freeze, claim, reap), rest. Database work runs in one thread of its own, so that the loop stays on time.
Calls are never cancelled from outside: on a stop they finish, and what was not begun is handed back.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TypeVar
from uuid import uuid4

from content_calendar.clock import FixedClock
from content_calendar.ledger import Claim, Outgoing, Result
from workers.channels import Channel, Outcome, Tools, registry
from workers.dispatcher.durable import durable
from workers.dispatcher.hand import Hand
from workers.dispatcher.house import Gone, House
from workers.dispatcher.rhythm import NAP, Rhythm, rhythm_of
from workers.runtime import Runtime

T = TypeVar("T")
log = logging.getLogger("chongfen.dispatch")
STAMP_EVERY = 10.0  # real seconds between two signs of life
PAUSE = 0.5  # real seconds to wait when the database is away


class Dispatcher:
    """One dispatcher; start as many as you like, on as many machines. Not to be shared between threads."""

    def __init__(
        self,
        runtime: Runtime,
        name: str = "dispatcher",
        *,
        make_channel: Callable[[str, Tools], Channel] = registry.make,
        rhythm: Rhythm | None = None,
    ) -> None:
        self._runtime, self._clock, self._name = runtime, runtime.clock, name
        self._rhythm = rhythm or rhythm_of(runtime.settings, runtime.clock)
        # A name that nobody else ever had: a lease is never mistaken for that of an earlier process.
        self._owner = f"dispatcher:{name}:{uuid4().hex[:8]}"[:80]
        self._make_channel = make_channel

    def tick(self) -> Counter[str]:
        """Everything that is due by now, then return. What happened, by name: sent, unknown, held ..."""
        return self.run_until(self._clock.now())

    def run_until(
        self, deadline: datetime | None = None, stop: threading.Event | None = None
    ) -> Counter[str]:
        """Work until ``deadline`` (everything due by then is carried out, nothing later) or until ``stop``.

        Under a clock that stands still, time moves from one due moment to the next at once.
        """
        run = _Run(self._runtime, self._name, self._owner, self._rhythm, self._make_channel)
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            return runner.run(run.work(deadline, stop or threading.Event()))


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop
    except ImportError:  # not on every system; the standard loop does the same, a little slower
        return None
    return uvloop.new_event_loop


class _Run:
    """One call of ``run_until``: its loop, its hand, its calls in flight."""

    def __init__(
        self,
        runtime: Runtime,
        name: str,
        owner: str,
        rhythm: Rhythm,
        make_channel: Callable[[str, Tools], Channel],
    ) -> None:
        self._clock, self._name, self._rhythm = runtime.clock, name, rhythm
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="dispatcher-database")
        self._database = durable(runtime.database.url)
        self._tools = Tools(runtime.settings, self._database, runtime.clock, self._in_thread)
        self._channels: dict[str, Channel] = {}
        self._make_channel = make_channel
        self._guards: dict[str, float] = {}
        self._house = House(self._database, owner, rhythm, self._guards, registry.known())
        self._hand = Hand()
        self._flights: set[asyncio.Task[None]] = set()
        self._in_flight: Counter[str] = Counter()
        self._results: list[Result] = []
        self._count: Counter[str] = Counter()
        self._house_at = self._stamp_at = 0.0  # loop time
        self._looked_at, self._found = datetime.min.replace(tzinfo=UTC), True  # the last look at the house

    async def work(self, deadline: datetime | None, stop: threading.Event) -> Counter[str]:
        """The brain. See the module."""
        self._woken = asyncio.Event()
        await self._learn_guards()
        try:
            while not stop.is_set():
                busy = await self._steps(deadline)
                if not busy and self._finished(deadline):
                    break
                if not busy:
                    await self._rest(deadline)
        finally:
            await self._wind_down()
        return self._count

    async def _steps(self, deadline: datetime | None) -> bool:
        """One turn; True when something was done and the next turn should follow at once."""
        try:
            settled = await self._settle()
            opened = await self._open_ready()
            return await self._keep_house(deadline) or opened or settled
        except Gone as error:
            log.warning("the database is away: %s", type(error).__name__)
            await asyncio.sleep(PAUSE)
            return True

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _learn_guards(self) -> None:
        """Which channels recognise a delivery they have seen: the reaper needs to know before any is used."""
        for key in registry.known():
            channel = self._channel(key)
            self._guards[key] = channel.can.guard_seconds if channel is not None else 0.0

    def _channel(self, key: str) -> Channel | None:
        """The channel, made on first use; None when there is no such folder."""
        if key not in self._channels:
            try:
                self._channels[key] = self._make_channel(key, self._tools)
            except KeyError:
                return None
        return self._channels[key]

    async def _settle(self) -> bool:
        if not self._results:
            return False
        results, self._results = self._results, []
        now = self._clock.now()
        try:
            count = await self._in_thread(lambda: self._house.settle(results, now=now))
        except Exception:
            self._results = results + self._results  # not written down: kept, and tried again
            raise
        self._count.update(count)
        return True

    async def _open_ready(self) -> bool:
        did = False
        for key in self._hand.channels():
            channel = self._channel(key)
            by = self._clock.now() + self._rhythm.lead
            why = self._unusable(key, channel)
            if why or channel is None:
                did |= await self._skip(self._hand.take(key, by=by, limit=self._rhythm.open_batch), why)
                continue
            free = channel.can.concurrency * channel.can.batch - self._in_flight[key]
            claims = self._hand.take(
                key, by=by, limit=min(free, self._rhythm.open_batch), per_minute=channel.can.per_minute
            )
            if claims:
                await self._open(channel, key, claims)
                did = True
        return did

    def _unusable(self, key: str, channel: Channel | None) -> str:
        if channel is None:
            return f"通道 {key} 尚未接通"
        if self._clock.simulated and not channel.can.simulated:
            return "模拟时钟下只有演示通道可用，没有发出"
        return ""

    async def _skip(self, claims: Sequence[Claim], why: str) -> bool:
        if not claims:
            return False
        now = self._clock.now()
        done = await self._in_thread(lambda: self._house.skip(claims, now=now, reason=why))
        self._count["skipped"] += done
        return True

    async def _open(self, channel: Channel, key: str, claims: list[Claim]) -> None:
        now = self._clock.now()
        limit = channel.can.max_bytes
        try:
            opened = await self._in_thread(lambda: self._house.open(claims, now=now, max_bytes=limit))
        except Gone:
            self._hand.add(claims)
            raise
        self._count.update({"skipped": opened.skipped, "expired": opened.expired})
        calls = sorted(opened.calls, key=lambda call: (call.fire_at, call.delivery_id))
        self._in_flight[key] += len(calls)
        size = len(calls) if channel.can.batch > 1 else 1
        for start in range(0, len(calls), max(size, 1)):
            flight = asyncio.create_task(self._fly(channel, key, calls[start : start + size]))
            self._flights.add(flight)
            flight.add_done_callback(self._flights.discard)

    async def _fly(self, channel: Channel, key: str, calls: Sequence[Outgoing]) -> None:
        """Carry these calls, each not before its instant, as many at once as the channel takes."""
        while calls:
            await self._moment(calls[0].fire_at)
            now = self._clock.now()
            ripe = sum(call.fire_at <= now for call in calls[: channel.can.batch])
            chunk, calls = calls[:ripe], calls[ripe:]
            started = self._clock.now()
            outcomes = await _send(channel, chunk)
            finished = self._clock.now()
            guard = channel.can.guard_seconds
            self._results += [
                _result(call, outcome, started, finished, guard)
                for call, outcome in zip(chunk, outcomes, strict=True)
            ]
            self._in_flight[key] -= len(chunk)
            self._woken.set()

    async def _moment(self, instant: datetime) -> None:
        """Wait for an instant of our clock; in naps, because the clock may be set meanwhile."""
        while (seconds := self._clock.real_seconds_until(instant)) > 0:
            await asyncio.sleep(min(seconds, NAP))

    async def _keep_house(self, deadline: datetime | None) -> bool:
        loop = asyncio.get_running_loop()
        still = isinstance(self._clock, FixedClock)
        last_look = deadline is not None and self._looked_at < deadline <= self._clock.now()
        if not still and not last_look and loop.time() < self._house_at:
            return False
        self._house_at = loop.time() + self._rhythm.poll
        now, room = self._clock.now(), self._rhythm.in_hand - len(self._hand)
        found = await self._in_thread(lambda: self._house.round(now=now, until=deadline, room=room))
        self._hand.add(found.claims)
        self._count.update(found.count)
        if len(found.claims) == self._rhythm.claim_batch:
            self._house_at = 0.0  # there is more where that came from
        if loop.time() >= self._stamp_at:
            self._stamp_at = loop.time() + STAMP_EVERY
            held = len(self._hand)
            await self._in_thread(lambda: self._house.stamp(self._name, now=now, in_hand=held))
        self._looked_at, self._found = now, bool(found)
        return bool(found)

    def _finished(self, deadline: datetime | None) -> bool:
        """Past the deadline, nothing in hand or in the air, and the last look found nothing more."""
        if deadline is None or self._clock.now() < deadline:
            return False
        idle = not (len(self._hand) or self._flights or self._results)
        return idle and self._looked_at >= deadline and not self._found

    async def _rest(self, deadline: datetime | None) -> None:
        if isinstance(self._clock, FixedClock) and not self._flights:
            await self._leap(self._clock, deadline)
            return
        loop = asyncio.get_running_loop()
        waits = [NAP, self._house_at - loop.time()]
        next_at = self._hand.next_at()
        if next_at is not None:
            waits.append(self._clock.real_seconds_until(next_at - self._rhythm.lead))
        try:
            await asyncio.wait_for(self._woken.wait(), max(0.001, min(waits)))
        except TimeoutError:
            return
        self._woken.clear()

    async def _leap(self, clock: FixedClock, deadline: datetime | None) -> None:
        """Move a standing clock to the next moment something falls due, or to the deadline."""
        now = clock.now()
        found = await self._in_thread(lambda: self._house.next_moment(now))
        moments = [at for at in (found, self._hand.next_at(), deadline) if at is not None and at > now]
        if moments:
            clock.instant = min(moments)
        elif deadline is None:
            await asyncio.sleep(NAP)

    async def _wind_down(self) -> None:
        """Let calls in flight end, write them down, give the rest back, close everything."""
        if self._flights:
            await asyncio.wait(self._flights)
        await self._insist(self._settle)
        rest, now = self._hand.drain(), self._clock.now()
        if rest:
            await self._insist(
                lambda: self._in_thread(lambda: self._house.hand_back(rest, now=now, reason="发送服务停下"))
            )
        for channel in self._channels.values():
            await channel.close()
        self._thread.shutdown()
        self._database.dispose()

    async def _insist(self, step: Callable[[], Awaitable[object]], times: int = 10) -> None:
        """Try a last write a few times; if the database stays away the leases run out and the reaper sees to it."""
        for _ in range(times):
            try:
                await step()
                return
            except Gone as error:
                log.warning("the database is away: %s", type(error).__name__)
                await asyncio.sleep(PAUSE)


async def _send(channel: Channel, chunk: Sequence[Outgoing]) -> Sequence[Outcome]:
    try:
        return await channel.send(chunk)
    except Exception as error:
        # A channel must not raise; if it does nobody knows how far it got.
        log.error("channel %s crashed: %s", chunk[0].channel, type(error).__name__)
        return [Outcome("unknown", code=f"channel.{type(error).__name__}")] * len(chunk)


def _result(call: Outgoing, outcome: Outcome, started: datetime, finished: datetime, guard: float) -> Result:
    return Result(
        delivery_id=call.delivery_id, fence=call.fence, number=call.number, kind=outcome.kind,
        started_at=started, finished_at=finished, code=outcome.code, remote_id=outcome.remote_id,
        permanent=outcome.permanent, retry_after=outcome.retry_after, guard_seconds=guard,
    )  # fmt: skip
