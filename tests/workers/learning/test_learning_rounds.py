"""The nightly look at the edits: by turns, in the brand's zone, told to the lead; words kept with the first draft."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from content_calendar import review
from content_calendar.clock import FixedClock
from content_calendar.database import Database
from content_calendar.tables import EditPair, HouseNote, Post, PromptVersion, Revision
from tests.fakes.briefs import full
from tests.release_world import World
from workers import learning
from workers.runtime import Runtime
from workers.settings import Settings

NIGHT = datetime(2026, 11, 23, 19, 5, tzinfo=UTC)  # five past three in Shanghai


@pytest.fixture
def runtime(database: Database, tmp_path: Path) -> Runtime:
    return Runtime(Settings(data_dir=tmp_path, database_url=database.url), database, FixedClock(NIGHT))


@pytest.fixture
def mended(world: World) -> World:
    """Four tips whose closing plea the editor struck out before approving."""
    for words in ("水温别太热", "毛巾要常换", "擦干再涂霜", "晚上少一步"):
        post = world.in_review(text=f"{words}。先洗手。大家记得收藏哦！")
        with world.database.write() as session:
            found = session.get_one(Post, post)
            review.edit(
                session, found, f"{words}。先洗手。", base_hash=world.newest(session, found).hash,
                user=world.user(session), findings=(), now=world.now,
            )  # fmt: skip
        world.approve(post)
    return world


def notes(world: World) -> dict[str, tuple[str, int, int]]:
    return {row.note: (row.state, row.count, row.of) for row in world.rows(HouseNote)}


@pytest.mark.databases
def test_what_editors_keep_changing_is_offered_once_a_night(mended: World, runtime: Runtime) -> None:
    found = learning.refresh_all(runtime)
    assert found["沐禾"] >= 1 and notes(mended)["不写“大家记得收藏”"] == ("offered", 4, 4)
    assert "学习 › 家规" in mended.notices()["learning.notes_offered"]
    assert learning.refresh_all(runtime) == {}  # its turn is taken


@pytest.mark.parametrize(
    ("hours", "looks"), [(20, False), (24, True)], ids=["before three", "the next night"]
)
def test_the_next_look_is_the_next_night(mended: World, runtime: Runtime, hours: int, looks: bool) -> None:
    learning.refresh_all(runtime)
    runtime.clock.instant = NIGHT + timedelta(hours=hours)  # type: ignore[attr-defined]
    assert bool(learning.refresh_all(runtime)) is looks


def test_edits_of_long_ago_teach_nothing(mended: World, runtime: Runtime) -> None:
    runtime.clock.instant = NIGHT + timedelta(days=learning.DAYS + 1)  # type: ignore[attr-defined]
    assert learning.refresh_all(runtime)["沐禾"] == 0 and notes(mended) == {}
    assert "learning.notes_offered" not in mended.notices()


def test_the_task_hands_on_to_the_round(mended: World, runtime: Runtime) -> None:
    from workers import schedule, tasks

    assert "chongfen.refresh_notes" in {tick.task for tick in schedule.TICKS}
    assert schedule.routes()["chongfen.refresh_notes"] == {"queue": "house"}
    assert tasks.refresh_notes.name == "chongfen.refresh_notes"


def test_words_that_are_no_longer_the_draft_s_are_not_kept(world: World) -> None:
    from generator.offline import write
    from prompts.library import Library

    brief = full("tip", "mid")
    draft = write(brief, seed=1)
    other = draft.model_copy(
        update={"provenance": draft.provenance.model_copy(update={"template_hash": "0" * 64})}
    )
    with world.database.write() as session:
        learning.remember(session, Library.load(), brief, other, now=world.now)
        assert session.scalars(select(PromptVersion.hash)).all() == []
        learning.remember(session, Library.load(), brief, draft, now=world.now)
        assert session.scalars(select(PromptVersion.template)).all() == ["offline/tip"]
    assert not world.rows(EditPair) and not world.rows(Revision)
