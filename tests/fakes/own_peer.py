"""Our own scripted server, told in acts: it can play every one of them. Knows one key and one model, as others do."""

from __future__ import annotations

from typing import Any

from aiohttp import web

from tests.fakes.acts import Act, Babbles, Cuts, Fails, Hangs, Knows, Says, Streams, Trickles
from tests.fakes.openai_server import (
    POST,
    Behaviour,
    OpenAIServer,
    answer,
    completion,
    cut,
    garbage,
    hang,
    only,
    status,
    streamed,
    trickle,
)

KEY, MODEL = "sk-test", "fake"


class OwnPeer(OpenAIServer):
    """Plays acts instead of behaviours."""

    def acts(self, *acts: Act) -> None:
        """From now on do this, the last one for ever."""
        self.play(*(_guarded(behaviour(act)) for act in acts))


def _guarded(inner: Behaviour) -> Behaviour:
    async def behave(request: web.Request, body: dict[str, Any]) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return await status(401, "Incorrect API key provided")(request, body)
        if body["model"] != MODEL:
            return await status(404, "The model does not exist")(request, body)
        return await inner(request, body)

    return behave


def behaviour(act: Act) -> Behaviour:
    """How our server plays an act."""
    match act:
        case Says():
            return _saying(act)
        case Fails():
            waits = {"Retry_After": str(act.retry_after)} if act.retry_after is not None else {}
            return status(act.status, act.message, **waits, **act.headers)
        case Babbles():
            return garbage()
        case Hangs():
            return hang()
        case Cuts():
            return cut(POST)
        case Trickles():
            return trickle(act.content)
        case Streams():
            return streamed(act.pieces, every=act.every, broken=act.broken, finish=act.finish)
        case Knows():
            return only({act.way}, _saying(act.then))


def _saying(act: Says) -> Behaviour:
    more = {
        name: value
        for name, value in (("reasoning_content", act.reasoning), ("refusal", act.refusal))
        if value
    }
    if act.usage:
        return answer(act.content, latency=act.latency, finish=act.finish, **more)

    async def uncounted(_: web.Request, __: dict[str, Any]) -> web.StreamResponse:
        body = completion(act.content, finish=act.finish, **more)
        del body["usage"]
        return web.json_response(body)

    return uncounted
