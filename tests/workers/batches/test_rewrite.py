"""Writing one post again at an editor's wish."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import select

from content_calendar.errors import NotFound, StateConflict
from content_calendar.states import PostState
from content_calendar.tables import AuditEvent, Post
from tests.workers.batches.conftest import NOW, Shop
from workers.batches import claims
from workers.batches.rewrite import rewrite
from workers.batches.write import write_posts


def test_a_post_in_review_gets_a_second_revision(shop: Shop) -> None:
    ids = shop.posts(1)
    write_posts(shop.runtime, ids)
    report = rewrite(shop.runtime, ids[0], instruction="说说防晒", user_name="小编")
    assert report.written == 1
    assert len(shop.texts()[ids[0]]) == 2
    assert shop.states()[ids[0]] == "in_review"


def test_the_audit_names_who_wished_it(shop: Shop) -> None:
    ids = shop.posts(1)
    rewrite(shop.runtime, ids[0], instruction="", user_name="小编")
    with shop.database.read() as session:
        actors = session.scalars(select(AuditEvent.actor).where(AuditEvent.after == "in_review")).all()
    assert actors == ["user:小编"]


def test_an_approved_post_is_not_written_over(shop: Shop) -> None:
    ids = shop.posts(1, state="approved")
    with pytest.raises(StateConflict, match="已批准"):
        rewrite(shop.runtime, ids[0], instruction="短一点", user_name="小编")
    assert shop.states()[ids[0]] == "approved"


def test_a_post_that_does_not_exist_is_named(shop: Shop) -> None:
    with pytest.raises(NotFound, match="404"):
        rewrite(shop.runtime, 404, instruction="", user_name="小编")


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
    rewrite(shop.runtime, ids[0], instruction="", user_name="小编", stop=stop)
    assert shop.states()[ids[0]] == "in_review"
