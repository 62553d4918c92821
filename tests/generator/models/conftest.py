"""Servers of the protocol to ask, and a way to make models that talk to them without waiting between tries.

Every test that asks for ``server`` runs against our own and against one of other people. ``own_only(reason)`` on a
test or a case says what the other one has no means to play.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from generator.models.chat import ChatModel, Shape
from generator.models.spec import parse
from prompts import schema
from tests.fakes import aimock
from tests.fakes.acts import Says
from tests.fakes.aimock import Aimock
from tests.fakes.openai_server import POST
from tests.fakes.own_peer import OwnPeer

Server = OwnPeer | Aimock


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "own_only(reason): the server of other people cannot play this")


@pytest.fixture(scope="session")
def aimock_server() -> Iterator[Aimock]:
    if reason := aimock.missing():
        pytest.skip(reason)
    running = Aimock()
    yield running
    running.close()


@pytest.fixture(params=["own", "aimock"])
def server(request: pytest.FixtureRequest) -> Iterator[Server]:
    """A server that answers with a post until it is told otherwise."""
    if request.param == "own":
        with OwnPeer() as running:
            running.acts(Says(POST))
            yield running
        return
    if (marked := request.node.get_closest_marker("own_only")) is not None:
        pytest.skip(marked.args[0])
    other: Aimock = request.getfixturevalue("aimock_server")
    other.acts(Says(POST))
    yield other


@pytest.fixture
def shape() -> Shape:
    return Shape(schema.NAME, schema.json_schema())


@pytest.fixture
def waits() -> list[float]:
    """Every wait between tries, in seconds."""
    return []


@pytest.fixture
def model(server: Server, waits: list[float]) -> Iterator[Callable[..., ChatModel]]:
    """A model that talks to the server; ``query`` tunes it as in the setting."""
    made: list[ChatModel] = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    def make(query: str = "", *, key: str = "sk-test", name: str = "fake", **more: Any) -> ChatModel:
        spec = parse(f"{server.url}#{name}{query}", key=key, timeout=more.pop("timeout", 5.0))[0]
        made.append(ChatModel(spec, sleep=wait, jitter=lambda: 0.0, **more))
        return made[-1]

    yield make
    for one in made:
        one.close()
