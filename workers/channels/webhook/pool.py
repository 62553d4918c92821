"""The connections of the webhook: opened only to checked addresses, kept for two idle seconds, made ready before a known moment.

A connection kept for longer is closed by the other side just as we write: an unknown for nothing.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from workers.channels.webhook.addresses import ForbiddenAddress, is_ip
from workers.channels.webhook.wire import Answer, Limits, Wire

IDLE = 2.0  # seconds an unused connection is kept


class NotConnected(Exception):
    """No connection came about: nothing has left."""


@dataclass(frozen=True)
class Place:
    """Where a URL leads, and the first lines of every request there."""

    host: str
    port: int
    head: bytes


@lru_cache(maxsize=4096)
def place_of(url: str) -> Place:
    """The place behind an https URL."""
    parsed = URL(url)
    head = f"POST {parsed.raw_path_qs} HTTP/1.1\r\nHost: {parsed.host_port_subcomponent}\r\n"
    return Place(parsed.raw_host or "", parsed.port or 443, head.encode("ascii"))


class Pool:
    """Connections by host and port. ``most``: that are open at once, busy ones included."""

    def __init__(self, trust: ssl.SSLContext, resolver: AbstractResolver, *, most: int) -> None:
        self._trust, self._resolver, self._most = trust, resolver, most
        self._idle: dict[tuple[str, int], list[Wire]] = {}  # the one used last comes last
        self._busy: set[Wire] = set()
        self._opening = 0
        self._lookups: dict[tuple[str, int], asyncio.Task[list[ResolveResult]]] = {}
        self._sweeper: asyncio.TimerHandle | None = None

    async def get(self, place: Place, limits: Limits) -> Wire:
        """A connection to a place, for the caller alone; NotConnected or ForbiddenAddress when there is none."""
        wire = self._kept(place) or await self._open(place, limits)
        self._busy.add(wire)
        return wire

    def give_back(self, place: Place, wire: Wire) -> None:
        """The call is over; the connection is kept if it can be used again."""
        self._busy.discard(wire)
        if not wire.usable:
            wire.close()
            return
        loop = asyncio.get_running_loop()
        wire.idle_since = loop.time()
        self._idle.setdefault((place.host, place.port), []).append(wire)
        if self._sweeper is None:
            self._sweeper = loop.call_later(IDLE, self._sweep)

    async def make_ready(self, place: Place, limits: Limits) -> None:
        """Open one more connection to a place for a call that is about to be made, while there is room; never raises."""
        if self.open >= self._most:
            return
        with suppress(NotConnected, ForbiddenAddress):  # the call itself will say so
            self.give_back(place, await self._open(place, limits))

    async def ask(self, place: Place, request: bytes, limits: Limits, wire: Wire, *, ends: float) -> Answer:
        """One call over a connection that was got; gives it back."""
        try:
            return await wire.ask(request, ends=ends, silence=limits.silence)
        finally:
            self.give_back(place, wire)

    async def close(self) -> None:
        """Close everything."""
        if self._sweeper is not None:
            self._sweeper.cancel()
        for wire in [*self._busy, *(wire for wires in self._idle.values() for wire in wires)]:
            wire.close()
        self._idle.clear()
        self._busy.clear()
        await self._resolver.close()

    @property
    def open(self) -> int:
        """Connections there are or are about to be."""
        return len(self._busy) + self._opening + sum(map(len, self._idle.values()))

    def _kept(self, place: Place) -> Wire | None:
        wires = self._idle.get((place.host, place.port), [])
        fresh = asyncio.get_running_loop().time() - IDLE
        while wires:
            wire = wires.pop()
            if wire.usable and wire.idle_since > fresh:
                return wire
            wire.close()
        return None

    def _sweep(self) -> None:
        """Close what nobody has used for long."""
        loop = asyncio.get_running_loop()
        fresh = loop.time() - IDLE
        for key, wires in list(self._idle.items()):
            for wire in wires:
                if wire.idle_since <= fresh:
                    wire.close()
            self._idle[key] = [wire for wire in wires if wire.usable]
            if not self._idle[key]:
                del self._idle[key]
        self._sweeper = loop.call_later(IDLE / 4, self._sweep) if self._idle else None

    def _make_room(self) -> None:
        """Close the connection that was unused for longest, so that as many as may be busy can be."""
        if self.open < self._most:
            return
        longest = min(
            (wires for wires in self._idle.values() if wires), key=lambda w: w[0].idle_since, default=None
        )
        if longest:
            longest.pop(0).close()

    async def _open(self, place: Place, limits: Limits) -> Wire:
        self._make_room()
        self._opening += 1
        try:
            async with asyncio.timeout(limits.connect):
                return await self._connect(place, limits, await self._addresses(place))
        except ForbiddenAddress:
            raise
        except (OSError, TimeoutError, UnicodeError, ValueError) as error:
            raise NotConnected(type(error).__name__) from error
        finally:
            self._opening -= 1

    async def _connect(self, place: Place, limits: Limits, found: Sequence[ResolveResult]) -> Wire:
        """The first address that answers, each given its own time."""
        why: Exception = OSError("the name has no address")
        for at in found:
            try:
                async with asyncio.timeout(limits.address):
                    _, wire = await asyncio.get_running_loop().create_connection(
                        Wire, at["host"], at["port"], family=at["family"], ssl=self._trust,
                        server_hostname=place.host.rstrip("."),
                    )  # fmt: skip
                    return wire
            except (OSError, TimeoutError) as error:
                why = error
        raise why

    async def _addresses(self, place: Place) -> Sequence[ResolveResult]:
        """The checked addresses of a place; those who ask at the same time share one look-up, nobody an old one."""
        key = (place.host, place.port)
        if is_ip(place.host):
            return [_literal(place)]
        if key not in self._lookups:
            self._lookups[key] = asyncio.ensure_future(self._resolver.resolve(*key))
            self._lookups[key].add_done_callback(lambda _: self._lookups.pop(key, None))
        return await asyncio.shield(self._lookups[key])


def _literal(place: Place) -> ResolveResult:
    return ResolveResult(hostname=place.host, host=place.host, port=place.port, family=0, proto=0, flags=0)
