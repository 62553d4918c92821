"""Whatever a server does, asking ends in an answer or in one trouble with a stable code."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from decimal import Decimal

import pytest

from generator.errors import ModelTrouble
from generator.models import About, ChatModel, Message, Reply, Shape
from tests.fakes.acts import Act, Babbles, Cuts, Fails, Hangs, Knows, Says, Trickles
from tests.fakes.gates import Notebook
from tests.fakes.openai_server import POST
from tests.generator.models.conftest import Server

Maker = Callable[..., ChatModel]
TURNS = [Message("system", "你写内容。只交 JSON。"), Message("user", "{{ 7*7 }} {写} 一条")]


def ask(model: ChatModel, shape: Shape, book: Notebook | None = None) -> Reply:
    return asyncio.run(model.under(book or Notebook()).ask(TURNS, shape))


def code(model: ChatModel, shape: Shape, book: Notebook | None = None) -> str:
    with pytest.raises(ModelTrouble) as caught:
        ask(model, shape, book)
    return caught.value.code


def test_an_answer_comes_back_with_its_fields_and_its_tokens_are_reported(
    server: Server, model: Maker, shape: Shape
) -> None:
    seen = Notebook()
    reply = ask(model(), shape, seen)
    assert reply.data["first_line"] == POST["first_line"]
    assert [(a.code, a.tokens_in, a.tokens_out) for a in seen.attempts] == [("ok", 900, 120)]


def test_what_goes_over_the_wire_is_what_compatible_servers_understand(
    server: Server, model: Maker, shape: Shape
) -> None:
    ask(model("?max_tokens=1234&temperature=0.3"), shape)
    sent = server.journal[0]
    assert sent["max_tokens"] == 1234 and "max_completion_tokens" not in sent
    assert sent["temperature"] == 0.3
    assert sent["response_format"]["json_schema"]["strict"] is True
    assert sent["messages"][0]["role"] == "system"
    assert sent["messages"][1] == {"role": "user", "content": "{{ 7*7 }} {写} 一条"}


def test_a_server_without_json_schema_is_asked_in_simpler_ways_and_the_way_is_remembered(
    server: Server, model: Maker, shape: Shape
) -> None:
    server.acts(Knows("json_object", Says(POST)))
    asked, seen = model(), Notebook()
    assert ask(asked, shape, seen).method == "json_mode"
    assert [a.code for a in seen.attempts] == ["bad_request", "bad_request", "ok"]
    assert ask(asked, shape).method == "json_mode"
    assert len(server.journal) == 4


def test_a_server_that_only_calls_functions_is_understood(server: Server, model: Maker, shape: Shape) -> None:
    server.acts(Knows("tools", Says(POST)))
    reply = ask(model(), shape)
    assert reply.method == "function_calling" and reply.data["body"] == POST["body"]


def test_a_server_that_knows_no_structure_at_all_is_asked_plainly(
    server: Server, model: Maker, shape: Shape
) -> None:
    server.acts(Knows("plain", Says("好的，写好了：\n```json\n" + json.dumps(POST) + "\n```\n请查收")))
    assert ask(model(), shape).method == "plain"


def test_a_parameter_the_server_does_not_know_is_left_out(server: Server, model: Maker, shape: Shape) -> None:
    server.acts(Fails(400, "Unsupported value: 'temperature' does not support 0.7"), Says(POST))
    ask(model(), shape)
    assert "temperature" in server.journal[0] and "temperature" not in server.journal[1]
    assert server.journal[1]["response_format"]["type"] == "json_schema"


@pytest.mark.parametrize(
    "text",
    [
        json.dumps(POST, ensure_ascii=False),
        "```json\n" + json.dumps(POST, ensure_ascii=False, indent=1) + "\n```",
        "以下是内容：" + json.dumps(POST, ensure_ascii=False) + "希望对你有用",
        "<think>先想 {一下}</think>" + json.dumps(POST, ensure_ascii=False),
        json.dumps(POST, ensure_ascii=False).replace("}", ",}"),
        json.dumps(POST, ensure_ascii=False).replace("\\n", "\n"),
        json.dumps(POST, ensure_ascii=False).replace('": ', '"：'),
    ],
    ids=["plain", "fence", "prose", "thoughts", "comma", "raw newline", "wide colon"],
)
def test_json_is_found_wherever_it_stands(server: Server, model: Maker, shape: Shape, text: str) -> None:
    server.acts(Says(text))
    assert ask(model(), shape).data["first_line"] == POST["first_line"]
    assert len(server.journal) == 1


@pytest.mark.parametrize(
    ("act", "expected"),
    [
        (Says("我写不出来"), "malformed"),
        (Says("   "), "empty"),
        (Says('{"first_line": "半句', finish="length"), "too_long"),
        pytest.param(
            Says("", refusal="抱歉，我不能"),
            "refused",
            marks=pytest.mark.own_only("aimock always sends refusal: null"),
        ),
        (Says(None, finish="content_filter"), "filtered"),
        (Fails(401, "invalid key"), "auth"),
        (Fails(403, "no access"), "auth"),
        (Fails(404, "model fake does not exist"), "unknown_model"),
        (Fails(400, "Model Not Exist"), "unknown_model"),
        (Fails(402, "Insufficient Balance"), "no_credit"),
        (Fails(400, "maximum context length is 4096 tokens"), "context_too_long"),
        (Fails(400, "data_inspection_failed"), "filtered"),
        (Fails(429, "slow down"), "rate_limited"),
        (Fails(500, "oops"), "server_error"),
        (Fails(503, "busy"), "server_error"),
        (Babbles(), "bad_response"),
        (Cuts(), "connection"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_trouble_has_its_own_code(
    server: Server, model: Maker, shape: Shape, act: Act, expected: str
) -> None:
    server.acts(act)
    seen = Notebook()
    assert code(model(), shape, seen) == expected
    assert seen.attempts[-1].code == expected
    assert len(server.journal) == len(seen.attempts) <= 4


def test_a_rate_limit_is_waited_out_as_long_as_the_server_asks(
    server: Server, model: Maker, shape: Shape, waits: list[float]
) -> None:
    server.acts(Fails(429, "slow", retry_after=7), Says(POST))
    assert ask(model(), shape).method == "json_schema"
    assert waits == [7.0]


@pytest.mark.own_only("aimock says Retry-After in seconds only")
def test_a_wait_until_a_date_is_counted_from_the_servers_own_clock(
    server: Server, model: Maker, shape: Shape, waits: list[float]
) -> None:
    dates = {"Date": "Mon, 23 Nov 2026 01:00:00 GMT", "Retry_After": "Mon, 23 Nov 2026 01:00:12 GMT"}
    server.acts(Fails(503, "busy", headers=dates), Says(POST))
    assert ask(model(), shape).data
    assert waits == [12.0]


def test_an_absurd_wait_is_not_honoured_and_the_next_writer_is_left_to_it(
    server: Server, model: Maker, shape: Shape, waits: list[float]
) -> None:
    server.acts(Fails(429, "slow", retry_after=3600))
    assert code(model(), shape) == "rate_limited"
    assert waits == [] and len(server.journal) == 1


def test_a_server_that_recovers_is_asked_again(server: Server, model: Maker, shape: Shape) -> None:
    server.acts(Fails(502), Cuts(), Says(POST))
    assert ask(model(), shape).data["body"] == POST["body"]
    assert len(server.journal) == 3


def test_a_silent_server_times_out_and_is_asked_only_once_more(
    server: Server, model: Maker, shape: Shape
) -> None:
    server.acts(Hangs())
    seen = Notebook()
    assert code(model("?timeout=0.15", deadline=60.0), shape, seen) == "timeout"
    assert [one.code for one in seen.attempts] == ["timeout", "timeout"]


@pytest.mark.own_only(
    "aimock sends a whole answer at once; its trickling stream is in test_streaming_answers"
)
def test_a_trickling_answer_does_not_hold_the_post_for_ever(
    server: Server, model: Maker, shape: Shape
) -> None:
    server.acts(Trickles(POST))
    assert code(model("?timeout=0.3"), shape) in ("timeout", "deadline")


def test_the_whole_call_with_its_retries_has_a_deadline_of_its_own(
    server: Server, model: Maker, shape: Shape
) -> None:
    server.acts(Hangs())
    assert code(model("?timeout=5", deadline=0.04), shape) == "deadline"


def test_a_cut_off_answer_is_asked_for_again_with_more_room(
    server: Server, model: Maker, shape: Shape
) -> None:
    server.acts(Says('{"first_line": "半', finish="length"), Says(POST))
    ask(model("?max_tokens=500"), shape)
    assert [sent["max_tokens"] for sent in server.journal] == [500, 1000]


def test_a_wrong_key_makes_the_model_rest_instead_of_being_tried_for_every_post(
    server: Server, model: Maker, shape: Shape
) -> None:
    now = [0.0]
    server.acts(Fails(401))
    asked = model(now=lambda: now[0])
    assert code(asked, shape) == "auth"
    assert code(asked, shape) == "resting"
    assert len(server.journal) == 1
    now[0] = 1000.0
    server.acts(Says(POST))
    assert ask(asked, shape).data


@pytest.mark.own_only("aimock does not count what is in flight")
def test_no_more_calls_are_in_flight_than_allowed(server: Server, model: Maker, shape: Shape) -> None:
    server.acts(Says(POST, latency=0.02))
    asked = model("?concurrency=3")

    async def all_at_once() -> None:
        await asyncio.gather(*(asked.ask(TURNS, shape) for _ in range(12)))

    asyncio.run(all_at_once())
    assert server.most_in_flight == 3 and len(server.journal) == 12


def test_one_model_serves_many_event_loops_one_after_the_other(
    server: Server, model: Maker, shape: Shape
) -> None:
    asked = model()
    for _ in range(5):
        assert ask(asked, shape).data


def test_a_closed_model_can_be_asked_again(server: Server, model: Maker, shape: Shape) -> None:
    asked = model()
    ask(asked, shape)
    asked.close()
    assert ask(asked, shape).data


def test_thoughts_beside_the_answer_are_no_part_of_it(server: Server, model: Maker, shape: Shape) -> None:
    server.acts(Says(POST, reasoning='{"first_line": "想法"}'))
    assert ask(model(), shape).data["first_line"] == POST["first_line"]


def test_prompts_are_never_posted_to_a_tracing_service(
    server: Server, model: Maker, shape: Shape, monkeypatch: pytest.MonkeyPatch
) -> None:
    from langchain_core.tracers.langchain import LangChainTracer
    from langsmith.utils import get_env_var

    tracers: list[object] = []
    monkeypatch.setenv("LANGSMITH_TRACING", "true")
    monkeypatch.setattr(LangChainTracer, "__init__", lambda self, *_, **__: tracers.append(self))
    get_env_var.cache_clear()
    assert ask(model(), shape).data
    get_env_var.cache_clear()
    assert tracers == []


def test_a_key_the_server_does_not_know_is_told_as_such(server: Server, model: Maker, shape: Shape) -> None:
    seen = Notebook()
    assert code(model(key="sk-wrong"), shape, seen) == "auth"
    assert [(one.code, one.status) for one in seen.attempts] == [("auth", 401)]


def test_a_model_the_server_does_not_have_is_told_as_such(server: Server, model: Maker, shape: Shape) -> None:
    seen = Notebook()
    assert code(model(name="nobody"), shape, seen) == "unknown_model"
    assert [(one.code, one.status) for one in seen.attempts] == [("unknown_model", 404)]


@pytest.mark.own_only("aimock keeps no keys in its journal")
def test_the_key_goes_to_the_server_and_is_shown_nowhere(server: Server, model: Maker, shape: Shape) -> None:
    asked = model()
    ask(asked, shape)
    assert server.headers[0]["Authorization"] == "Bearer sk-test"
    assert "sk-test" not in repr(asked.spec) + str(asked.__dict__)


def test_a_gate_is_asked_before_every_attempt_for_the_most_it_can_take(
    server: Server, model: Maker, shape: Shape
) -> None:
    server.acts(Says('{"first_line": "半', finish="length"), Says(POST))
    book = Notebook()
    asked = model("?max_tokens=500&in=2&out=8").under(book)
    asyncio.run(asked.ask(TURNS, shape, About("repair", "slot", "abc")))
    assert [need.tokens_out for need in book.needs] == [500, 1000]
    first = book.needs[0]
    assert (first.about.purpose, first.about.post, first.seconds) == ("repair", "slot", 5.0)
    assert first.tokens_in >= len(TURNS[0].text) + len(TURNS[1].text) and first.yuan is not None
    assert book.attempts[1].yuan == Decimal("0.00276")  # 900 in, 120 out
    assert "写" not in repr(book.needs)


def test_a_gate_that_refuses_lets_nothing_reach_the_server(
    server: Server, model: Maker, shape: Shape
) -> None:
    book = Notebook(most=0)
    assert code(model(), shape, book) == "budget"
    assert server.journal == [] and book.attempts == []


def test_models_under_different_gates_share_slots_and_rest(
    server: Server, model: Maker, shape: Shape
) -> None:
    asked, first, second = model(key="sk-wrong"), Notebook(), Notebook()
    assert code(asked, shape, first) == "auth"
    assert code(asked, shape, second) == "resting"
    assert second.needs == []
