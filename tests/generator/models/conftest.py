"""A scripted server and a way to make models that talk to it without waiting between tries."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from generator.models.chat import ChatModel, Shape
from generator.models.spec import parse
from prompts import schema
from tests.fakes.openai_server import OpenAIServer


@pytest.fixture
def server() -> Iterator[OpenAIServer]:
    with OpenAIServer() as running:
        yield running


@pytest.fixture
def shape() -> Shape:
    return Shape(schema.NAME, schema.json_schema())


@pytest.fixture
def waits() -> list[float]:
    """Every wait between tries, in seconds."""
    return []


@pytest.fixture
def model(server: OpenAIServer, waits: list[float]) -> Iterator[Callable[..., ChatModel]]:
    """A model that talks to the server; ``query`` tunes it as in the setting."""
    made: list[ChatModel] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    def make(query: str = "", *, key: str = "sk-test", **more: Any) -> ChatModel:
        spec = parse(f"{server.url}#fake{query}", key=key, timeout=more.pop("timeout", 5.0))[0]
        made.append(ChatModel(spec, sleep=wait, jitter=lambda: 0.0, **more))
        return made[-1]

    yield make
    for one in made:
        one.close()
