"""A runtime on a standing clock over the small brand of the release tests, and ways to change its rules."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from content_calendar.clock import FixedClock
from content_calendar.rules import changing
from generator.checks.brand import catalogue
from prompts.house_rules import OwnRule
from tests.release_world import NINE, World
from workers.runtime import Runtime
from workers.settings import Settings


@pytest.fixture
def clock(world: World) -> FixedClock:
    return FixedClock(world.now)


@pytest.fixture
def runtime(world: World, clock: FixedClock) -> Runtime:
    return Runtime(Settings(), world.database, clock)


@pytest.fixture
def forbid(world: World) -> Callable[..., int]:
    """Adds a rule of the brand's own; its row id."""

    def add(*words: str, **said: str) -> int:
        rule = OwnRule.model_validate({"words": words, "reason": "我们不这么说", **said})
        with world.database.write() as session:
            row = changing.add(session, world.brand(session), rule, actor="user:alead", now=world.now)
            return row.id

    return add


@pytest.fixture
def silence(world: World) -> Callable[[str], int]:
    """Silences a packaged rule; its row id."""

    def put(rule: str) -> int:
        with world.database.write() as session:
            row = changing.silence(
                session,
                world.brand(session),
                catalogue()[rule],
                "法务看过",
                actor="user:alead",
                now=world.now,
            )
            return row.id

    return put


@pytest.fixture
def lift(world: World) -> Callable[[int], None]:
    """Ends a rule or a silence."""

    def end(row_id: int) -> None:
        with world.database.write() as session:
            changing.end(
                session, world.brand(session), row_id, reason="用不着了", actor="user:alead", now=NINE
            )

    return end
