"""A scripted server, and a desk whose models talk to it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from generator.models.chat import ChatModel
from generator.models.spec import parse
from generator.writing import WritingDesk
from prompts.library import Library
from tests.fakes.gates import Notebook
from tests.fakes.openai_server import OpenAIServer


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running


@pytest.fixture
def second_server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running


@pytest.fixture
def book() -> Notebook:
    """Every attempt of the desk's models."""
    return Notebook()


@pytest.fixture
def desk(book: Notebook) -> Iterator[Callable[..., WritingDesk]]:
    """A desk with one model per server, first choice first."""
    made: list[ChatModel] = []

    async def no_wait(_: float) -> None:
        return None

    def make(*servers: OpenAIServer, query: str = "", **more: Any) -> WritingDesk:
        for number, server in enumerate(servers):
            spec = parse(f"{server.url}#model{number}{query}", timeout=more.get("timeout", 5.0))[0]
            made.append(ChatModel(spec, sleep=no_wait, deadline=60.0))
        more.pop("timeout", None)
        models = tuple(made[-len(servers) :]) if servers else ()
        return WritingDesk(Library.load(), tuple(model.under(book) for model in models), **more)

    yield make
    for model in made:
        model.close()
