"""One run of a dispatcher: takes what falls due, fires each at its instant, writes down what came.

One brain coroutine does, in turn: open what is about to be due and settle what landed, look after the house
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

from content_calendar.clock import FixedClock
from content_calendar.ledger import Claim
from workers.channels import Channel, Paced, Tools, registry
from workers.checks.door import DoorCheck
from workers.dispatcher.durable import durable
from workers.dispatcher.flights import Flights
from workers.dispatcher.hand import Hand
from workers.dispatcher.house import Gone, House
from workers.dispatcher.paces import allowed
from workers.dispatcher.rhythm import HOLD, NAP, Rhythm
from workers.runtime import Runtime

T = TypeVar("T")
log = logging.getLogger("chongfen.dispatch")
STAMP_EVERY = 10.0  # real seconds between two signs of life
PAUSE = 0.5  # real seconds to wait when the database is away


class Run:
    """Its event loop's brain, its hand, its calls in the air. Used once."""

    def __init__(
        self,
        runtime: Runtime,
        name: str,
        owner: str,
        rhythm: Rhythm,
        make_channel: Callable[[str, Tools], Channel],
    ) -> None:
        self._clock, self._name, self._owner, self._rhythm = runtime.clock, name, owner, rhythm
        self._settings, self._make_channel = runtime.settings, make_channel
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="dispatcher-database")
        self._database = durable(runtime.database.url)
        self._hand = Hand()
        self._count: Counter[str] = Counter()
        self._house_at = self._round_at = self._stamp_at = self._hold_at = 0.0  # loop time
        self._more = False  # the last claim took all it may take at once
        self._looked_at, self._found = datetime.min.replace(tzinfo=UTC), True  # the last look at the house

    async def work(self, deadline: datetime | None, stop: threading.Event) -> Counter[str]:
        """Work until the deadline or the stop; what happened, by name."""
        tools = Tools(self._settings, self._database, self._clock, self._in_thread)
        self._flights = Flights(tools, self._make_channel)
        # The reaper must know every channel's duplicate guard before any of them is used.
        guards, known = self._flights.guards(), registry.known()
        self._house = House(self._database, self._owner, self._rhythm, guards, known, DoorCheck())
        try:
            while not stop.is_set():
                busy = await self._turn(deadline)
                if not busy and self._finished(deadline):
                    break
                if not busy:
                    await self._rest(deadline)
        finally:
            await self._wind_down()
        return self._count

    async def _turn(self, deadline: datetime | None) -> bool:
        """One turn; True when something was done and the next turn should follow at once."""
        try:
            opened = await self._open_ready()  # writes down with it what landed meanwhile
            settled = await self._settle()
            await self._hold()
            return await self._keep_house(deadline) or opened or settled
        except Gone as error:
            log.warning("the database is away: %s", type(error).__name__)
            await asyncio.sleep(PAUSE)
            return True

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _settle(self) -> bool:
        results, now = self._flights.take_landed(), self._clock.now()
        if not results:
            return False
        try:
            self._count.update(await self._in_thread(lambda: self._house.settle(results, now=now)))
        except BaseException:
            self._flights.put_back(results)  # not written down: kept, and tried again
            raise
        self._found = True  # it may have been the last of its post: a look must follow that closes it
        return True

    async def _open_ready(self) -> bool:
        did = False
        for key in self._hand.channels():
            channel = self._flights.channel(key)
            by = self._clock.now() + self._rhythm.lead
            if channel is None or (self._clock.simulated and not channel.can.simulated):
                did |= await self._skip(key, by, channel)
                continue
            free = self._flights.free(key, channel)
            limit = free if channel.can.together else min(free, self._rhythm.open_batch)
            claims = self._hand.take(key, by=by, limit=limit)
            if claims:
                await self._open(key, channel, await self._allowed(channel, claims))
                did = True
        return did

    async def _allowed(self, channel: Channel, claims: Sequence[Claim]) -> Sequence[Claim]:
        """The claims whose roads are free now; the others wait, in hand or in the database."""
        if channel.can.pace is None or not isinstance(channel, Paced):
            return claims
        now, paced = self._clock.now(), channel
        try:
            found = await self._in_thread(
                lambda: allowed(self._database, paced, claims, owner=self._owner, now=now)
            )
        except Gone:
            self._hand.add(claims)
            raise
        for at, claim in found.soon:
            self._hand.put_off(at, claim)
        self._count.update({"skipped": len(found.shut), "put_off": len(found.away)})
        return found.go

    async def _skip(self, key: str, by: datetime, channel: Channel | None) -> bool:
        claims = self._hand.take(key, by=by, limit=self._rhythm.open_batch)
        if not claims:
            return False
        why = "模拟时钟下只有演示通道可用，没有发出" if channel is not None else f"通道 {key} 尚未接通"
        now = self._clock.now()
        self._count["skipped"] += await self._in_thread(lambda: self._house.skip(claims, now=now, reason=why))
        return True

    async def _open(self, key: str, channel: Channel, claims: Sequence[Claim]) -> None:
        if not claims:
            return
        now, limit, results = self._clock.now(), channel.can.max_bytes, self._flights.take_landed()
        try:
            opened, settled = await self._in_thread(
                lambda: self._house.carry_on(claims, results, now=now, max_bytes=limit)
            )
        except BaseException as error:
            self._flights.put_back(results)
            if isinstance(error, Gone):
                self._hand.add(claims)
            raise
        self._found |= bool(results)
        self._count.update({"skipped": opened.skipped, "expired": opened.expired})
        self._count.update(settled)
        self._flights.launch(key, channel, opened.calls)

    async def _keep_house(self, deadline: datetime | None) -> bool:
        loop = asyncio.get_running_loop()
        last_look = deadline is not None and self._looked_at < deadline <= self._clock.now()
        if not isinstance(self._clock, FixedClock) and not last_look and loop.time() < self._house_at:
            return False
        now, room = self._clock.now(), self._rhythm.in_hand - len(self._hand)
        again = self._more and loop.time() < self._round_at
        if not again:
            self._round_at = loop.time() + self._rhythm.poll
        self._house_at = self._round_at
        look = self._house.claim_more if again else self._house.round
        found = await self._in_thread(lambda: look(now=now, until=deadline, room=room))
        self._hand.add(found.claims)
        self._count.update(found.count)
        self._more = len(found.claims) >= self._rhythm.claim_batch
        if self._more:
            self._house_at = 0.0  # there is more where that came from
        await self._stamp(now)
        self._looked_at = now
        self._found = again or bool(found)  # after claims alone a whole look must follow
        return bool(found)

    async def _hold(self) -> None:
        """Renew the leases of what is in hand: before the house is looked after, which takes back what nobody renews."""
        loop_now = asyncio.get_running_loop().time()
        if len(self._hand) and loop_now >= self._hold_at:
            self._hold_at, now = loop_now + HOLD, self._clock.now()
            await self._in_thread(lambda: self._house.renew(now=now))

    async def _stamp(self, now: datetime) -> None:
        loop_now = asyncio.get_running_loop().time()
        if loop_now >= self._stamp_at:
            self._stamp_at, held = loop_now + STAMP_EVERY, len(self._hand)
            late = self._flights.lateness.told()
            await self._in_thread(lambda: self._house.stamp(self._name, now=now, in_hand=held, lateness=late))

    def _finished(self, deadline: datetime | None) -> bool:
        """Past the deadline, nothing in hand or in the air, and the last look found nothing more."""
        if deadline is None or self._clock.now() < deadline:
            return False
        idle = not len(self._hand) and self._flights.idle
        return idle and self._looked_at >= deadline and not self._found

    async def _rest(self, deadline: datetime | None) -> None:
        if isinstance(self._clock, FixedClock) and self._flights.idle:
            await self._leap(self._clock, deadline)
            return
        waits = [NAP, self._house_at - asyncio.get_running_loop().time()]
        next_at = self._hand.next_at()
        if next_at is not None:
            waits.append(self._clock.real_seconds_until(next_at - self._rhythm.lead))
        try:
            await asyncio.wait_for(self._flights.news.wait(), max(0.001, min(waits)))
        except TimeoutError:
            return
        self._flights.news.clear()

    async def _leap(self, clock: FixedClock, deadline: datetime | None) -> None:
        """Move a standing clock to the next moment something falls due, or to the deadline."""
        now = clock.now()
        found = await self._in_thread(lambda: self._house.next_moment(now))
        moments = [at for at in (found, self._hand.next_at(), deadline) if at is not None and at > now]
        if moments:
            clock.instant, self._hold_at = min(moments), 0.0
        else:
            await asyncio.sleep(NAP)  # nothing will ever fall due: only a stop can end this

    async def _wind_down(self) -> None:
        """Let calls in the air end, write them down, give the rest back, close everything."""
        await self._flights.all_down()
        await self._insist(self._settle)
        rest, now = self._hand.drain(), self._clock.now()
        if rest:
            await self._insist(
                lambda: self._in_thread(lambda: self._house.hand_back(rest, now=now, reason="发送服务停下"))
            )
        await self._flights.close()
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
