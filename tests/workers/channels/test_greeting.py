"""A new friend is greeted with the owner's approved welcome: once, in time, or not at all, and the record says which."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from content_calendar import forms, friends, pictures, review, welcomes
from content_calendar.friends import NewFriend
from content_calendar.states import PostState
from content_calendar.tables import Post
from tests.release_world import BLOCK, DAY, NINE
from tests.workers.channels.conftest import HELLO, Hall
from workers.wecom.greeting import Greeter, greet_left

PNG = b"\x89PNG\r\n\x1a\n" + b"p" * 200


@pytest.mark.databases
def test_a_new_friend_reads_the_approved_welcome_once(hall: Hall) -> None:
    post_id = hall.text()
    event_id = hall.friend()

    assert hall.greet(event_id, event_id, event_id).count("sent") == 1

    assert hall.said() == [HELLO]
    event = hall.event(event_id)
    assert (event.state, event.code, event.post_id, event.welcome_code) == ("sent", "wecom.0", post_id, "")
    assert event.revision_hash == hall.world.approvals()[0].revision_hash
    assert hall.greet(event_id) == [""] and hall.said() == [HELLO]


def test_an_owner_has_words_of_their_own_and_the_rest_have_the_common_ones(hall: Hall) -> None:
    hall.text("大家好")
    hall.text("我是小禾，你好", owner="小禾")
    assert hall.greet(hall.friend(owner="小禾"), hall.friend("other", owner="", mark="2")) == ["sent", "sent"]
    assert sorted(hall.said()) == ["大家好", "我是小禾，你好"]


def test_the_platform_tells_the_same_twice_and_it_is_one_friend(hall: Hall) -> None:
    first = NewFriend("add_external_contact", ("sys", "1"), "xiaohe", "CODE-1", NINE)
    half = NewFriend("add_half_external_contact", ("sys", "0"), "xiaohe", "CODE-1", NINE)
    silent = NewFriend("add_external_contact", ("sys", "2"), "xiaohe", "", NINE)
    with hall.world.database.write() as session:
        ids = [
            friends.note(session, hall.world.brand_id, each, owner="", now=NINE)
            for each in (first, first, half, silent, silent)
        ]
    assert [each is not None for each in ids] == [True, False, False, True, False]
    assert hall.event(ids[3] or 0).state == "skipped" and hall.event(ids[3] or 0).code == "no_code"


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (lambda hall, post_id: hall.world.set_brand(paused_at=NINE), "paused"),
        (lambda hall, post_id: hall.world.set(Post, post_id, state=PostState.in_review), "no_text"),
        (lambda hall, post_id: hall.world.set(Post, post_id, state=PostState.held), "no_text"),
        (lambda hall, post_id: hall.world.set(Post, post_id, due_at=NINE + timedelta(days=3)), "door.moved"),
    ],
)
def test_nothing_is_said_that_is_not_allowed_now(
    hall: Hall, spoil: Callable[[Hall, int], None], code: str
) -> None:
    post_id = hall.text()
    event_id = hall.friend()
    spoil(hall, post_id)
    assert hall.greet(event_id) == ["skipped"]
    assert hall.said() == [] and hall.event(event_id).code == code


def test_an_edited_text_is_not_said_until_it_is_approved_again(hall: Hall) -> None:
    post_id = hall.text()
    with hall.world.database.write() as session:
        post = session.get_one(Post, post_id)
        base = hall.world.newest(session, post).hash
        review.edit(
            session, post, "改过的欢迎", base_hash=base, user=hall.world.user(session), findings=(), now=hall.world.now
        )  # fmt: skip
    assert hall.greet(hall.friend()) == ["skipped"] and hall.said() == []

    hall.world.approve(post_id)

    assert hall.greet(hall.friend(mark="2")) == ["sent"] and hall.said() == ["改过的欢迎"]


def test_words_a_rule_forbids_since_hold_the_text_and_tell_the_lead(
    hall: Hall, monkeypatch: pytest.MonkeyPatch
) -> None:
    from content_calendar.ledger import door
    from workers.checks.door import DoorCheck

    post_id = hall.text()
    refusal = door.Refusal("blocked_now", BLOCK.reason)
    monkeypatch.setattr(DoorCheck, "__call__", lambda *_args: refusal)
    assert hall.greet(hall.friend()) == ["skipped"]
    assert hall.world.state(post_id) is PostState.held and "post.held" in hall.world.notices()


def test_a_pause_that_comes_while_pictures_are_uploaded_stops_the_words(hall: Hall) -> None:
    with hall.world.database.write() as session:
        kept = pictures.add(session, hall.world.brand(session), PNG, name="a.png", now=NINE)
    hall.text(f"{HELLO}\n![图]({forms.name_of(kept.sha256)})")
    wecom, event_id = hall.platforms.wecom, hall.friend()
    upload = wecom.media.upload

    def pausing(content: bytes, now: float) -> tuple[int, str]:
        hall.world.set_brand(paused_at=NINE)
        return upload(content, now)

    wecom.media.upload = pausing  # type: ignore[method-assign]
    assert hall.greet(event_id) == ["skipped"]
    assert hall.said() == [] and hall.event(event_id).code == "paused"


def test_a_picture_and_a_card_go_beside_the_words_and_are_uploaded_once(hall: Hall) -> None:
    with hall.world.database.write() as session:
        kept = pictures.add(session, hall.world.brand(session), PNG, name="a.png", now=NINE)
    hall.text(f"{HELLO}\n![图]({forms.name_of(kept.sha256)})\n[看看商城](https://mall.example.com/)")
    hall.world.set_brand(mall_url="https://mall.example.com/")

    async def flow() -> list[str]:
        greeter = Greeter(hall.runtime)
        try:
            return [await greeter.greet(hall.friend(mark=mark)) for mark in ("1", "2", "3")]
        finally:
            await greeter.close()

    assert asyncio.run(flow()) == ["sent"] * 3
    one = hall.platforms.wecom.friends.welcomed[0]
    assert [item["msgtype"] for item in one["attachments"]] == ["image", "link"]
    assert one["text"]["content"] == HELLO
    assert one["attachments"][1]["link"] == {"title": "看看商城", "url": "https://mall.example.com/"}
    assert hall.platforms.wecom.panel.journal.count("/cgi-bin/media/upload") == 1


@pytest.mark.parametrize(
    ("seconds", "code", "state", "why"),
    [(0, "unknown-code", "too_late", "wecom.41050"), (21, None, "too_late", "waited")],
)
def test_who_comes_too_late_is_told_so_and_not_called_sent(
    hall: Hall, seconds: int, code: str | None, state: str, why: str
) -> None:
    hall.text()
    event_id = hall.friend(code=code)
    hall.platforms.clock.instant += timedelta(seconds=seconds)
    assert hall.greet(event_id) == [state]
    assert hall.event(event_id).code == why and hall.said() == []


@pytest.mark.parametrize(
    ("kind", "value", "times", "state", "said"),
    [
        ("drop", 0, 1, "unknown", 1),  # said, and the answer lost: never said again
        ("status_after", 502, 1, "unknown", 1),
        ("cut", 0, 1, "unknown", 0),
        ("errcode", 41051, 1, "refused", 0),
        ("errcode", 48002, 1, "refused", 0),
        ("errcode", 60020, 1, "refused", 0),
        ("errcode", 99999, 1, "unknown", 0),
    ],
)
def test_each_ending_is_written_down_as_it_was(
    hall: Hall, kind: str, value: float, times: int, state: str, said: int
) -> None:
    hall.text()
    event_id = hall.friend()
    hall.platforms.wecom.panel.fail("/send_welcome_msg", kind, value, times)
    assert hall.greet(event_id) == [state]
    assert len(hall.said()) == said and hall.event(event_id).tries == 1
    assert greet_left(hall.runtime) == 0 and len(hall.said()) == said


def test_a_busy_platform_is_asked_again_while_the_code_lives(hall: Hall) -> None:
    slept: list[float] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)

    async def flow(event_id: int) -> str:
        greeter = Greeter(hall.runtime, sleep)
        try:
            return await greeter.greet(event_id)
        finally:
            await greeter.close()

    hall.text()
    hall.platforms.wecom.panel.fail("/send_welcome_msg", "errcode", -1)
    event_id = hall.friend()
    assert asyncio.run(flow(event_id)) == "sent"
    assert slept == [5.0] and hall.event(event_id).tries == 2 and hall.said() == [HELLO]
    hall.platforms.wecom.panel.fail("/send_welcome_msg", "errcode", -1, times=9)
    assert asyncio.run(flow(hall.friend(mark="2"))) == "refused" and len(slept) == 3


def test_a_chore_greets_whom_a_dead_process_left(hall: Hall) -> None:
    hall.text()
    left = hall.friend()
    hall.platforms.clock.instant += timedelta(seconds=3)
    assert greet_left(hall.runtime) == 1
    assert hall.event(left).state == "sent"


def test_what_died_in_a_call_is_unknown_and_what_nobody_took_came_too_late(hall: Hall) -> None:
    hall.text()
    dead, waited = hall.friend(), hall.friend(mark="2")
    with hall.world.database.write() as session:
        assert friends.claim(session, dead, now=NINE)
    hall.platforms.clock.instant += timedelta(seconds=120)
    greet_left(hall.runtime)
    assert (hall.event(dead).state, hall.event(dead).code) == ("unknown", "died")
    assert hall.event(waited).state == "too_late" and hall.said() == []
    assert hall.event(dead).welcome_code == hall.event(waited).welcome_code == ""


def test_a_welcome_ends_on_its_last_day_and_never_goes_to_groups(hall: Hall) -> None:
    from content_calendar import ledger

    post_id = hall.text()
    due = hall.world.get(post_id).due_at
    with hall.world.database.write() as session:
        assert ledger.due(session, by=due + timedelta(days=1)) == []
        assert ledger.freeze(session, post_id, now=due) is None
    hall.platforms.clock.instant = due + timedelta(minutes=1)
    greet_left(hall.runtime)
    assert hall.world.state(post_id) is PostState.missed
    assert hall.greet(hall.friend(mark="9")) == ["skipped"]


@pytest.mark.parametrize(
    ("occasion", "text", "said"),
    [
        ("friend", "好" * 1334, "4000 字节"),
        ("group", "好" * 1001, "3000 字节"),
        ("group", "你好\n![图](pic:" + "a" * 64 + ")\n[看](https://a.example/)", "1 个图片"),
        ("friend", "![图](pic:" + "a" * 64 + ")", "写一句话"),
    ],
)
def test_what_the_platform_would_not_take_is_not_approved(
    hall: Hall, occasion: str, text: str, said: str
) -> None:
    post_id = hall.text(text, occasion=occasion, approve=False)
    with pytest.raises(review.Unapprovable, match=said):
        hall.world.approve(post_id)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"occasion": "party"}, "哪里"),
        ({"owner": "没有这个人"}, "没有群主"),
        ({"until": DAY - timedelta(days=2)}, "有效期"),
        ({"until": DAY + timedelta(days=900)}, "有效期"),
        ({"tier": "none"}, "层级"),
    ],
)
def test_a_welcome_that_cannot_be_is_refused_with_the_reason(
    hall: Hall, changed: dict[str, Any], said: str
) -> None:
    values: dict[str, Any] = {
        "occasion": "friend", "owner": "", "tier": "low", "until": DAY, "theme": "", "key": "k", "now": hall.world.now
    }  # fmt: skip
    with hall.world.database.write() as session, pytest.raises(welcomes.BadWelcome, match=said):
        welcomes.add(session, hall.world.brand(session), user=hall.world.user(session), **values | changed)
