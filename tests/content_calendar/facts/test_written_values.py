"""What people write in a sentence, as values: dates, times, prices, counts."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_calendar.facts import written

ZONE = ZoneInfo("Asia/Shanghai")
DAY = date(2026, 11, 28)


def values(text: str) -> list[tuple[str, str, str]]:
    return [(item.kind.value, item.value, item.unit) for item in written.extract(text, day=DAY, where=ZONE)]


def at(text: str) -> tuple[str, str, str]:
    return ("moment", f"{text}:00+08:00", "")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("今晚22点结束", [at("2026-11-28T22:00")]),
        ("明晚8点半开售", [at("2026-11-29T20:30")]),
        ("明晚八点", [at("2026-11-29T20:00")]),
        ("明天16：00", [at("2026-11-29T16:00")]),
        ("24:00截止", [at("2026-11-29T00:00")]),
        ("12月4日10:00至22:00", [at("2026-12-04T10:00"), at("2026-12-04T22:00")]),
        ("领奖截止12月18日22点", [at("2026-12-18T22:00")]),
        ("1月3日见", [("day", "2027-01-03", "")]),
        ("2026.12.1 20:00开始", [at("2026-12-01T20:00")]),
        ("今天群里有什么", []),
        ("满299减40", [("price", "299", ""), ("price", "40", "")]),
        ("满99减10元券，限量300张", [("price", "99", ""), ("price", "10", ""), ("amount", "300", "张")]),
        ("￥1,280.50", [("price", "1280.5", "")]),
        ("49.90元一盒", [("price", "49.9", ""), ("amount", "1", "盒")]),
        ("1.2万人", [("amount", "12000", "人")]),
        ("中奖概率不低于2%", [("amount", "2", "%")]),
        ("随机抽1位送200积分", [("amount", "1", "位"), ("amount", "200", "积分")]),
        ("25ml×5片", [("amount", "25", "ml"), ("amount", "5", "片")]),
        ("前５００单", [("amount", "500", "单")]),
        ("打8.8折", [("amount", "8.8", "折")]),
        ("双12美白精华", []),
        ("国妆特字20259911", []),
        ("轻透防晒乳 SPF50+ PA++++", []),
        ("不超过100字", []),
        ("24到48小时", [("amount", "24", ""), ("amount", "48", "小时")]),
    ],
)
def test_values_are_read_as_a_person_reads_them(text: str, expected: list[tuple[str, str, str]]) -> None:
    assert values(text) == expected


def test_a_countdown_is_a_span_from_now() -> None:
    assert written.later("还有3小时，还有20分钟，还有2个小时") == (
        timedelta(hours=3),
        timedelta(minutes=20),
        timedelta(hours=2),
    )


def test_each_value_is_told_once_with_its_words() -> None:
    found = written.extract("共800盒，每人限购2盒，800盒售完即止", day=DAY, where=ZONE)
    assert [(item.value, item.words) for item in found] == [("800", "共800盒"), ("2", "每人限购2盒")]


def test_the_unit_of_a_number_is_found_in_its_sentence() -> None:
    assert written.unit_of("共1500瓶，前500单", 1500) == "瓶" and written.unit_of("没有数字", 7) == ""


@given(
    st.text(
        alphabet=st.sampled_from("0123456789今明晚天点:：.,-/月日年元￥满减送×%万共盒 一二三十半"),
        max_size=40,
    )
)
def test_no_text_breaks_the_reader(text: str) -> None:
    for item in written.extract(text, day=DAY, where=ZONE):
        assert item.value
    written.moments(text, day=DAY, where=ZONE)
    written.later(text)
