"""A streamed answer comes piece by piece, and its end, good or bad, is always told."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import pytest

from generator.errors import ModelTrouble
from generator.models import ChatModel, Message, stream
from tests.fakes.acts import Act, Fails, Hangs, Streams
from tests.fakes.gates import Notebook
from tests.generator.models.conftest import Server

Maker = Callable[..., ChatModel]
TURNS = [Message("user", "你好")]


def heard(model: ChatModel, seen: Notebook | None = None) -> tuple[list[str], str]:
    async def listen() -> tuple[list[str], str]:
        pieces: list[str] = []
        try:
            async for piece in stream(model.under(seen or Notebook()), TURNS):
                pieces.append(piece)
        except ModelTrouble as error:
            return pieces, error.code
        return pieces, "ok"

    return asyncio.run(listen())


def test_pieces_arrive_in_order_and_the_tokens_are_counted(server: Server, model: Maker) -> None:
    server.acts(Streams(("先用", "温水", "。")))
    seen = Notebook()
    assert heard(model(), seen) == (["先用", "温水", "。"], "ok")
    assert [(one.code, one.tokens_in, one.tokens_out) for one in seen.attempts] == [("ok", 50, 7)]
    assert server.journal[0]["stream_options"] == {"include_usage": True}
    assert "response_format" not in server.journal[0]


@pytest.mark.parametrize(
    ("act", "patience", "pieces", "code"),
    [
        (Streams(("先用", "温水"), every=0.02, broken=True), 5, ["先用", "温水"], "connection"),
        (Streams(("水",) * 400, every=0.02), 0.3, None, "timeout"),
        (Hangs(), 0.3, [], "timeout"),
        pytest.param(
            Streams(("先用",), finish=None),
            5,
            ["先用"],
            "connection",
            marks=pytest.mark.own_only("aimock always sends a finish_reason"),
        ),
        (Streams(("先用",), finish="length"), 5, ["先用"], "too_long"),
        (Fails(429), 5, [], "rate_limited"),
        (Fails(500), 5, [], "server_error"),
    ],
    ids=["cut", "trickle", "hang", "unfinished", "too long", "429", "500"],
)
def test_a_stream_that_breaks_tells_its_trouble_after_what_came(
    server: Server,
    model: Maker,
    act: Act,
    patience: float,
    pieces: list[str] | None,
    code: str,
) -> None:
    server.acts(act)
    seen = Notebook()
    got, ended = heard(model(f"?timeout={patience}"), seen)
    assert ended == code and (pieces is None or got == pieces)
    assert [one.code for one in seen.attempts] == [code] and len(server.journal) <= 1


def test_leaving_early_ends_the_call(server: Server, model: Maker) -> None:
    server.acts(Streams(("水",) * 1000, every=0.01))
    seen = Notebook()

    async def first_only() -> str:
        pieces = stream(model().under(seen), TURNS)
        async for piece in pieces:
            await pieces.aclose()  # type: ignore[attr-defined]
            return piece
        return ""

    assert asyncio.run(asyncio.wait_for(first_only(), 5)) == "水"
    for _ in range(500):
        if seen.attempts:
            break
        time.sleep(0.01)
    assert [one.code for one in seen.attempts] == ["cancelled"]
