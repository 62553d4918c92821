"""Every row of the reference timetable finds the campaign and stage a person would give it."""

from __future__ import annotations

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import select

from content_calendar import tables
from content_calendar.database import Database
from content_calendar.plan import matching, offers, slots

ZONE = ZoneInfo("Asia/Shanghai")
CREAM, MASK, SAVE, GIFT, DRAW, WHITE = "面霜新品", "面膜周六", "岁末", "周五宠粉", "答题抽奖", "双12"

# (day, time, beginning of the theme) -> (campaign, stage); tiers of a row must all agree.
EXPECTED = {
    ("2026-11-23", "20:00", "预告第一弹"): (CREAM, "warm_up"),
    ("2026-11-24", "20:00", "预告第二弹"): (CREAM, "warm_up"),
    ("2026-11-24", "20:00", "老友先看"): (CREAM, "warm_up"),
    ("2026-11-25", "17:00", "明晚20点开售"): (CREAM, "warm_up"),
    ("2026-11-25", "20:00", "三句话认识新面霜"): (CREAM, "warm_up"),
    ("2026-11-26", "10:00", "今晚20点见"): (CREAM, "warm_up"),
    ("2026-11-26", "17:00", "还有3小时"): (CREAM, "warm_up"),
    ("2026-11-26", "20:00", "神经酰胺修护面霜开售"): (CREAM, "start"),
    ("2026-11-26", "22:00", "首晚余量"): (CREAM, "status"),
    ("2026-11-27", "10:00", "开售第一夜"): (CREAM, "status"),
    ("2026-11-27", "20:00", "明天16点面膜秒杀"): (MASK, "warm_up"),
    ("2026-11-28", "13:00", "今天16点开抢"): (MASK, "warm_up"),
    ("2026-11-28", "16:00", "保湿面膜49元一盒"): (MASK, "start"),
    ("2026-11-28", "17:00", "面膜余量播报"): (MASK, "status"),
    ("2026-11-28", "20:00", "面膜秒杀还有2小时"): (MASK, "last_call"),
    ("2026-11-29", "17:00", "面霜首发赠品余量"): (CREAM, "status"),
    ("2026-11-29", "20:00", "面霜首发赠品今晚22点结束"): (CREAM, "last_call"),
    ("2026-12-01", "20:00", "明晚20点换季满减"): (SAVE, "warm_up"),
    ("2026-12-02", "20:00", "满299减40开始"): (SAVE, "start"),
    ("2026-12-03", "10:00", "只差二三十块"): (SAVE, "status"),
    ("2026-12-03", "20:00", "满减22点结束"): (SAVE, "last_call"),
    ("2026-12-04", "10:00", "满199元送护手霜"): (GIFT, "start"),
    ("2026-12-04", "14:00", "护手霜赠品还有多少"): (GIFT, "status"),
    ("2026-12-04", "20:00", "福利日22点结束"): (GIFT, "last_call"),
    ("2026-12-07", "16:00", "暖冬答题抽奖开始"): (DRAW, "start"),
    ("2026-12-07", "20:00", "大雪节气"): None,
    ("2026-12-10", "17:00", "答题抽奖今晚20点截止"): (DRAW, "last_call"),
    ("2026-12-10", "20:00", "双12美白精华规则先看"): (WHITE, "warm_up"),
    ("2026-12-11", "17:00", "答题抽奖名单公示"): (DRAW, "showcase"),
    ("2026-12-11", "20:00", "烟酰胺美白精华液209元"): (WHITE, "start"),
    ("2026-12-12", "13:00", "美白精华余量"): (WHITE, "status"),
    ("2026-12-12", "20:00", "双12今晚22点结束"): (WHITE, "last_call"),
}


@pytest.fixture
def attached(database: Database, brand_id: int) -> list[tuple[slots.Slot, str | None]]:
    with database.read() as session:
        goods = {item.code: item for item in session.scalars(select(tables.Product))}
        campaigns = offers.of(session.scalars(select(tables.Campaign)), goods, ZONE)
        rows = session.scalars(select(tables.SopRow)).all()
    names = {item.code: item.name for item in campaigns}
    expanded = slots.expand(rows, start=date(2026, 11, 16), end=date(2026, 12, 20), zone=ZONE)
    return [(slot, names.get(slot.campaign or "")) for slot in matching.attach(expanded, campaigns)]


def test_every_dated_row_gets_its_campaign_and_stage(
    attached: list[tuple[slots.Slot, str | None]],
) -> None:
    seen = set()
    for slot, name in attached:
        if not slot.dated:
            continue
        (key,) = [
            k for k in EXPECTED if k[:2] == (slot.day.isoformat(), slot.time) and slot.theme.startswith(k[2])
        ]
        seen.add(key)
        expected = EXPECTED[key]
        found = None if name is None else (name, slot.stage)
        assert (found is None) == (expected is None), (slot.theme, slot.tier, found)
        if expected and found:
            assert expected[0] in found[0] and expected[1] == found[1], (slot.theme, slot.tier, found)
    assert seen == set(EXPECTED)


def test_no_weekly_gift_day_game_or_result_is_taken_for_a_campaign(
    attached: list[tuple[slots.Slot, str | None]],
) -> None:
    wrong = [
        (slot.day, slot.theme, name)
        for slot, name in attached
        if not slot.dated and name and slot.kind != "showcase"
    ]
    assert wrong == []


def test_a_weekly_showcase_asks_for_what_ended_the_day_before(
    attached: list[tuple[slots.Slot, str | None]],
) -> None:
    shown = {
        (slot.day.isoformat(), slot.tier): name for slot, name in attached if slot.kind == "showcase" and name
    }
    assert "面膜" in (shown["2026-11-29", "mid"] or "") and "面膜" in (shown["2026-11-29", "low"] or "")
    assert all(day in {"2026-11-29", "2026-12-13"} for day, _ in shown)


def test_a_theme_that_speaks_of_two_campaigns_keeps_both(
    attached: list[tuple[slots.Slot, str | None]],
) -> None:
    both = {slot.also for slot, _ in attached if slot.theme.startswith("满减22点结束")}
    assert len(both) == 1 and len(both.pop()) == 1


@pytest.mark.parametrize(
    ("text", "name", "strength"),
    [
        ("新面霜用法答疑", "神经酰胺修护面霜", 2),
        ("面膜秒杀", "透明质酸钠保湿面膜", 2),
        ("面膜秒杀", "高岭土控油净肤泥膜", 0),
        ("送护手霜正装一支", "乳木果护手霜", 3),
        ("双12美白精华规则先看", "烟酰胺美白精华液", 4),
        ("积分什么时候到账", "积雪草舒缓精华水", 0),
        ("手冲咖啡挂耳包买一送一", "云南小粒手冲咖啡挂耳包", 7),
    ],
)
def test_people_shorten_product_names_from_the_front(text: str, name: str, strength: int) -> None:
    assert offers.mention(text, name) == strength
