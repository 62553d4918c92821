"""Comments: on a few words or the whole, and a colleague named with @ is told."""

from __future__ import annotations

from typing import Any

import pytest

from content_calendar import review
from content_calendar.errors import CalendarError
from content_calendar.tables import Comment, Post, User
from tests.release_world import World


def say(world: World, post_id: int, text: str, **where: Any) -> Comment:
    with world.database.write() as session:
        post = session.get_one(Post, post_id)
        return review.comment(session, post, text, user=world.user(session), now=world.now, **where)


def test_a_comment_keeps_the_words_it_is_about(world: World) -> None:
    post = world.in_review(text="早安，禾苗们")
    row = say(world, post, "换个称呼", start=3, end=6)
    assert (row.start, row.end, row.revision_id) == (3, 6, world.get(post).revision_id)
    with pytest.raises(CalendarError, match="内容之内"):
        say(world, post, "越界", start=3, end=60)


def test_whoever_is_named_is_told_and_nobody_else(world: World) -> None:
    post = world.in_review()
    with world.database.write() as session:
        session.add(User(name="wangfang", display="王芳", role="editor", created_at=world.now))
        session.add(User(name="gone", display="老陈", role="editor", active=False, created_at=world.now))
    say(world, post, "@王芳 这句你看呢？@老陈 @没这个人")
    told = world.notices()
    assert "comment.mention" in told and "王芳" in told["comment.mention"]
    assert "老陈" not in str(told)


def test_an_address_in_a_comment_calls_nobody(world: World) -> None:
    post = world.in_review()
    say(world, post, "写信到 hi@example.com")
    assert "comment.mention" not in world.notices()
