"""Words and a picture over a WeCom robot: two calls, each on record, none said twice, and a missing picture told as such."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from content_calendar import forms, ledger, parts, pictures
from content_calendar.states import PostState
from content_calendar.tables import Delivery, DeliveryPart, Road
from tests.release_world import DAY, NINE, World
from tests.workers.channels.conftest import Platforms
from workers.channels.several import split
from workers.dispatcher import Dispatcher
from workers.runtime import Runtime

Robots = Callable[..., World]
PNG = b"\x89PNG\r\n\x1a\n" + b"p" * 200
WORDS = "早安，禾苗们，今天的护肤小课来了。"


@pytest.fixture
def shown(platforms: Platforms, robots: Robots) -> World:
    """One group with a robot, and an approved post of words and a picture."""
    world = robots("wecom_bot", 1)
    with world.database.write() as session:
        kept = pictures.add(session, world.brand(session), PNG, name="a.png", now=NINE)
    world.approved(text=f"{WORDS}\n![图]({forms.name_of(kept.sha256)})")
    return world


def kinds(platforms: Platforms) -> list[str]:
    return [message["msgtype"] for message in platforms.seen("wecom_bot")]


def recorded(world: World) -> list[tuple[int, str, str]]:
    return sorted((row.number, row.kind, row.outcome) for row in world.rows(DeliveryPart))


def holds(world: World) -> bool:
    with world.database.read() as session:
        return ledger.day_sum(session, world.brand(session), DAY).holds


@pytest.mark.databases
def test_words_and_picture_arrive_in_this_order_once(
    platforms: Platforms, runtime: Runtime, shown: World
) -> None:
    Dispatcher(runtime, "one").tick()
    assert kinds(platforms) == ["text", "image"] and shown.states() == {"sent": 1} and holds(shown)
    assert platforms.seen("wecom_bot")[0]["text"]["content"] == WORDS
    assert recorded(shown) == [(0, "text", "sent"), (1, "image", "sent")]
    assert [attempt.code for attempt in shown.attempts()] == ["wecom_bot.0"]


@pytest.mark.parametrize("code", [40058, 45009, 93000])
def test_a_refused_picture_is_told_as_missing_and_the_words_are_not_said_again(
    platforms: Platforms, runtime: Runtime, shown: World, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    send = platforms.wecom.robots.send
    monkeypatch.setattr(
        platforms.wecom.robots,
        "send",
        lambda key, body, now: code if b'"image"' in body else send(key, body, now),
    )
    Dispatcher(runtime, "one").run_until(NINE + timedelta(minutes=20))
    assert kinds(platforms) == ["text"] and shown.states() == {"sent": 1} and holds(shown)
    assert [attempt.code for attempt in shown.attempts()] == [f"wecom_bot.partial.{code}"]
    assert (
        "图片没发出" in shown.notices()["delivery.partial"]
        and str(code) in shown.notices()["delivery.partial"]
    )


def test_words_that_were_refused_are_tried_again_whole(
    platforms: Platforms, runtime: Runtime, shown: World
) -> None:
    platforms.wecom.panel.fail("/webhook/send", "errcode", -1)
    Dispatcher(runtime, "one").run_until(NINE + timedelta(minutes=5))
    assert kinds(platforms) == ["text", "image"] and shown.states() == {"sent": 1}
    assert [attempt.code for attempt in shown.attempts()] == ["wecom_bot.-1", "wecom_bot.0"]


@pytest.mark.parametrize(
    ("lost", "then"), [("text", ["text", "text", "image"]), ("image", ["text", "image", "image"])]
)
def test_a_lost_answer_leaves_the_question_and_no_more_is_said_than_a_person_asks_for(
    platforms: Platforms,
    runtime: Runtime,
    shown: World,
    monkeypatch: pytest.MonkeyPatch,
    lost: str,
    then: list[str],
) -> None:
    """The platform took the part and its answer was lost. A person says "not there": only that part is said again."""
    send, dropped = platforms.wecom.robots.send, list[int]()

    def unsure(key: str, body: bytes, now: float) -> int:
        code = send(key, body, now)
        if f'"{lost}"'.encode() in body and not dropped:
            dropped.append(1)
            return 99_999  # a code nobody knows proves nothing
        return code

    monkeypatch.setattr(platforms.wecom.robots, "send", unsure)
    dispatcher = Dispatcher(runtime, "one")
    dispatcher.run_until(NINE + timedelta(minutes=1))
    assert shown.states() == {"unknown": 1} and kinds(platforms) == then[: then.index(lost) + 1]

    with shown.database.write() as session:
        row = session.query(Delivery).one()
        ledger.answer_unknown(
            session, row.id, arrived=False, user=shown.user(session), now=platforms.clock.now()
        )
    dispatcher.run_until(NINE + timedelta(minutes=5))

    assert shown.states() == {"sent": 1} and kinds(platforms) == then and holds(shown)


def test_a_pause_between_the_two_stops_the_picture(
    platforms: Platforms, runtime: Runtime, shown: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    send = platforms.wecom.robots.send

    def pausing(key: str, body: bytes, now: float) -> int:
        shown.set_brand(paused_at=NINE)
        return send(key, body, now)

    monkeypatch.setattr(platforms.wecom.robots, "send", pausing)
    Dispatcher(runtime, "one").tick()
    assert kinds(platforms) == ["text"] and "paused" in shown.notices()["delivery.partial"]


def test_both_calls_count_on_the_road(platforms: Platforms, runtime: Runtime, shown: World) -> None:
    Dispatcher(runtime, "one").tick()
    (road,) = shown.rows(Road)
    assert road.next_at is not None and (road.next_at - NINE).total_seconds() > 6  # two intervals of a robot


def test_a_part_that_arrived_is_never_begun_again(
    platforms: Platforms, runtime: Runtime, shown: World
) -> None:
    Dispatcher(runtime, "one").tick()
    (delivery_id,) = {row.delivery_id for row in shown.rows(DeliveryPart)}
    with shown.database.write() as session:
        assert not parts.begin(session, delivery_id, 0, "text", now=NINE)
        assert parts.arrived(session, delivery_id) == {0, 1}


def test_too_many_pictures_are_refused_before_anything_is_said(
    platforms: Platforms, runtime: Runtime, robots: Robots
) -> None:
    world = robots("wecom_bot", 1)
    with world.database.write() as session:
        kept = [
            pictures.add(session, world.brand(session), PNG + bytes([n]), name="a", now=NINE)
            for n in range(3)
        ]
    names = "\n".join(f"![图]({forms.name_of(each.sha256)})" for each in kept)
    world.approved(text=f"{WORDS}\n{names}")
    Dispatcher(runtime, "one").tick()
    assert (
        world.states() == {"refused": 1}
        and kinds(platforms) == []
        and world.state(1) is not PostState.approved
    )


@pytest.mark.parametrize(
    ("text", "forms_of"),
    [("只有话", ["text"]), ("![a](pic:{a})", ["image"]), ("话\n![a](pic:{a})", ["text", "image"]),
     ("![a](pic:{a})\n![b](pic:{b})", ["image", "image"]), ("话\n[题](https://a.example/)\n![a](pic:{a})", ["link", "image"])],
)  # fmt: skip
def test_a_message_is_split_into_what_one_call_carries(text: str, forms_of: list[str]) -> None:
    said: Any = forms.read(text.format(a="a" * 64, b="b" * 64))
    assert [part.form for part in split(said)] == forms_of
