"""An embedding endpoint helps where it can, and nothing is lost where it cannot."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from aiohttp import web

from generator.errors import GeneratorError
from generator.models.loop import home
from generator.models.rest import Rest
from generator.replies import Question, ReplyDesk, asuggest, suggest
from generator.replies.meaning import Endpoint, Meaning, Vectors, from_setting
from generator.replies.meaning.vectors import unit
from tests.fakes.openai_server import OpenAIServer

NOW = datetime.fromisoformat("2026-11-24T10:00+08:00")
THEMES = ("贵 钱包 再想想 歇业", "发货 启程 几点", "敷 面膜 天天", "香 味", "眼 睛")
ODD = "钱包君要歇业了"  # nothing but its meaning is shared with 有点贵，再想想
SCRIPT = {"sheet": "话术", "row": 7}


def by_theme(texts: list[str]) -> list[list[float]]:
    """Vectors that know themes: a text is near what speaks of the same."""
    rows = []
    for text in texts:
        own = [9.0 * any(word in text for word in theme.split()) for theme in THEMES]
        noise = [((hash_of(text) >> bit) & 1) - 0.5 for bit in range(24)]
        rows.append(own + noise)
    return rows


def hash_of(text: str) -> int:
    return sum(ord(sign) * (at + 7) * 2_654_435_761 for at, sign in enumerate(text)) >> 5


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        running.embed = by_theme
        yield running


def meaning(server: OpenAIServer, folder: Path | None = None, *, limit: float = 5.0) -> Meaning:
    endpoint = from_setting(f"{server.url}#vectors", key="k")
    assert endpoint is not None
    return Meaning(endpoint, Vectors(endpoint.name, folder), Rest(time.monotonic), limit=limit)


def taught(server: OpenAIServer, desk: ReplyDesk, folder: Path | None = None) -> ReplyDesk:
    sense = meaning(server, folder)
    assert home().run(sense.learn(desk.index))
    return replace(desk, meaning=sense)


def test_what_shares_no_word_is_found_by_its_meaning(server: OpenAIServer, desk: ReplyDesk) -> None:
    without = suggest(Question(ODD, NOW), desk)
    assert SCRIPT not in [source.place() for source in without.sources[:3]]
    found = suggest(Question(ODD, NOW), taught(server, desk))
    assert SCRIPT in [source.place() for source in found.sources[:3]] and not found.gap


def test_what_the_words_find_first_stays_first(server: OpenAIServer, desk: ReplyDesk) -> None:
    helped = taught(server, desk)
    for asked in ("面膜可以天天敷吗", "什么时候发货", "能开发票吗"):
        assert suggest(Question(asked, NOW), helped).sources[0] .place() == suggest(Question(asked, NOW), desk).sources[0].place()  # fmt: skip


def test_a_source_is_sent_once_and_a_customers_words_are_masked_and_not_kept(
    server: OpenAIServer, desk: ReplyDesk, tmp_path: Path
) -> None:
    helped = taught(server, desk, tmp_path)
    batches = len(server.journal)
    assert batches == -(-len(desk.index.documents) // 32)
    suggest(Question("我叫李小美，电话13800138000，面膜天天敷行吗", NOW), helped)
    sent = server.journal[-1]["input"][0]
    assert len(server.journal) == batches + 1 and "李小美" not in sent and "13800138000" not in sent
    again = taught(server, desk, tmp_path)  # another process, the same file
    assert len(server.journal) == batches + 1
    assert SCRIPT in [source.place() for source in suggest(Question(ODD, NOW), again).sources[:3]]


@pytest.mark.parametrize(
    "answer",
    [
        lambda _: web.Response(status=500), lambda _: web.Response(text="<html>"), lambda _: web.json_response({"data": []}),
        lambda texts: [[] for _ in texts], lambda texts: [[float("1e39")] * 4 for _ in texts], lambda _: web.Response(status=401),
        lambda _: web.json_response({"data": [{"index": "x", "embedding": [1]}]}),
    ],
)  # fmt: skip
def test_an_endpoint_that_fails_leaves_the_search_to_the_words(
    answer: object, server: OpenAIServer, desk: ReplyDesk
) -> None:
    helped = taught(server, desk)
    server.embed = answer  # type: ignore[assignment]
    asked = Question("面膜可以天天敷吗", NOW)
    assert suggest(asked, helped).sources == suggest(asked, desk).sources


def test_a_slow_endpoint_is_not_waited_for(server: OpenAIServer, desk: ReplyDesk) -> None:
    sense = taught(server, desk).meaning
    assert sense is not None
    sense._limit = 0.05

    async def slowly() -> web.StreamResponse:
        await asyncio.sleep(20)
        return web.Response()

    server.embed = lambda _: slowly()
    begun = time.monotonic()
    reply = asyncio.run(asuggest(Question("面膜可以天天敷吗", NOW), replace(desk, meaning=sense)))
    assert time.monotonic() - begun < 2 and reply.sources


def test_before_the_sources_are_known_the_words_alone_decide(server: OpenAIServer, desk: ReplyDesk) -> None:
    helped = replace(desk, meaning=meaning(server))
    reply = suggest(Question("面膜可以天天敷吗", NOW), helped)
    assert reply.sources and not any(body["input"] == ["面膜可以天天敷吗"] for body in server.journal)


def test_a_file_that_was_cut_or_is_no_file_of_ours_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    kept = Vectors("m", tmp_path)
    vector = unit([1.0, 2.0, 2.0])
    assert vector is not None
    kept.add({"甲": vector, "乙": vector})
    file = next(tmp_path.iterdir())
    file.write_bytes(file.read_bytes()[:-3])
    again = Vectors("m", tmp_path)
    assert again.get("甲") == vector and again.get("乙") is None
    file.write_bytes(b"\xff" * 1000)
    assert Vectors("m", tmp_path).get("甲") is None


def test_two_endpoints_at_once_are_refused_and_none_is_none() -> None:
    assert from_setting("") is None
    with pytest.raises(GeneratorError, match="只能写一个"):
        from_setting("qwen://a,qwen://b", key="k")


def test_the_same_address_with_another_model_has_its_own_vectors(server: OpenAIServer) -> None:
    names = {Endpoint(replace(one.spec, model=model)).name for one in [from_setting(f"{server.url}#a", key="k")] if one for model in "ab"}  # fmt: skip
    assert len(names) == 2
