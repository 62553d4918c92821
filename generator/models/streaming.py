"""A plain text answer, piece by piece, for a person who is waiting.

Nothing is retried: what was shown cannot be taken back. A stream that stalls, trickles past its deadline or is cut
ends in a trouble with its code, after the pieces that came.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass

from generator.errors import ModelTrouble
from generator.models.chat import ChatModel
from generator.models.gate import About
from generator.models.loop import home
from generator.models.talk import Message


@dataclass(frozen=True)
class _End:
    """How a stream ended: the trouble there was, or None."""

    trouble: Exception | None = None


async def stream(
    model: ChatModel, messages: Sequence[Message], about: About | None = None
) -> AsyncIterator[str]:
    """The answer's text as it comes; ModelTrouble when it ends before its end. Leaving early ends the call."""
    if model.rest.resting:
        raise ModelTrouble("resting", model.rest.reason)
    here, pieces = asyncio.get_running_loop(), asyncio.Queue[str | _End]()

    def put(piece: str | _End) -> None:
        here.call_soon_threadsafe(pieces.put_nowait, piece)

    pump = asyncio.ensure_future(home().carry(_pump(model, messages, about or About(), put)))
    try:
        while not isinstance(piece := await pieces.get(), _End):
            yield piece
        if piece.trouble is not None:
            raise piece.trouble
    finally:
        pump.cancel()


async def _pump(
    model: ChatModel, messages: Sequence[Message], about: About, put: Callable[[str | _End], None]
) -> None:
    """On the models' loop: hand over every piece, then how it ended."""
    try:
        async for text in model.pieces(messages, about):
            if text:
                put(text)
    except ModelTrouble as error:
        model.rest.failed(error.code)
        put(_End(error))
        return
    except Exception as error:  # a fault of ours must not leave the reader waiting for ever
        put(_End(error))
        return
    model.rest.succeeded()
    put(_End())
