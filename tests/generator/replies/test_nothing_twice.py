"""A model that repeats the reviewed words adds nothing, and each suggestion keeps one place from its first word to its last."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

import pytest

from generator.models import (
    ChatModel,
    compat,  # noqa: F401 — loaded before the clock runs: on a busy machine it takes seconds
    from_setting,
)
from generator.models.loop import lasting_here
from generator.replies import Question, ReplyDesk, stream, suggest
from generator.replies.listening import Event
from tests.fakes.openai_server import OpenAIServer, streamed

ASKED = "面膜可以天天敷吗"
MORE = "【安抚】不着急，先看脸上舒不舒服，红了就停一停。\n【追问】你平时是哪一块最容易干？"


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running


@pytest.fixture
def modelled(desk: ReplyDesk, server: OpenAIServer) -> Iterator[ReplyDesk]:
    model = ChatModel(from_setting(f"{server.url}#fake", key="k", timeout=5.0)[0].spec, crowd=True)
    yield replace(desk, models=(model,))
    model.close()


def told(desk: ReplyDesk, server: OpenAIServer, now: datetime, said: str, *, lasting: bool = False) -> list[Event]:  # fmt: skip
    server.play(streamed([said[at : at + 5] for at in range(0, len(said), 5)]))

    async def listen() -> list[Event]:
        return [event async for event in stream(Question(ASKED, now), desk)]

    async def here() -> list[Event]:
        async with lasting_here():
            return await listen()

    return asyncio.run(here() if lasting else listen())


def script(desk: ReplyDesk, now: datetime) -> str:
    found = suggest(Question(ASKED, now), replace(desk, models=())).suggestions[0]
    assert found.author == "script"
    return found.text


@pytest.mark.parametrize("lasting", [False, True], ids=["models' loop", "lasting loop"])
@pytest.mark.parametrize("cut", [None, 12], ids=["whole", "its beginning"])
def test_the_reviewed_words_are_told_once_though_the_model_repeats_them(
    modelled: ReplyDesk, server: OpenAIServer, now: datetime, cut: int | None, lasting: bool
) -> None:
    own = script(modelled, now)
    events = told(modelled, server, now, f"【回答】{own[:cut]}\n{MORE}", lasting=lasting)
    done = events[-1].reply
    assert done is not None and done.author.endswith("fake") and not done.fell_back
    texts = [one.text for one in done.suggestions]
    assert texts[0] == own and len(set(texts)) == len(texts)
    assert [text for text in texts[1:] if own.startswith(text[:12])] == []
    assert any(text.startswith("不着急") for text in texts)


def test_a_model_that_only_repeats_has_spoken(modelled: ReplyDesk, server: OpenAIServer, now: datetime) -> None:  # fmt: skip
    done = told(modelled, server, now, f"【回答】{script(modelled, now)}")[-1].reply
    assert done is not None and done.author.endswith("fake") and not done.fell_back
    assert len(server.journal) == 1


@pytest.mark.parametrize(
    "said",
    [
        f"【回答】现在只要9.9元，快下单。\n{MORE}",  # barred from its first clause
        f"【回答】先把脸擦干，再薄薄敷一层。今天还剩37盒。\n{MORE}",  # barred after it had begun
        MORE,
    ],
)
def test_each_place_is_one_suggestion_and_the_last_word_agrees(
    modelled: ReplyDesk, server: OpenAIServer, now: datetime, said: str
) -> None:
    events = told(modelled, server, now, said)
    seen: dict[int, str] = {}
    for event in events:
        if event.kind == "suggestion":
            assert event.data["index"] not in seen
            seen[event.data["index"]] = event.data["suggestion"]["text"]
        elif event.kind in ("suggestion_delta", "retract"):
            assert event.data["index"] not in seen
    done = events[-1].reply
    assert done is not None
    assert [seen[place] for place in range(len(seen))] == [one.text for one in done.suggestions]
