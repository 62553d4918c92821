"""企业群发 from plan to the platform's word: one task per owner, followed, reminded, cancelled, never created twice."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event

from content_calendar import forms, ledger, pictures
from content_calendar.errors import StateConflict
from content_calendar.states import DeliveryState, PostState
from content_calendar.tables import (
    Brand,
    ChannelAccount,
    Delivery,
    ForeignSend,
    Group,
    MassTask,
    Owner,
    Post,
    QuotaEntry,
)
from tests.release_world import DAY, NINE, World
from tests.workers.channels.conftest import Platforms
from workers.dispatcher import Dispatcher
from workers.runtime import Runtime
from workers.wecom import by_hand
from workers.wecom.follow import follow

TEN = NINE + timedelta(hours=1)
CREATE = "/cgi-bin/externalcontact/add_msg_template"
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 100


@pytest.fixture
def shop(platforms: Platforms, database: Any) -> World:
    """A brand with an account and six customer groups: four of 小禾 (xiaohe), two of an owner written as a userid."""
    world = World(database).build(groups=0, channel="wecom_mass")
    for number in range(6):
        world.more_groups(1, channel="wecom_mass", address=f"wr{number}")
    secret = platforms.settings.secrets.seal("app-secret")
    with database.write() as session:
        for number, group in enumerate(session.query(Group).order_by(Group.id)):
            group.owner = "小禾" if number < 4 else "wang.li"
        session.add(Owner(brand_id=world.brand_id, name="小禾", userid="xiaohe"))
        session.add(
            ChannelAccount(
                brand_id=world.brand_id, kind="wecom", corp_id="ww0123456789abcdef", agent_id="1000002", secret=secret,
                updated_at=NINE,
            )
        )  # fmt: skip
    return world


def dispatch(runtime: Runtime, until: Any) -> Counter[str]:
    return Dispatcher(runtime, "one").run_until(until)


def watch(runtime: Runtime, platforms: Platforms, until: Any, step: float = 30) -> Counter[str]:
    """Let the chore look every half minute."""
    seen: Counter[str] = Counter()
    while platforms.clock.now() < until:
        platforms.clock.advance(timedelta(seconds=step))
        seen += follow(runtime)
    return seen


def holds(world: World) -> bool:
    with world.database.read() as session:
        return ledger.day_sum(session, world.brand(session), DAY).holds


def by_group(world: World) -> dict[str, str]:
    addresses = {group.id: group.address for group in world.rows(Group)}
    return {addresses[row.group_id]: row.state for row in world.rows(Delivery)}


@pytest.mark.databases
def test_one_task_per_owner_is_created_shortly_before_the_slot_and_is_not_called_sent(
    shop: World, runtime: Runtime, platforms: Platforms
) -> None:
    post = shop.approved(due_at=TEN, lane="confirm", text="今晚见")

    dispatch(runtime, TEN)

    tasks = list(platforms.wecom.mass.tasks.values())
    assert {task.sender: sorted(task.chats) for task in tasks} == {
        "xiaohe": ["wr0", "wr1", "wr2", "wr3"], "wang.li": ["wr4", "wr5"],
    }  # fmt: skip
    assert all(TEN.timestamp() - 660 <= task.created <= TEN.timestamp() - 540 for task in tasks)
    assert shop.states(post) == {"handed_over": 6} and holds(shop)
    assert {row.remote_id for row in shop.rows(Delivery)} == set(platforms.wecom.mass.tasks)
    assert platforms.wecom.tokens.given == 1


def test_a_confirmation_is_the_platforms_word_group_by_group(
    shop: World, runtime: Runtime, platforms: Platforms
) -> None:
    shop.approved(due_at=TEN, lane="confirm")
    dispatch(runtime, TEN)
    mass = platforms.wecom.mass
    first, second = (
        next(t.msgid for t in mass.tasks.values() if t.sender == who) for who in ("xiaohe", "wang.li")
    )
    mass.confirm(first, TEN.timestamp(), ["wr0", "wr1"])
    mass.confirm(second, TEN.timestamp())

    watch(runtime, platforms, TEN + timedelta(minutes=5))

    assert by_group(shop) == {
        "wr0": "confirmed", "wr1": "confirmed", "wr2": "handed_over", "wr3": "handed_over", "wr4": "confirmed",
        "wr5": "confirmed",
    }  # fmt: skip
    assert {row.proof for row in shop.rows(Delivery) if row.state == "confirmed"} == {"platform"}
    assert {task.state for task in shop.rows(MassTask) if task.msgid == second} == {"done"}


def test_the_windows_end_cancels_the_task_and_expires_what_was_not_sent(
    shop: World, runtime: Runtime, platforms: Platforms
) -> None:
    shop.approved(due_at=TEN, lane="confirm")
    dispatch(runtime, TEN)
    mass = platforms.wecom.mass
    first = next(task for task in mass.tasks.values() if task.sender == "xiaohe")
    mass.confirm(first.msgid, TEN.timestamp(), ["wr0"])

    watch(runtime, platforms, TEN + timedelta(minutes=63))

    assert shop.states() == {"confirmed": 1, "expired": 5} and holds(shop)
    assert all(task.cancelled for task in mass.tasks.values())
    assert {task.state for task in shop.rows(MassTask)} == {"done"}
    assert [entry.group_id for entry in shop.rows(QuotaEntry)] == [1]  # who got nothing has used nothing
    assert "没有确认群发" in shop.notices()["mass.expired"]
    assert watch(runtime, platforms, TEN + timedelta(hours=5), step=600).total() == 0


def test_reminders_are_three_spread_over_the_window_never_in_a_crowded_minute(
    shop: World, runtime: Runtime, platforms: Platforms
) -> None:
    shop.approved(due_at=TEN, lane="confirm")
    dispatch(runtime, TEN)

    watch(runtime, platforms, TEN + timedelta(minutes=63))

    for task in platforms.wecom.mass.tasks.values():
        minutes = [round((at - TEN.timestamp()) / 60) for at in task.reminded]
        assert len(minutes) == 3 and minutes[0] >= 2 and minutes[-1] < 60
        assert not {int(at // 60) % 60 for at in task.reminded} & {0, 30}


def test_who_has_confirmed_is_not_reminded(shop: World, runtime: Runtime, platforms: Platforms) -> None:
    shop.approved(due_at=TEN, lane="confirm")
    dispatch(runtime, TEN)
    for task in list(platforms.wecom.mass.tasks.values()):
        platforms.wecom.mass.confirm(task.msgid, TEN.timestamp())

    watch(runtime, platforms, TEN + timedelta(minutes=63))

    assert all(task.reminded == [] for task in platforms.wecom.mass.tasks.values())
    assert shop.states() == {"confirmed": 6}


@pytest.mark.databases
def test_a_lost_answer_is_found_in_the_list_and_the_task_is_never_created_twice(
    shop: World, runtime: Runtime, platforms: Platforms
) -> None:
    shop.approved(due_at=TEN, lane="confirm")
    platforms.wecom.panel.fail("add_msg_template", "drop")

    dispatch(runtime, TEN)
    assert shop.states()["unknown"] in {2, 4}
    unknown = next(row for row in shop.rows(Delivery) if row.state == "unknown")
    with pytest.raises(StateConflict, match="群发记录"), shop.database.write() as session:
        ledger.answer_unknown(session, unknown.id, arrived=False, user=shop.user(session), now=TEN)
    watch(runtime, platforms, TEN + timedelta(minutes=1))

    assert shop.states() == {"handed_over": 6} and holds(shop)
    assert len(platforms.wecom.mass.tasks) == 2
    assert platforms.wecom.panel.journal.count(CREATE) == 2


def test_a_task_that_was_never_created_is_asked_about_and_not_created_by_itself(
    shop: World, runtime: Runtime, platforms: Platforms
) -> None:
    shop.approved(due_at=TEN, lane="confirm")
    platforms.wecom.panel.fail("add_msg_template", "cut")
    dispatch(runtime, TEN)

    watch(runtime, platforms, TEN + timedelta(minutes=10))

    assert platforms.wecom.panel.journal.count(CREATE) == 2 and len(platforms.wecom.mass.tasks) == 1
    assert shop.states()["unknown"] in {2, 4}
    assert "群发助手" in shop.notices()["mass.lost"]
    unknown = next(row for row in shop.rows(Delivery) if row.state == "unknown")
    with shop.database.write() as session:  # a person looked: now it may be made again
        state = ledger.answer_unknown(
            session, unknown.id, arrived=False, user=shop.user(session), now=platforms.clock.now()
        )
    assert state is DeliveryState.planned


def test_a_worker_that_died_after_the_answer_leaves_a_task_that_is_taken_up(
    shop: World, runtime: Runtime, platforms: Platforms
) -> None:
    """The msgid was written, the outcome was not: the reaper says unknown, the next look knows better."""
    shop.approved(due_at=TEN, lane="confirm")
    dispatch(runtime, TEN)
    with shop.database.write() as session:
        for row in session.query(Delivery):
            row.state, row.remote_id = "unknown", ""

    watch(runtime, platforms, TEN + timedelta(minutes=2))

    assert shop.states() == {"handed_over": 6} and platforms.wecom.panel.journal.count(CREATE) == 2


def test_status_three_says_whose_fault_it_was_and_the_lead_is_told(
    shop: World, runtime: Runtime, platforms: Platforms
) -> None:
    platforms.wecom.mass.quota = "day_1"
    platforms.wecom.mass.by_hand("wang.li", ["wr4"], "自己发的", NINE.timestamp())
    shop.approved(due_at=TEN, lane="confirm")
    dispatch(runtime, TEN)
    for task in list(platforms.wecom.mass.tasks.values()):
        if not task.by_hand:
            platforms.wecom.mass.confirm(task.msgid, TEN.timestamp())

    watch(runtime, platforms, TEN + timedelta(minutes=3))

    assert by_group(shop)["wr4"] == "refused" and shop.states()["confirmed"] == 5
    (refused,) = [row for row in shop.rows(Delivery) if row.state == "refused"]
    assert "额度" in refused.state_reason and "额度" in shop.notices()["mass.quota"]


@pytest.mark.parametrize(("mode", "free"), [("day_1", False), ("week_7", True), ("month_days", True)])
def test_what_members_sent_by_hand_is_counted_before_anything_is_planned_on_top(
    shop: World, runtime: Runtime, platforms: Platforms, mode: str, free: bool
) -> None:
    shop.set_brand(mass_quota=mode)
    platforms.wecom.mass.by_hand("wang.li", ["wr4", "foreign"], "自己发的", NINE.timestamp())
    platforms.clock.advance(timedelta(minutes=5))

    assert by_hand.count_by_hand(runtime) == 1
    assert by_hand.count_by_hand(runtime) == 0  # not again within half an hour
    platforms.clock.advance(timedelta(minutes=31))
    assert by_hand.count_by_hand(runtime) == 0  # nor twice
    (counted,) = shop.rows(ForeignSend)
    assert counted.day == DAY

    shop.approved(due_at=TEN, lane="confirm")
    dispatch(runtime, TEN)
    assert by_group(shop)["wr4"] == ("handed_over" if free else "skipped")


def test_a_foreign_group_is_refused_and_the_rest_of_the_task_goes_on(
    shop: World, runtime: Runtime, platforms: Platforms
) -> None:
    platforms.wecom.mass.open = False
    platforms.wecom.mass.groups = {f"wr{n}": "xiaohe" if n < 3 else "wang.li" for n in range(6)}
    shop.approved(due_at=TEN, lane="confirm")

    dispatch(runtime, TEN)

    assert by_group(shop)["wr3"] == "refused" and shop.states() == {"handed_over": 5, "refused": 1}


def test_pictures_are_uploaded_just_before_and_a_link_travels_as_a_card(
    shop: World, runtime: Runtime, platforms: Platforms
) -> None:
    with shop.database.write() as session:
        brand = session.get_one(Brand, shop.brand_id)
        brand.mall_url = "https://mall.example.com/p"
        picture = pictures.add(session, brand, PNG, name="a.png", now=NINE)
    text = (
        f"【广告】新品到了\n![海报]({forms.name_of(picture.sha256)})\n[点这里看](https://mall.example.com/p)"
    )
    shop.approved(due_at=TEN, lane="confirm", text=text)

    dispatch(runtime, TEN)

    assert shop.states() == {"handed_over": 6}, shop.notices()
    for task in platforms.wecom.mass.tasks.values():
        assert task.text == "【广告】新品到了"
        assert [item["msgtype"] for item in task.attachments] == ["image", "link"]
        assert (
            platforms.wecom.media.ids[task.attachments[0]["image"]["media_id"]] >= task.created + 2.9 * 86_400
        )


def test_an_upload_that_fails_creates_nothing_and_is_tried_again(
    shop: World, runtime: Runtime, platforms: Platforms
) -> None:
    with shop.database.write() as session:
        picture = pictures.add(session, session.get_one(Brand, shop.brand_id), PNG, name="a.png", now=NINE)
    platforms.wecom.panel.fail("media/upload", "status", 502, times=2)
    shop.approved(due_at=TEN, lane="confirm", text=f"看图\n![海报]({forms.name_of(picture.sha256)})")

    dispatch(runtime, TEN)

    assert shop.states() == {"handed_over": 6} and len(platforms.wecom.mass.tasks) == 2


def test_a_token_that_was_revoked_is_renewed_once_for_all(
    shop: World, runtime: Runtime, platforms: Platforms
) -> None:
    shop.approved(due_at=TEN, lane="confirm")
    dispatch(runtime, TEN - timedelta(minutes=9))
    platforms.wecom.tokens.revoke()
    follow(runtime)
    watch(runtime, platforms, TEN)
    assert shop.states() == {"handed_over": 6} and platforms.wecom.tokens.given == 2


def test_a_wrong_secret_is_not_asked_about_until_the_address_is_banned(
    shop: World, runtime: Runtime, platforms: Platforms
) -> None:
    platforms.wecom.tokens.secrets = {"ww0123456789abcdef": "another"}
    shop.approved(due_at=TEN, lane="confirm")

    dispatch(runtime, TEN + timedelta(minutes=10))

    assert platforms.wecom.panel.journal.count("/cgi-bin/gettoken") <= 2
    assert shop.states() == {"refused": 6} and CREATE not in platforms.wecom.panel.journal


@pytest.mark.parametrize("missing", ["account", "owner", "chat"])
def test_what_is_not_set_up_is_refused_with_words_and_never_called(
    shop: World, runtime: Runtime, platforms: Platforms, missing: str
) -> None:
    with shop.database.write() as session:
        if missing == "account":
            session.query(ChannelAccount).delete()
        elif missing == "owner":
            session.query(Owner).delete()
        else:
            session.query(Group).update({"address": ""})
    shop.approved(due_at=TEN, lane="confirm")

    dispatch(runtime, TEN)

    assert shop.states()["refused"] == {"account": 6, "owner": 4, "chat": 6}[missing]
    codes = {row.state_reason for row in shop.rows(Delivery) if row.state == "refused"}
    assert codes == {
        f"wecom_mass.{ {'account': 'no_account', 'owner': 'owner_unknown', 'chat': 'no_chat_id'}[missing] }"
    }
    if missing != "chat":
        assert any(code.startswith("wecom_mass.") for code in shop.notices())


def test_a_busy_platform_is_asked_again_and_one_task_comes_of_it(
    shop: World, runtime: Runtime, platforms: Platforms
) -> None:
    platforms.wecom.panel.fail("add_msg_template", "errcode", -1, times=2)
    shop.approved(due_at=TEN, lane="confirm")

    dispatch(runtime, TEN)

    assert shop.states() == {"handed_over": 6} and len(platforms.wecom.mass.tasks) == 2
    assert sorted(len(task.chats) for task in platforms.wecom.mass.tasks.values()) == [2, 4]


def test_a_post_approved_within_the_last_minutes_is_created_at_once(
    shop: World, runtime: Runtime, platforms: Platforms
) -> None:
    platforms.clock.instant = TEN - timedelta(minutes=3)
    post = shop.approved(due_at=TEN, lane="confirm")

    dispatch(runtime, TEN)

    assert shop.states(post) == {"handed_over": 6}
    assert {round(TEN.timestamp() - task.created) for task in platforms.wecom.mass.tasks.values()} == {180}


@pytest.mark.databases
def test_two_dispatchers_make_one_task_of_an_owners_six_hundred_groups(
    shop: World, runtime: Runtime, platforms: Platforms
) -> None:
    for number in range(6, 606):
        shop.more_groups(1, channel="wecom_mass", address=f"wr{number}")
    with shop.database.write() as session:
        session.query(Group).update({"owner": "小禾"})
    shop.approved(due_at=TEN, lane="confirm")
    platforms.clock.instant = TEN - timedelta(minutes=10)

    first, second = Dispatcher(runtime, "one"), Dispatcher(runtime, "two")
    first.tick()
    second.tick()
    first.tick()

    (task,) = platforms.wecom.mass.tasks.values()
    assert len(task.chats) == 606 and shop.states() == {"handed_over": 606}


def test_a_look_costs_the_same_number_of_statements_however_many_groups(
    shop: World, runtime: Runtime, platforms: Platforms
) -> None:
    counts = []
    for day in range(2):
        slot = TEN + timedelta(days=day)
        shop.approved(due_at=slot, lane="confirm")
        platforms.clock.instant = slot - timedelta(minutes=10)
        dispatch(runtime, slot)
        for task in list(platforms.wecom.mass.tasks.values()):
            platforms.wecom.mass.confirm(task.msgid, slot.timestamp())
        platforms.clock.advance(timedelta(minutes=4))
        seen: list[str] = []

        def note(*found: Any, seen: list[str] = seen) -> None:
            seen.append(found[2])

        event.listen(shop.database.engine, "before_cursor_execute", note)
        assert follow(runtime)["done"] == 2
        event.remove(shop.database.engine, "before_cursor_execute", note)
        counts.append(len(seen))
        for number in range(50):
            shop.more_groups(1, channel="wecom_mass", address=f"wrx{number}")
        with shop.database.write() as session:
            session.query(Group).filter(Group.id > 6).update({"owner": "小禾"})
    assert counts[0] == counts[1] <= 40


def test_a_demo_brand_is_played_at_its_slot_and_no_task_is_made(
    shop: World, runtime: Runtime, platforms: Platforms
) -> None:
    shop.set_brand(demo=True)
    post = shop.approved(due_at=TEN, lane="confirm")

    dispatch(runtime, TEN)

    assert shop.states(post) == {"sent": 6} and platforms.wecom.mass.tasks == {}
    assert {row.due_at for row in shop.rows(Delivery)} == {TEN}
    assert shop.state(post) is PostState.released and isinstance(shop.get(post), Post)
    assert shop.get(post).day == date(2026, 11, 23)
