"""What every fake platform has: a real HTTP server on a loopback port, and a control panel that switches faults.

A fake is a set of aiohttp routes over plain state. Relative imports only: the same files are installed as the package
``chongfen_fakes`` and run from the checkout as ``tests.fakes``.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import asdict, dataclass, field
from typing import Any

from aiohttp import web

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
KINDS = ("delay", "cut", "drop", "status", "status_after", "errcode", "errcode_after")


@dataclass
class Fault:
    """One thing going wrong with calls whose path ends in ``path``, ``times`` times.

    delay: ``value`` seconds. cut: the line goes dead before anything is done; drop: after it was done. status, errcode:
    answered instead of doing it; …_after: answered although it was done.
    """

    path: str
    kind: str
    value: float = 0
    times: int = 1


@dataclass
class Panel:
    """The state all fakes share: the clock, the faults waiting, a journal of calls."""

    clock: Callable[[], float] = time.time
    ahead: float = 0.0
    faults: list[Fault] = field(default_factory=list)
    journal: list[str] = field(default_factory=list)

    def now(self) -> float:
        """Seconds since the epoch, as far ahead as the panel was told."""
        return self.clock() + self.ahead

    def fail(self, path: str, kind: str, value: float = 0, times: int = 1) -> None:
        """Let the next ``times`` calls to ``path`` go wrong."""
        if kind not in KINDS:
            raise ValueError(kind)
        self.faults.append(Fault(path, kind, value, times))

    def take(self, path: str) -> Fault | None:
        """The fault that strikes this call."""
        for fault in self.faults:
            if fault.times > 0 and path.endswith(fault.path):
                fault.times -= 1
                return fault
        return None


class Fake:
    """A platform: subclasses add routes, say how an error looks and what their state is."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self.panel = Panel(clock)

    def routes(self) -> list[web.RouteDef]:
        """The platform's own routes."""
        raise NotImplementedError

    def error(self, code: int) -> dict[str, Any]:
        """How the platform says that something is wrong, in the body of a 200."""
        return {"errcode": code, "errmsg": f"error {code}"}

    def state(self) -> dict[str, Any]:
        """What the control panel shows."""
        raise NotImplementedError

    def controls(self) -> list[web.RouteDef]:
        """Further switches of the panel."""
        return []

    def app(self) -> web.Application:
        """The application: platform and panel."""
        app = web.Application(middlewares=[self._faulty], client_max_size=30 * 1024 * 1024)
        app.add_routes([*self.routes(), *self.controls()])
        app.add_routes(
            [
                web.get("/panel", self._show),
                web.post("/panel/faults", self._add_fault),
                web.delete("/panel/faults", self._clear),
                web.post("/panel/clock", self._advance),
            ]
        )
        return app

    @web.middleware
    async def _faulty(self, request: web.Request, handler: Handler) -> web.StreamResponse:
        if request.path.startswith("/panel"):
            return await handler(request)
        self.panel.journal.append(request.path)
        fault = self.panel.take(request.path)
        if fault is None:
            return await handler(request)
        if fault.kind == "delay":
            await asyncio.sleep(fault.value)
            return await handler(request)
        if fault.kind in {"drop", "status_after", "errcode_after"}:
            await handler(request)
        if fault.kind.startswith("status"):
            return web.Response(status=int(fault.value), text="<html>gateway</html>")
        if fault.kind.startswith("errcode"):
            return web.json_response(self.error(int(fault.value)))
        await request.read()
        if request.transport is not None:
            request.transport.abort()
        raise web.HTTPServiceUnavailable

    async def _show(self, _request: web.Request) -> web.Response:
        shown = {
            "now": self.panel.now(),
            "faults": [asdict(fault) for fault in self.panel.faults if fault.times > 0],
            "calls": self.panel.journal[-100:],
            **self.state(),
        }
        return web.json_response(shown, dumps=lambda value: json.dumps(value, ensure_ascii=False, indent=1))

    async def _add_fault(self, request: web.Request) -> web.Response:
        asked = await request.json()
        try:
            self.panel.fail(
                str(asked["path"]),
                str(asked["kind"]),
                float(asked.get("value", 0)),
                int(asked.get("times", 1)),
            )
        except (KeyError, ValueError, TypeError):
            return web.json_response({"error": f"path, kind ({', '.join(KINDS)}), value, times"}, status=400)
        return web.json_response({"ok": True})

    async def _clear(self, _request: web.Request) -> web.Response:
        self.panel.faults.clear()
        return web.json_response({"ok": True})

    async def _advance(self, request: web.Request) -> web.Response:
        self.panel.ahead += float((await request.json()).get("advance", 0))
        return web.json_response({"now": self.panel.now()})


@contextlib.asynccontextmanager
async def served(fake: Fake, port: int = 0, host: str = "127.0.0.1") -> AsyncIterator[str]:
    """The fake's address while the block runs, in this event loop."""
    runner = web.AppRunner(fake.app(), access_log=None, shutdown_timeout=0.1)
    await runner.setup()
    try:
        site = web.TCPSite(runner, host, port)
        await site.start()
        bound = runner.addresses[0][1]
        yield f"http://{host}:{bound}"
    finally:
        await runner.cleanup()


@contextlib.contextmanager
def running(fake: Fake) -> Iterator[str]:
    """The fake's address while the block runs, served from a thread of its own."""
    ready, stop, found = threading.Event(), threading.Event(), []

    async def serve() -> None:
        async with served(fake) as url:
            found.append(url)
            ready.set()
            while not stop.is_set():
                await asyncio.sleep(0.01)

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    if not ready.wait(10):
        raise RuntimeError("the fake did not start")
    try:
        yield found[0]
    finally:
        stop.set()
        thread.join(10)
