"""Moves between states: only allowed ones, only from the expected state, always audited."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar import states
from content_calendar.database import Database, migrate
from content_calendar.errors import StateConflict
from content_calendar.states import PostState
from content_calendar.tables import AuditEvent, Brand, Post, Revision
from content_calendar.tables.post import ImmutableRowError

NOW = datetime(2026, 11, 21, 1, 0, tzinfo=UTC)


@pytest.fixture
def database(tmp_path: Path) -> Database:
    url = f"sqlite:///{tmp_path / 'states.db'}"
    migrate(url)
    return Database(url)


def _post(session: Session) -> Post:
    brand = Brand(uid="b" * 32, name="沐禾")
    session.add(brand)
    session.flush()
    post = Post(
        brand_id=brand.id, slot_key="sop:x", tier="mid", kind="tip", lane="hand_off", day=date(2026, 11, 23),
        time="10:00", zone="Asia/Shanghai", due_at=NOW, state_since=NOW, created_at=NOW,
    )  # fmt: skip
    session.add(post)
    session.flush()
    return post


def test_a_move_changes_the_state_and_leaves_an_audit_event(database: Database) -> None:
    with database.write() as session:
        post = _post(session)
        states.move_post(
            session, post, PostState.writing, expected=PostState.planned, actor="system:test", now=NOW
        )
        event = session.scalars(select(AuditEvent)).one()

    assert post.state == "writing"
    assert (event.before, event.after, event.actor) == ("planned", "writing", "system:test")


def test_a_move_that_is_not_allowed_is_refused(database: Database) -> None:
    with database.write() as session:
        post = _post(session)
        with pytest.raises(StateConflict, match="不能改为"):
            states.move_post(
                session, post, PostState.released, expected=PostState.planned, actor="system:test", now=NOW
            )


def test_the_second_of_two_movers_is_told_that_somebody_was_first(database: Database) -> None:
    with database.write() as session:
        post = _post(session)
        states.move_post(session, post, PostState.writing, expected=PostState.planned, actor="a", now=NOW)
        with pytest.raises(StateConflict, match="刚被别人改动过"):
            states.move_post(session, post, PostState.writing, expected=PostState.planned, actor="b", now=NOW)


def test_a_revision_can_never_be_changed(database: Database) -> None:
    with database.write() as session:
        post = _post(session)
        revision = Revision(post_id=post.id, number=1, hash="h", text="早", author="offline", created_at=NOW)
        session.add(revision)
        session.flush()
        revision.text = "晚"
        with pytest.raises(ImmutableRowError):
            session.flush()
        session.rollback()


def test_every_state_has_a_name_and_a_row_of_moves() -> None:
    assert set(states.POST_NAMES) == set(PostState) == set(states.POST_MOVES)
    assert set(states.DELIVERY_NAMES) == set(states.DeliveryState) == set(states.DELIVERY_MOVES)
