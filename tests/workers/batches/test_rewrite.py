"""Writing one post again at an editor's wish."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from content_calendar.errors import NotFound, StateConflict
from content_calendar.states import PostState
from content_calendar.tables import AuditEvent, Post
from tests.workers.batches.conftest import NOW, Shop
from workers.batches import claims, rewrite
from workers.batches.nightly import fulfil_wishes
from workers.batches.write import write_posts


def test_a_post_in_review_gets_a_second_revision(shop: Shop) -> None:
    ids = shop.posts(1)
    write_posts(shop.runtime, ids)
    report = rewrite.rewrite(shop.runtime, ids[0], instruction="说说防晒", user_name="小编")
    assert report.written == 1
    assert len(shop.texts()[ids[0]]) == 2
    assert shop.states()[ids[0]] == "in_review"


def test_the_audit_names_who_wished_it(shop: Shop) -> None:
    ids = shop.posts(1)
    rewrite.rewrite(shop.runtime, ids[0], instruction="", user_name="小编")
    with shop.database.read() as session:
        actors = session.scalars(select(AuditEvent.actor).where(AuditEvent.after == "in_review")).all()
    assert actors == ["user:小编"]


def test_an_approved_post_is_not_written_over(shop: Shop) -> None:
    ids = shop.posts(1, state="approved")
    with pytest.raises(StateConflict, match="已批准"):
        rewrite.rewrite(shop.runtime, ids[0], instruction="短一点", user_name="小编")
    assert shop.states()[ids[0]] == "approved"


def test_a_post_that_does_not_exist_is_named(shop: Shop) -> None:
    with pytest.raises(NotFound, match="404"):
        rewrite.rewrite(shop.runtime, 404, instruction="", user_name="小编")


def test_an_interrupted_rewrite_puts_the_post_back_before_the_editors(shop: Shop) -> None:
    ids = shop.posts(1)
    write_posts(shop.runtime, ids)
    owner = claims.Owner(pid=2**22 + 1)
    with shop.database.write() as session:
        claims.take(session, ids, owner=owner, now=NOW, states=[PostState.in_review])
        assert session.get_one(Post, ids[0]).state == "writing"
    write_posts(shop.runtime, ids)  # any batch looks for dead writers first
    assert shop.states()[ids[0]] == "in_review"
    assert len(shop.texts()[ids[0]]) == 1


def test_a_stopped_rewrite_gives_the_post_back(shop: Shop) -> None:
    ids = shop.posts(1)
    write_posts(shop.runtime, ids)
    stop = threading.Event()
    stop.set()
    rewrite.rewrite(shop.runtime, ids[0], instruction="", user_name="小编", stop=stop)
    assert shop.states()[ids[0]] == "in_review"


def test_a_wish_stands_in_the_database_before_any_worker_is_called(shop: Shop) -> None:
    ids = shop.posts(1)
    write_posts(shop.runtime, ids)
    shop.clock.instant = NOW + timedelta(minutes=1)
    rewrite.ask(shop.runtime, ids[0], instruction="写短一点", user_name="小编")
    messages = list((shop.runtime.settings.data_dir / "broker" / "queue").glob("*.write.msg"))
    assert len(messages) == 1
    assert "写短一点" not in messages[0].read_text()
    for message in messages:
        message.unlink()  # the message is lost; the wish is not

    shop.clock.instant = NOW + timedelta(minutes=2)
    assert fulfil_wishes(shop.runtime) == 1
    assert len(shop.texts()[ids[0]]) == 2
    assert shop.newest_brief()["instruction"] == "写短一点"
    assert fulfil_wishes(shop.runtime) == 0


def test_a_wish_about_a_post_approved_meanwhile_is_overtaken(shop: Shop) -> None:
    ids = shop.posts(1)
    write_posts(shop.runtime, ids)
    shop.clock.instant = NOW + timedelta(minutes=1)
    rewrite.ask(shop.runtime, ids[0], instruction="写短一点", user_name="小编")
    with shop.database.write() as session:
        session.execute(update(Post).values(state="approved"))
    assert rewrite.fulfil(shop.runtime, ids[0]) is None
    assert len(shop.texts()[ids[0]]) == 1


def test_nobody_may_ask_for_an_approved_post_to_be_written_over(shop: Shop) -> None:
    ids = shop.posts(1, state="approved")
    with pytest.raises(StateConflict):
        rewrite.ask(shop.runtime, ids[0], instruction="", user_name="小编")
    assert fulfil_wishes(shop.runtime) == 0


def test_with_the_broker_away_the_wish_is_taken_all_the_same(shop: Shop) -> None:
    shop = shop.with_settings(broker_url="redis://127.0.0.1:1/0")
    ids = shop.posts(1)
    rewrite.ask(shop.runtime, ids[0], instruction="", user_name="小编")
    assert fulfil_wishes(shop.runtime) == 1
