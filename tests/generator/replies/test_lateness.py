"""Who is late: a model that has spoken while our own loop was busy is heard, one that has not gives way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from generator.errors import ModelTrouble
from generator.replies import ReplyDesk, listening

TURNS = 6  # of the loop, between a piece that came over the network and its reader


async def _handed_on() -> AsyncIterator[str]:
    for _ in range(TURNS):
        await asyncio.sleep(0)
    yield "先看商品页。"


async def _silent() -> AsyncIterator[str]:
    await asyncio.get_running_loop().create_future()
    yield ""


async def _heard(pieces: AsyncIterator[str], desk: ReplyDesk) -> list[str]:
    """What is heard when the loop was busy for twice the model's time just after it was asked."""
    loop, late = asyncio.get_running_loop(), [0.0]
    now = loop.time
    loop.time = lambda: now() + late[0]  # type: ignore[method-assign]
    loop.call_soon(lambda: late.__setitem__(0, 2 * desk.first_word))
    return [piece async for piece in listening._in_time(pieces, desk)]


def test_a_model_is_not_blamed_for_a_loop_that_was_busy(desk: ReplyDesk) -> None:
    assert asyncio.run(_heard(_handed_on(), desk)) == ["先看商品页。"]


def test_a_silent_model_gives_way_all_the_same(desk: ReplyDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listening, "OURS", 0.01)
    with pytest.raises(ModelTrouble) as late:
        asyncio.run(_heard(_silent(), replace(desk, first_word=0.01)))
    assert late.value.code == "late"
