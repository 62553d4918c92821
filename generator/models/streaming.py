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
from generator.models.loop import home, lasting
from generator.models.talk import Message


@dataclass(frozen=True)
class _End:
    """How a stream ended: the trouble there was, or None."""

    trouble: Exception | None = None


async def stream(
    model: ChatModel, messages: Sequence[Message], about: About | None = None, *, joined: bool = False
) -> AsyncIterator[str]:
    """The answer's text as it comes; ModelTrouble when it ends before its end. Leaving early ends the call.

    ``joined``: what came while the reader was busy is one piece.
    """
    if model.rest.resting:
        raise ModelTrouble("resting", model.rest.reason)
    here, near, pieces = asyncio.get_running_loop(), lasting() is not None, asyncio.Queue[str | _End]()

    def put(piece: str | _End) -> None:
        if near:
            pieces.put_nowait(piece)
        else:
            here.call_soon_threadsafe(pieces.put_nowait, piece)

    # A task of its own also on this loop: its time-outs must never cancel whoever reads.
    work = _pump(model, messages, about or About(), put)
    pump = asyncio.ensure_future(work if near else home().carry(work))
    try:
        end: _End | None = None
        while end is None:
            texts, end = _came(await pieces.get(), pieces, joined)
            if texts:
                yield texts
        if end.trouble is not None:
            raise end.trouble
    finally:
        pump.cancel()


def _came(first: str | _End, pieces: asyncio.Queue[str | _End], joined: bool) -> tuple[str, _End | None]:
    """``first`` with what else waits, and the end where it has come."""
    texts, piece = [], first
    while not isinstance(piece, _End):
        texts.append(piece)
        if not joined or pieces.empty():
            return "".join(texts), None
        piece = pieces.get_nowait()
    return "".join(texts), piece


async def _pump(
    model: ChatModel, messages: Sequence[Message], about: About, put: Callable[[str | _End], None]
) -> None:
    """On the model's loop: hand over every piece, then how it ended."""
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
