"""A real HTTP server that speaks the chat-completions protocol and misbehaves on command.

Each request takes the next behaviour of the script, the last one for ever. What was asked is kept in
``journal``. Used by tests and benchmarks alike.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from aiohttp import web

Behaviour = Callable[[web.Request, dict[str, Any]], Awaitable[web.StreamResponse]]
# What /v1/embeddings says to a list of texts: their vectors, or an answer that misbehaves.
Embedding = Callable[[list[str]], list[list[float]] | web.StreamResponse | Awaitable[web.StreamResponse]]
POST = {
    "first_line": "洗完脸发紧，先看水温",
    "body": "手背试着不烫也不冰就行。\n太热的水会带走油脂，越洗越绷。",
    "action": "今晚把水温调低一格试试。",
    "picture": "水龙头和一条毛巾",
    "fact_ids": [],
}


class OpenAIServer:
    """Runs on its own thread; ``url`` ends in /v1."""

    def __init__(self, *script: Behaviour) -> None:
        self.script: list[Behaviour] = list(script) or [answer(POST)]
        self.journal: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.in_flight = self.most_in_flight = 0
        self.embed: Embedding = by_signs
        self.url = ""
        self._loop = asyncio.new_event_loop()
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> OpenAIServer:
        self._thread.start()
        assert self._ready.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def play(self, *script: Behaviour) -> None:
        """From now on behave like this."""
        self.script = list(script)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        app = web.Application()
        app.router.add_post("/v1/chat/completions", self._answer)
        app.router.add_post("/v1/embeddings", self._embed)
        runner = web.AppRunner(app, shutdown_timeout=0.1)
        self._loop.run_until_complete(runner.setup())
        site = web.TCPSite(runner, "127.0.0.1", 0)
        self._loop.run_until_complete(site.start())
        self.url = f"http://127.0.0.1:{runner.addresses[0][1]}/v1"
        self._ready.set()
        self._loop.run_forever()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(runner.cleanup())
        self._loop.close()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.journal.append(body)
        self.headers.append(dict(request.headers))
        behaviour = self.script.pop(0) if len(self.script) > 1 else self.script[0]
        self.in_flight += 1
        self.most_in_flight = max(self.most_in_flight, self.in_flight)
        try:
            return await behaviour(request, body)
        finally:
            self.in_flight -= 1

    async def _embed(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.journal.append(body)
        self.headers.append(dict(request.headers))
        found = self.embed(body["input"])
        if isinstance(found, web.StreamResponse):
            return found
        if not isinstance(found, list):
            return await found
        rows = [{"object": "embedding", "index": at, "embedding": row} for at, row in enumerate(found)]
        return web.json_response({"object": "list", "data": rows, "model": body["model"]})


def by_signs(texts: list[str]) -> list[list[float]]:
    """A vector that only knows which signs stand in a text."""
    return [[float(text.count(chr(at)) + 0.01) for at in range(0x4E00, 0x4E40)] for text in texts]


def completion(content: Any, *, finish: str = "stop", **message: Any) -> dict[str, Any]:
    """The body of one chat completion."""
    text = content if isinstance(content, str) or content is None else json.dumps(content, ensure_ascii=False)
    return {
        "id": "c1", "object": "chat.completion", "created": 1, "model": "fake",
        "choices": [
            {"index": 0, "finish_reason": finish, "message": {"role": "assistant", "content": text, **message}}
        ],
        "usage": {"prompt_tokens": 900, "completion_tokens": 120, "total_tokens": 1020},
    }  # fmt: skip


def answer(content: Any, *, latency: float = 0.0, finish: str = "stop", **message: Any) -> Behaviour:
    """A plain completion; a request with tools gets it as the arguments of a tool call."""

    async def behave(_: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        if latency:
            await asyncio.sleep(latency)
        if body.get("tools") and not isinstance(content, str):
            return web.json_response(_tool_call(body, content))
        return web.json_response(completion(content, finish=finish, **message))

    return behave


def _tool_call(body: dict[str, Any], content: Any) -> dict[str, Any]:
    name = body["tools"][0]["function"]["name"]
    arguments = json.dumps(content, ensure_ascii=False)
    call = {"id": "t1", "type": "function", "function": {"name": name, "arguments": arguments}}
    return completion(None, finish="tool_calls", tool_calls=[call])


def only(methods: Iterable[str], then: Behaviour) -> Behaviour:
    """Refuses with 400 whatever asks for a structured output that is not one of ``methods``."""
    known = set(methods)

    async def behave(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        asked = "tools" if body.get("tools") else body.get("response_format", {}).get("type", "plain")
        if asked not in known:
            return web.json_response({"error": {"message": f"{asked} is not supported"}}, status=400)
        return await then(request, body)

    return behave


def status(code: int, message: str = "no", **headers: str) -> Behaviour:
    """An error with an OpenAI-shaped body."""

    async def behave(_: web.Request, __: dict[str, Any]) -> web.StreamResponse:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.json_response({"error": {"message": message}}, status=code, headers=named)

    return behave


def garbage(text: str = "<html>502</html>") -> Behaviour:
    """A 200 that is no JSON."""

    async def behave(_: web.Request, __: dict[str, Any]) -> web.StreamResponse:
        return web.Response(text=text, content_type="text/html")

    return behave


def hang() -> Behaviour:
    """Never answers."""

    async def behave(_: web.Request, __: dict[str, Any]) -> web.StreamResponse:
        await asyncio.sleep(3600)
        raise AssertionError

    return behave


def trickle(content: Any, *, every: float = 0.02) -> Behaviour:
    """Sends a byte now and then, so that no read ever times out."""

    async def behave(request: web.Request, _: dict[str, Any]) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Type": "application/json"})
        await response.prepare(request)
        for byte in json.dumps(completion(content)).encode():
            await response.write(bytes([byte]))
            await asyncio.sleep(every)
        return response

    return behave


def cut(content: Any) -> Behaviour:
    """Promises a length, sends half and drops the connection."""

    async def behave(request: web.Request, _: dict[str, Any]) -> web.StreamResponse:
        body = json.dumps(completion(content)).encode()
        response = web.StreamResponse(
            headers={"Content-Type": "application/json", "Content-Length": str(len(body))}
        )
        await response.prepare(request)
        await response.write(body[: len(body) // 2])
        assert request.transport is not None
        request.transport.abort()
        return response

    return behave


def streamed(
    pieces: Iterable[str], *, every: float = 0.0, broken: bool = False, finish: str | None = "stop"
) -> Behaviour:
    """A stream of server-sent events, one a piece; ``broken`` drops the connection before the end."""

    async def behave(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        assert body["stream"] is True
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        for piece in pieces:
            await response.write(_event({"content": piece}))
            await asyncio.sleep(every)
        if broken:
            assert request.transport is not None
            request.transport.abort()
            return response
        await response.write(_event({}, finish=finish))
        if body.get("stream_options", {}).get("include_usage"):
            await response.write(_event(None))
        await response.write(b"data: [DONE]\n\n")
        return response

    return behave


def _event(delta: dict[str, Any] | None, *, finish: str | None = None) -> bytes:
    """One chunk; without a delta it is the last one, with the usage."""
    choices = [{"index": 0, "delta": delta, "finish_reason": finish}] if delta is not None else []
    usage = {"prompt_tokens": 50, "completion_tokens": 7, "total_tokens": 57} if delta is None else None
    chunk = {
        "id": "c1",
        "object": "chat.completion.chunk",
        "created": 1,
        "model": "fake",
        "choices": choices,
        "usage": usage,
    }
    return f"data: {json.dumps(chunk)}\n\n".encode()
