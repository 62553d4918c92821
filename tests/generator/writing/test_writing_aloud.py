"""Writing before somebody's eyes: words as they come, mended where forbidden, the offline writer when nobody answers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.models.spoken import spoken
from generator.writing import Anew, Made, Said, Told, WritingDesk, write_aloud
from generator.writing.aloud import READ_ALOUD
from prompts.brief import Brief
from prompts.schema import json_schema
from tests.fakes.briefs import brief
from tests.fakes.gates import Notebook
from tests.fakes.openai_server import POST, OpenAIServer, answer, hang, status, streamed

Maker = Callable[..., WritingDesk]
WHOLE = json.dumps(POST, ensure_ascii=False)


def pieces(text: str, size: int = 7) -> list[str]:
    return [text[at : at + size] for at in range(0, len(text), size)]


def told(what: Brief, desk: WritingDesk, **more: Any) -> list[Told]:
    async def listen() -> list[Told]:
        return [one async for one in write_aloud(what, desk=desk, **more)]

    return asyncio.run(listen())


def words(heard: list[Told]) -> str:
    """What stands before the editor's eyes at the end of the preview."""
    shown = ""
    for one in heard:
        shown = "" if isinstance(one, Anew) else shown + one.text if isinstance(one, Said) else shown
    return shown


def made(heard: list[Told]) -> Made:
    assert isinstance(heard[-1], Made) and sum(isinstance(one, Made) for one in heard) == 1
    return heard[-1]


def test_words_come_one_by_one_and_then_the_draft(server: OpenAIServer, desk: Maker, book: Notebook) -> None:
    server.play(streamed(pieces(WHOLE)))
    heard = told(brief("tip"), desk(server))
    assert sum(isinstance(one, Said) for one in heard) > 5
    assert words(heard) == f"{POST['first_line']}\n{POST['body']}\n{POST['action']}"
    draft = made(heard).draft
    assert draft.first_line == POST["first_line"] and draft.provenance.author == "custom:model0"
    assert draft.provenance.template_hash and [need.about.purpose for need in book.needs] == ["write"]


def test_a_forbidden_text_is_mended_before_it_is_offered(server: OpenAIServer, desk: Maker) -> None:
    bad = json.dumps(POST | {"body": "全网最低价，国家级产品。"}, ensure_ascii=False)
    server.play(streamed(pieces(bad)), streamed(pieces(WHOLE)))
    heard = told(brief("tip"), desk(server))
    assert Anew("repair") in heard
    draft = made(heard).draft
    assert not draft.blocked and draft.provenance.repairs == 1
    assert "全网最低价" in server.journal[1]["messages"][-1]["content"]


def test_an_answer_nobody_can_read_is_asked_for_once_more_in_one_piece(
    server: OpenAIServer, desk: Maker
) -> None:
    server.play(streamed(["好的，我来写一段。"]), answer(POST))
    heard = told(brief("tip"), desk(server))
    assert Anew("malformed") in heard and made(heard).draft.first_line == POST["first_line"]


@pytest.mark.parametrize(
    ("behaviour", "code"),
    [(status(500), "server_error"), (hang(), "deadline"), (streamed(pieces(WHOLE)[:4], broken=True), "connection")],
)  # fmt: skip
def test_where_no_model_answers_the_offline_writer_does_and_the_draft_says_why(
    server: OpenAIServer, desk: Maker, behaviour: Any, code: str
) -> None:
    server.play(behaviour)
    heard = told(brief("tip"), desk(server), patience=0.4 if code == "deadline" else 5.0)
    draft = made(heard).draft
    assert draft.provenance.author == "offline" and draft.provenance.fell_back == code
    assert words(heard) == draft.text


def test_without_a_model_the_text_is_there_at_once(desk: Maker) -> None:
    heard = told(brief("tip"), desk())
    assert [type(one) for one in heard] == [Said, Made]
    assert made(heard).draft.provenance.fell_back == "no_model"


def test_who_turns_away_ends_the_call(server: OpenAIServer, desk: Maker) -> None:
    server.play(streamed(pieces(WHOLE), every=0.05))
    board = desk(server)

    async def glance() -> None:
        told = write_aloud(brief("tip"), desk=board)
        async for one in told:
            if isinstance(one, Said):
                break
        await told.aclose()
        for _ in range(100):
            if not server.in_flight:
                return
            await asyncio.sleep(0.02)

    asyncio.run(glance())
    assert server.in_flight == 0


@given(
    st.fixed_dictionaries({name: st.text(max_size=60) for name in json_schema()["properties"] if name != "fact_ids"}),
    st.booleans(),
    st.integers(1, 9),
)  # fmt: skip
def test_what_is_read_aloud_only_ever_grows_to_the_whole_fields(
    said: dict[str, str], ascii_only: bool, step: int
) -> None:
    written = json.dumps(said, ensure_ascii=ascii_only)
    shown = ""
    for at in range(0, len(written) + step, step):
        now = spoken(written[:at], ("body",))
        assert now.startswith(shown)
        shown = now
    assert shown == said["body"].encode("utf-8", "ignore").decode()


def test_a_thought_spoken_aloud_is_not_shown() -> None:
    thought = '<think>{"first_line": "想一想"}'
    assert spoken(thought, READ_ALOUD) == ""
    assert spoken(f"{thought}</think>{WHOLE}", READ_ALOUD).startswith("洗完脸发紧")
