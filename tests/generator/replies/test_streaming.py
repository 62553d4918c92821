"""With a model: danger first, no barred word on the screen, and the offline words when it is late, broken or wrong."""

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
from generator.replies import Question, ReplyDesk, asuggest, stream
from generator.replies.listening import Event
from tests.fakes.gates import Notebook
from tests.fakes.openai_server import Behaviour, OpenAIServer, hang, status, streamed

ASKED = "泥膜几天做一次呀，要等干透吗"
GOOD = "【回答】一周一次就够，混合皮只抹T区。\n【安抚】不难，脸在红或者痛的时候先停。\n【追问】你平时是哪一块出油多？"


def in_pieces(text: str, size: int = 5) -> list[str]:
    return [text[start : start + size] for start in range(0, len(text), size)]


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer(streamed(in_pieces(GOOD))) as running:
        yield running


@pytest.fixture(params=[False, True], ids=["one", "crowd"])
def modelled(desk: ReplyDesk, server: OpenAIServer, request: pytest.FixtureRequest) -> Iterator[ReplyDesk]:
    chain = from_setting(f"{server.url}#fake", key="k", timeout=5.0, concurrency=4)
    models = tuple(ChatModel(one.spec, crowd=request.param) for one in chain)
    yield replace(desk, models=models)
    for model in models:
        model.close()


async def collected(question: Question, desk: ReplyDesk) -> list[Event]:
    return [event async for event in stream(question, desk)]


def run(text: str, desk: ReplyDesk, now: datetime) -> list[Event]:
    return asyncio.run(collected(Question(text, now), desk))


def test_risk_and_sources_come_first_and_done_last(modelled: ReplyDesk, now: datetime) -> None:
    events = run(ASKED, modelled, now)
    kinds = [event.kind for event in events]
    assert kinds[:2] == ["risk", "sources"] and kinds[-1] == "done"
    done = events[-1].reply
    assert done is not None and done.author.endswith("fake") and done.prompt_version and not done.fell_back
    texts = [one.text for one in done.suggestions]
    assert "一周一次就够，混合皮只抹T区。" in texts and len(texts) <= 3


def test_the_deltas_add_up_to_the_suggestion(modelled: ReplyDesk, now: datetime) -> None:
    said: dict[int, str] = {}
    whole: dict[int, str] = {}
    for event in run(ASKED, modelled, now):
        if event.kind == "suggestion_delta":
            said[event.data["index"]] = said.get(event.data["index"], "") + event.data["text"]
        elif event.kind == "suggestion":
            whole[event.data["index"]] = event.data["suggestion"]["text"]
    assert said and all(whole[index].startswith(text.rstrip()) for index, text in said.items())


def test_the_reviewed_script_stands_first(modelled: ReplyDesk, now: datetime) -> None:
    done = run("面膜可以天天敷吗", modelled, now)[-1].reply
    assert done is not None and done.suggestions[0].author == "script"


def test_in_danger_no_model_is_asked(modelled: ReplyDesk, server: OpenAIServer, now: datetime) -> None:
    events = run("用完脸又红又痒", modelled, now)
    assert server.journal == []
    assert events[0].data["escalate"] and events[-1].reply is not None


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ("【回答】这支绝对安全，闭眼入。", "绝对安全"), ("【回答】现在只要9.9元，快下单。", "9.9"), ("【回答】孕妇放心用，没事的。", "孕妇放心"),
        ("【回答】能治湿疹，用完就好。", "治湿疹"), ("【回答】今天还剩37盒。", "37盒"),
    ],
)  # fmt: skip
def test_what_a_check_bars_is_never_on_the_screen(
    wrong: str, word: str, modelled: ReplyDesk, server: OpenAIServer, now: datetime
) -> None:
    server.play(streamed(in_pieces(f"{wrong}\n{GOOD}")))
    for event in run(ASKED, modelled, now):
        assert word not in str(event.data)


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [(hang(), "late"), (status(500), "server_error"), (status(401), "auth"), (streamed([]), "empty"),
     (streamed(in_pieces(GOOD)[:4], broken=True), "connection")],
)  # fmt: skip
def test_a_late_or_broken_model_leaves_the_offline_words(
    behaviour: Behaviour, code: str, modelled: ReplyDesk, server: OpenAIServer, now: datetime
) -> None:
    server.play(behaviour)
    desk = replace(modelled, first_word=0.3 if code == "late" else 6.0, whole=8.0)
    done = run(ASKED, desk, now)[-1].reply
    assert done is not None and done.fell_back
    assert code in (done.fell_back, "connection")
    assert done.suggestions and all(one.author in ("script", "offline") for one in done.suggestions)


def test_every_call_passes_the_models_gate_without_words(modelled: ReplyDesk, now: datetime) -> None:
    book = Notebook()
    asyncio.run(asuggest(Question(ASKED, now), _under(modelled, book)))
    assert [(one.need.about.purpose, one.attempt.code) for one in book.noted] == [("reply", "ok")]
    assert "泥膜" not in str(book.noted)


def test_a_spent_budget_leaves_the_reply_to_the_offline_words(
    modelled: ReplyDesk, server: OpenAIServer, now: datetime
) -> None:
    reply = asyncio.run(asuggest(Question(ASKED, now), _under(modelled, Notebook(most=0))))
    assert reply.fell_back == "budget" and reply.author == "offline" and reply.suggestions
    assert server.journal == []


def _under(desk: ReplyDesk, book: Notebook) -> ReplyDesk:
    return replace(desk, models=tuple(model.under(book) for model in desk.models))


def test_leaving_early_ends_the_call(modelled: ReplyDesk, server: OpenAIServer, now: datetime) -> None:
    server.play(hang())

    async def leave() -> None:
        events = stream(Question(ASKED, now), modelled)
        async for event in events:
            if event.kind == "sources":
                break
        await events.aclose()  # type: ignore[attr-defined]

    asyncio.run(leave())


def test_without_a_model_the_reply_says_so(desk: ReplyDesk, now: datetime) -> None:
    done = run(ASKED, desk, now)[-1].reply
    assert done is not None and done.fell_back == "no_model" and done.author == "offline"
