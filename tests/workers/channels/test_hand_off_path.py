"""The hand-off lane: owners are told in quiet minutes, send from a list, and their word is never the platform's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import event

from content_calendar import ledger, send_desk
from content_calendar.errors import CalendarError, NotFound
from content_calendar.send_desk import Item, Said
from content_calendar.tables import ChannelAccount, Delivery, Group, Owner, SelfReport, User
from tests.release_world import DAY, NINE, World
from tests.workers.channels.conftest import Platforms
from workers import house
from workers.dispatcher import Dispatcher
from workers.runtime import Runtime

TEN = NINE + timedelta(hours=1)
MESSAGE = "/cgi-bin/message/send"


@pytest.fixture
def shop(platforms: Platforms, database: Any) -> World:
    """Three sidebar groups of 小禾, who is the operator at the desk, and one of 阿里."""
    world = World(database).build(groups=0, channel="sidebar")
    for number in range(4):
        world.more_groups(1, channel="sidebar", address=f"wr{number}")
    with database.write() as session:
        for number, group in enumerate(session.query(Group).order_by(Group.id)):
            group.owner = "小禾" if number < 3 else "阿里"
        brand = world.brand(session)
        send_desk.set_owner(session, brand, "小禾", userid="xiaohe", user=world.user(session, "operator"))
        session.add(
            ChannelAccount(
                brand_id=world.brand_id, kind="wecom", corp_id="ww0123456789abcdef", agent_id="1000002",
                secret=platforms.settings.secrets.seal("app-secret"), updated_at=NINE,
            )
        )  # fmt: skip
    return world


@pytest.fixture
def items(shop: World, platforms: Platforms) -> Callable[..., list[Item]]:
    def of(*owners: str) -> list[Item]:
        with shop.database.read() as session:
            return send_desk.of_day(
                session, shop.brand(session), owners or ("小禾",), DAY, now=platforms.clock.now()
            )

    return of


def say(world: World, post: int, said: Said, *, owners: tuple[str, ...] = ("小禾",), only: tuple[str, ...] = (), now: Any = TEN) -> int:  # fmt: skip
    with world.database.write() as session:
        return send_desk.report(
            session, world.brand(session), post, said, owners=owners, user=world.user(session, "operator"), now=now,
            deliveries=only,
        )  # fmt: skip


@pytest.mark.databases
def test_an_owner_is_told_once_for_all_groups_away_from_the_crowded_minutes(
    shop: World, runtime: Runtime, platforms: Platforms
) -> None:
    post = shop.approved(due_at=TEN, lane="hand_off", text="早安，禾苗们")

    Dispatcher(runtime, "one").run_until(TEN)

    ((member, message),) = platforms.wecom.messages.seen
    assert member == "xiaohe" and "10:00 有 3 个群等你发" in message["text"]["content"]
    assert "早安" in message["text"]["content"] and message["enable_duplicate_check"] == 1
    assert shop.states(post) == {"handed_over": 4}
    assert {row.started_at.minute for row in shop.attempts()} == {52}
    with shop.database.read() as session:
        assert ledger.day_sum(session, shop.brand(session), DAY).holds


@pytest.mark.parametrize("minute", [8, 38])
def test_a_slot_whose_turn_would_fall_into_a_crowded_minute_is_told_before_it(
    shop: World, runtime: Runtime, minute: int
) -> None:
    shop.approved(due_at=TEN + timedelta(minutes=minute), lane="hand_off")
    Dispatcher(runtime, "one").run_until(TEN + timedelta(hours=1))
    assert {row.started_at.minute for row in shop.attempts()} == {58 if minute == 8 else 28}


def test_a_message_that_cannot_be_sent_changes_nothing_on_the_list(
    shop: World, runtime: Runtime, platforms: Platforms, items: Callable[..., list[Item]]
) -> None:
    platforms.wecom.panel.fail("message/send", "drop")
    shop.approved(due_at=TEN, lane="hand_off")

    Dispatcher(runtime, "one").run_until(TEN)

    assert shop.states() == {"handed_over": 4} and platforms.wecom.panel.journal.count(MESSAGE) == 1
    assert {attempt.code for attempt in shop.attempts()} == {"sidebar.told_unsure", "sidebar.listed"}
    assert [item.open for item in items("小禾", "阿里")] == [3, 1]


def test_the_list_says_what_to_send_where_and_until_when(
    shop: World, runtime: Runtime, items: Callable[..., list[Item]]
) -> None:
    shop.set_brand(mall_url="https://mall.example.com/p")
    shop.approved(
        due_at=TEN, lane="hand_off", text="【广告】新品到了\n[点这里看](https://mall.example.com/p)"
    )
    Dispatcher(runtime, "one").run_until(TEN)

    (item,) = items()

    assert item.slot_at == TEN and item.opens_at < TEN < item.ends_at
    assert [group.chat_id for group in item.groups] == ["wr0", "wr1", "wr2"]
    assert item.text == "【广告】新品到了\n点这里看：https://mall.example.com/p"
    assert item.card is not None and item.card.title == "点这里看"


@pytest.mark.databases
def test_done_group_by_group_is_the_owners_word_and_says_so(
    shop: World, runtime: Runtime, items: Callable[..., list[Item]]
) -> None:
    post = shop.approved(due_at=TEN, lane="hand_off")
    Dispatcher(runtime, "one").run_until(TEN)
    (item,) = items()

    assert say(shop, post, Said("done"), only=(item.groups[0].delivery_id,)) == 1
    assert say(shop, post, Said("done")) == 2

    assert shop.states() == {"confirmed": 3, "handed_over": 1}
    assert {row.proof for row in shop.rows(Delivery) if row.state == "confirmed"} == {"owner"}
    assert [item.open for item in items("小禾", "阿里")] == [0, 1]
    with pytest.raises(NotFound):
        say(shop, post, Said("done"))


def test_later_keeps_it_on_the_list_and_cannot_ends_it_with_the_reason(
    shop: World, runtime: Runtime, items: Callable[..., list[Item]]
) -> None:
    post = shop.approved(due_at=TEN, lane="hand_off")
    Dispatcher(runtime, "one").run_until(TEN)
    first, second, third = (group.delivery_id for group in items()[0].groups)

    say(shop, post, Said("postponed", until=TEN + timedelta(hours=2)), only=(first,))
    say(shop, post, Said("cannot", "群里在吵架"), only=(second,))

    groups = {group.delivery_id: group for group in items()[0].groups}
    assert (groups[first].said, groups[first].open, groups[first].state) == ("postponed", True, "handed_over")
    assert groups[second].state == "refused" and "群里在吵架" in groups[second].reason
    assert groups[third].said == "" and "发不了" in shop.notices()["send.cannot"]
    say(shop, post, Said("done"), only=(first,))
    assert {report.delivery_id: report.state for report in shop.rows(SelfReport)}[first] == "done"


@pytest.mark.parametrize("said", [Said("cannot"), Said("postponed"), Said("postponed", until=TEN)])
def test_a_word_without_its_reason_or_moment_is_sent_back(shop: World, said: Said) -> None:
    with pytest.raises(CalendarError):
        say(shop, 1, said)


def test_nobody_speaks_for_another_owners_groups_except_a_deputy_in_time(shop: World) -> None:
    with shop.database.write() as session:
        brand, lead = shop.brand(session), shop.user(session, "lead")
        operator = shop.user(session, "operator")
        assert send_desk.owners_of(session, brand, operator, now=TEN) == ["aoperator", "小禾"]
        assert "小禾" not in send_desk.owners_of(session, brand, lead, now=TEN)
        send_desk.set_owner(session, brand, "小禾", deputy=lead, deputy_until=TEN + timedelta(hours=1))
        assert "小禾" in send_desk.owners_of(session, brand, lead, now=TEN)
        assert "小禾" not in send_desk.owners_of(session, brand, lead, now=TEN + timedelta(hours=1))
        with pytest.raises(CalendarError):
            send_desk.set_owner(session, brand, "没有这个人")


def test_a_word_in_the_confirm_lane_stands_beside_the_platforms_and_changes_no_state(
    shop: World, runtime: Runtime, items: Callable[..., list[Item]]
) -> None:
    with shop.database.write() as session:
        session.query(Group).update({"channel": "wecom_mass"})
        session.add(Owner(brand_id=shop.brand_id, name="阿里", userid="ali"))
    post = shop.approved(due_at=TEN, lane="confirm")
    Dispatcher(runtime, "one").run_until(TEN)

    assert say(shop, post, Said("done")) == 3

    assert shop.states() == {"handed_over": 4}
    (item,) = items()
    assert {(group.said, group.proof) for group in item.groups} == {("done", "")} and item.open == 0
    assert item.ends_at == TEN + timedelta(minutes=60)


@pytest.mark.databases
def test_what_nobody_reported_ends_with_its_day(shop: World, runtime: Runtime, platforms: Platforms) -> None:
    post = shop.approved(due_at=TEN, lane="hand_off")
    Dispatcher(runtime, "one").run_until(TEN)
    say(shop, post, Said("done"))
    assert house.close_send_lists(runtime) == 0

    platforms.clock.instant = NINE + timedelta(hours=15)  # past midnight in Shanghai

    assert house.close_send_lists(runtime) == 1
    assert shop.states() == {"confirmed": 3, "expired": 1}
    assert "没有报已发" in shop.notices()["send.unreported"]
    with shop.database.read() as session:
        assert ledger.day_sum(session, shop.brand(session), DAY).holds


def test_a_list_costs_the_same_number_of_statements_however_long(
    shop: World, runtime: Runtime, items: Callable[..., list[Item]]
) -> None:
    counts = []
    for number in range(2):
        for offset in range(1 + 3 * number):
            shop.approved(due_at=TEN + timedelta(minutes=number * 20 + offset), lane="hand_off")
        Dispatcher(runtime, "one").run_until(TEN + timedelta(minutes=40 * number))
        seen: list[str] = []

        def note(*found: Any, seen: list[str] = seen) -> None:
            seen.append(found[2])

        event.listen(shop.database.engine, "before_cursor_execute", note)
        found = items("小禾", "阿里")
        event.remove(shop.database.engine, "before_cursor_execute", note)
        counts.append((len(seen), len(found)))
    assert counts[0][0] == counts[1][0] and counts[1][1] > counts[0][1]


def test_without_an_account_the_list_alone_carries_the_lane(
    shop: World, runtime: Runtime, platforms: Platforms, items: Callable[..., list[Item]]
) -> None:
    with shop.database.write() as session:
        session.query(ChannelAccount).delete()
        assert isinstance(session.get(User, 1), User)
    shop.approved(due_at=TEN, lane="hand_off")

    Dispatcher(runtime, "one").run_until(TEN)

    assert shop.states() == {"handed_over": 4} and MESSAGE not in platforms.wecom.panel.journal
    assert [item.open for item in items("小禾", "阿里")] == [3, 1]
