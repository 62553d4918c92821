"""A group's welcome template is what its approved post says: made once, changed with it, gone when it is not approved."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from content_calendar import group_templates, review
from content_calendar.states import PostState
from content_calendar.tables import GroupTemplate, Post
from tests.release_world import NINE
from tests.workers.channels.conftest import Hall, Platforms
from workers.runtime import Runtime
from workers.wecom.templates import follow

HELLO = "欢迎 %NICKNAME%，我是沐禾宠粉官。"


def look(hall: Hall) -> dict[str, int]:
    """One round of the chore, when its turn has come again."""
    hall.platforms.clock.instant += timedelta(seconds=16)
    return dict(follow(hall.runtime))


def row(hall: Hall, post_id: int) -> GroupTemplate:
    with hall.world.database.read() as session:
        return session.get_one(GroupTemplate, post_id)


def edited(hall: Hall, post_id: int, text: str) -> None:
    with hall.world.database.write() as session:
        post = session.get_one(Post, post_id)
        review.edit(
            session, post, text, base_hash=hall.world.newest(session, post).hash, user=hall.world.user(session),
            findings=(), now=hall.world.now,
        )  # fmt: skip


@pytest.mark.databases
def test_a_template_lives_exactly_as_long_as_its_approval(hall: Hall) -> None:
    known = hall.platforms.wecom.templates.known
    post_id = hall.text(HELLO, occasion="group")
    assert look(hall) == {"standing": 1} and look(hall) == {}
    assert [found["text"]["content"] for found in known.values()] == [HELLO]
    assert row(hall, post_id).template_id in known and hall.platforms.wecom.templates.told == 1

    edited(hall, post_id, "新的欢迎，先看群公告。")
    assert look(hall) == {"removed": 1} and known == {}

    hall.world.approve(post_id)
    assert look(hall) == {"standing": 1}
    assert [found["text"]["content"] for found in known.values()] == ["新的欢迎，先看群公告。"]
    hall.world.set(Post, post_id, state=PostState.held)
    assert look(hall) == {"removed": 1} and known == {} and row(hall, post_id).state == "removed"


def test_text_that_is_not_approved_makes_no_template(hall: Hall) -> None:
    hall.text(HELLO, occasion="group", approve=False)
    assert look(hall) == {} and hall.platforms.wecom.templates.known == {}


def test_a_pause_makes_nothing_new_but_still_takes_away(hall: Hall) -> None:
    first = hall.text(HELLO, occasion="group")
    look(hall)
    hall.world.set_brand(paused_at=NINE)
    hall.text("第二条欢迎", occasion="group")
    assert look(hall) == {}
    hall.world.set(Post, first, state=PostState.held)
    assert look(hall) == {"removed": 1} and hall.platforms.wecom.templates.known == {}


def test_a_lost_answer_never_makes_a_second_template(hall: Hall) -> None:
    post_id = hall.text(HELLO, occasion="group")
    hall.platforms.wecom.panel.fail("/add", "drop")
    assert look(hall) == {"unknown": 1}
    for _ in range(3):
        assert look(hall) == {}
    assert len(hall.platforms.wecom.templates.known) == 1
    assert "没有得到回答" in hall.world.notices()["welcome.template"]

    hall.platforms.wecom.templates.known.clear()  # a person looked and took it away
    with hall.world.database.write() as session:
        assert group_templates.make_again(session, hall.world.brand(session), post_id, now=NINE)
    assert look(hall) == {"standing": 1}


def test_a_process_that_died_while_making_one_leaves_a_question(hall: Hall) -> None:
    post_id = hall.text(HELLO, occasion="group")
    with hall.world.database.write() as session:
        post = session.get_one(Post, post_id)
        assert group_templates.begin(session, post, "h", now=hall.platforms.clock.now())
        assert not group_templates.begin(session, post, "h", now=hall.platforms.clock.now())
    assert look(hall) == {} and row(hall, post_id).state == "making"
    hall.platforms.clock.instant += timedelta(minutes=3)
    assert look(hall) == {} and row(hall, post_id).state == "unknown"


@pytest.mark.parametrize(
    ("path", "kind", "value", "said", "then"),
    [
        ("/add", "errcode", 41055, {"refused": 1}, {}),
        ("/add", "errcode", 45009, {"removed": 1}, {"standing": 1}),
        ("/add", "errcode", -1, {"removed": 1}, {"standing": 1}),
        ("/add", "status_after", 502, {"unknown": 1}, {}),
    ],
)
def test_each_refusal_is_taken_for_what_it_is(
    hall: Hall, path: str, kind: str, value: float, said: dict[str, int], then: dict[str, int]
) -> None:
    hall.text(HELLO, occasion="group")
    hall.platforms.wecom.panel.fail(path, kind, value)
    assert look(hall) == said
    assert look(hall) == then


def test_a_template_that_cannot_be_taken_away_is_shouted_about_and_tried_again(hall: Hall) -> None:
    post_id = hall.text(HELLO, occasion="group")
    look(hall)
    hall.world.set(Post, post_id, state=PostState.held)
    hall.platforms.wecom.panel.fail("/del", "errcode", 48002)
    assert look(hall) == {"removing": 1} and "撤不下来" in hall.world.notices()["welcome.template"]
    hall.platforms.wecom.panel.fail("/del", "drop")
    assert look(hall) == {"removing": 1}
    assert look(hall) == {"removed": 1} and hall.platforms.wecom.templates.known == {}


def test_live_values_stand_in_no_template(hall: Hall) -> None:
    post_id = hall.text("欢迎\n还剩 ⟦stock:P1⟧ 件", occasion="group", approve=False)
    with pytest.raises(review.Unapprovable, match="实时数据"):
        hall.world.approve(post_id)


def test_brands_without_templates_cost_one_look(hall: Hall, platforms: Platforms, runtime: Runtime) -> None:
    calls: list[Any] = platforms.wecom.panel.journal
    assert dict(follow(runtime)) == {} and calls == []
