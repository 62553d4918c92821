"""A plain text answer, piece by piece, for a person who is waiting.

Nothing is retried: what was shown cannot be taken back. A stream that stalls, trickles past its deadline or is cut
ends in a trouble with its code, after the pieces that came.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from dataclasses import dataclass

from generator.errors import ModelTrouble
from generator.models.chat import Attempt, ChatModel, Message
from generator.models.loop import home


@dataclass(frozen=True)
class _End:
    """How a stream ended: the attempt to report, and the trouble there was."""

    attempt: Attempt
    trouble: ModelTrouble | None = None


async def stream(
    model: ChatModel, messages: Sequence[Message], report: Callable[[Attempt], None] = lambda _: None
) -> AsyncIterator[str]:
    """The answer's text as it comes; ModelTrouble when it ends before its end. Leaving early ends the call."""
    if model.rest.resting:
        raise ModelTrouble("resting", model.rest.reason)
    here, pieces = asyncio.get_running_loop(), asyncio.Queue[str | _End]()

    def put(piece: str | _End) -> None:
        here.call_soon_threadsafe(pieces.put_nowait, piece)

    started, end = time.monotonic(), None
    pump = asyncio.ensure_future(home().carry(_pump(model, messages, put)))
    try:
        while not isinstance(piece := await pieces.get(), _End):
            yield piece
        end = piece
        if end.trouble is not None:
            raise end.trouble
    finally:
        pump.cancel()
        report(end.attempt if end else _attempt("cancelled", started))


async def _pump(model: ChatModel, messages: Sequence[Message], put: Callable[[str | _End], None]) -> None:
    """On the models' loop: hand over every piece, then how it ended."""
    started = time.monotonic()
    usage: Mapping[str, int] = {}
    try:
        async for text, said in model.pieces(messages):
            usage = said or usage
            if text:
                put(text)
    except ModelTrouble as error:
        model.rest.failed(error.code)
        put(_End(_attempt(error.code, started, usage, error.status), error))
        return
    model.rest.succeeded()
    put(_End(_attempt("ok", started, usage)))


def _attempt(
    code: str, started: float, usage: Mapping[str, int] | None = None, status: int | None = None
) -> Attempt:
    told = usage or {}
    taken = round((time.monotonic() - started) * 1000)
    return Attempt(code, taken, "plain", told.get("input_tokens"), told.get("output_tokens"), status)
