"""Cells are read as a person means them; what cannot be read is refused, never guessed, never raised as anything else."""

# ruff: noqa: DTZ001 -- cells have no zone

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_calendar.workbook.names import fold_header, fold_sheet, sheet_meant
from content_calendar.workbook.record import FORMULA, MARKUP
from content_calendar.workbook.values import Unreadable, text
from content_calendar.workbook.values.cycles import parse_cycle
from content_calendar.workbook.values.dates import parse_day, parse_moment
from content_calendar.workbook.values.lists import parse_flag, parse_products, parse_tags, parse_words
from content_calendar.workbook.values.numbers import parse_count, parse_price
from content_calendar.workbook.values.tiers import parse_tiers
from content_calendar.workbook.values.times import parse_range, parse_time

ANCHOR = date(2026, 11, 26)
TIERS = {"老友群": "high", "福利群": "mid", "新芽群": "low"}
CODES = {"p1": "P1", "p2": "P2", "a/b": "A/B", "面霜": "P1"}


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        ("9:00", "09:00"), ("09：30", "09:30"), ("9点", "09:00"), ("九点半", "09:30"), ("9点一刻", "09:15"),
        ("上午10点", "10:00"), ("早8点", "08:00"), ("晚8点", "20:00"), ("晚上8:30", "20:30"), ("晚八点", "20:00"),
        ("下午2点半", "14:30"), ("下午14:30", "14:30"), ("20时", "20:00"), ("20时30分", "20:30"), ("中午12点", "12:00"),
        ("中午1点", "13:00"), ("凌晨1点", "01:00"), ("零点", "00:00"), ("正午", "12:00"), ("8pm", "20:00"), ("9:00 AM", "09:00"),
        ("12:30 am", "00:30"), ("20:00:00", "20:00"), ("20:00整", "20:00"), ("9.30", "09:30"), ("0930", "09:30"),
        (time(9), "09:00"), (time(19, 59, 59, 997000), "20:00"), (0.375, "09:00"), (0.8333333, "20:00"), (9.0, "09:00"),
        (timedelta(hours=9), "09:00"), (datetime(2026, 11, 23, 9, 30), "09:30"),
    ],
)  # fmt: skip
def test_times(raw: Any, wanted: str) -> None:
    assert parse_time(raw) == wanted


@pytest.mark.parametrize(
    "raw",
    ["25:00", "24:00", "9:60", "晚1点", "晚12点", "早上", "9:00-10:00", "", "9::00", "9点9点", 9.3, 1e9, -0.5, True, math.nan, math.inf,
     timedelta(hours=25), datetime(1900, 1, 1, 1), date(1900, 1, 1), "９９：００"],
)  # fmt: skip
def test_what_is_no_time(raw: Any) -> None:
    with pytest.raises(Unreadable) as raised:
        parse_time(raw)
    assert raised.value.kind == "bad_time"


@pytest.mark.parametrize(
    ("raw", "day", "minutes"),
    [
        ("11月28日", date(2026, 11, 28), None), ("2026.12.1 20:00", date(2026, 12, 1), 1200), ("2026/12/1", date(2026, 12, 1), None),
        ("2026年12月1日 20点", date(2026, 12, 1), 1200), ("12-1", date(2026, 12, 1), None), ("12-1 20:00", date(2026, 12, 1), 1200),
        ("12月3日24:00", date(2026, 12, 3), 1440), ("11.26晚8点", date(2026, 11, 26), 1200), ("1月5日 10点", date(2027, 1, 5), 600),
        ("周四 11月26号20点整", date(2026, 11, 26), 1200), ("二〇二六年十二月一日晚八点", date(2026, 12, 1), 1200),
        ("20261126", date(2026, 11, 26), None), ("2026/12/1 8:00 PM", date(2026, 12, 1), 1200), ("2026-12-12 00:00", date(2026, 12, 12), 0),
        (46352.5, date(2026, 11, 26), 720), (datetime(2026, 11, 26, 19, 59, 59, 999000), date(2026, 11, 26), 1200),
        (date(2026, 11, 26), date(2026, 11, 26), None), ("２０２６－１１－２６　２０：００", date(2026, 11, 26), 1200),
    ],
)  # fmt: skip
def test_moments(raw: Any, day: date, minutes: int | None) -> None:
    moment = parse_moment(raw)
    assert (moment.day.on(ANCHOR), moment.minutes) == (day, minutes)


@pytest.mark.parametrize(
    ("raw", "rule"),
    [
        ("每天", {"weekdays": [1, 2, 3, 4, 5, 6, 7]}), ("工作日", {"weekdays": [1, 2, 3, 4, 5], "workdays": True}),
        ("周末", {"weekdays": [6, 7]}), ("周六日", {"weekdays": [6, 7]}), ("周一至周五", {"weekdays": [1, 2, 3, 4, 5]}),
        ("周三-周五", {"weekdays": [3, 4, 5]}), ("周一、周三", {"weekdays": [1, 3]}), ("周一三五", {"weekdays": [1, 3, 5]}),
        ("每周一、三、五", {"weekdays": [1, 3, 5]}), ("星期二", {"weekdays": [2]}), ("礼拜天", {"weekdays": [7]}), ("每周五", {"weekdays": [5]}),
        ("周六至周一", {"weekdays": [1, 6, 7]}), ("周1-周5", {"weekdays": [1, 2, 3, 4, 5]}), ("周三到周五、周日", {"weekdays": [3, 4, 5, 7]}),
        ("Mon-Fri", {"weekdays": [1, 2, 3, 4, 5]}), ("每月8日", {"month_days": [8]}), ("每月1日和15日", {"month_days": [1, 15]}),
        ("每月1、15号", {"month_days": [1, 15]}), ("每月最后一天", {"month_days": [-1]}), ("2026-11-26", {"dates": ["2026-11-26"]}),
        ("11月26日-11月28日", {"dates": ["2026-11-26", "2026-11-27", "2026-11-28"]}), ("11月26-28日", {"dates": ["2026-11-26", "2026-11-27", "2026-11-28"]}),
        ("11月26日、28日", {"dates": ["2026-11-26", "2026-11-28"]}), ("12-1", {"dates": ["2026-12-01"]}), ("11.26-11.27", {"dates": ["2026-11-26", "2026-11-27"]}),
        ("12月30日至1月2日", {"dates": ["2026-12-30", "2026-12-31", "2027-01-01", "2027-01-02"]}), (date(2026, 11, 26), {"dates": ["2026-11-26"]}),
    ],
)  # fmt: skip
def test_cycles(raw: Any, rule: dict[str, Any]) -> None:
    assert parse_cycle(raw, ANCHOR).rule == rule


@pytest.mark.parametrize(
    "raw",
    [
        "每周",
        "隔天",
        "周八",
        "单周周一",
        "节假日",
        "每月32日",
        "每月",
        "2026-02-30",
        "周一、12月8日",
        "",
        9.0,
        True,
    ],
)
def test_what_is_no_cycle(raw: Any) -> None:
    with pytest.raises(Unreadable) as raised:
        parse_cycle(raw, ANCHOR)
    assert raised.value.kind == "bad_cycle"


def test_a_cycle_without_its_year_is_kept_with_it() -> None:
    assert parse_cycle("11月26日-11月29日", ANCHOR).stored == "2026-11-26至2026-11-29"
    assert parse_cycle("周一至周五", ANCHOR).stored == "周一至周五"
    again = parse_cycle(parse_cycle("11月26日、28日", ANCHOR).stored, None)
    assert again.rule == {"dates": ["2026-11-26", "2026-11-28"]}


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [("￥199", "199"), ("¥199.00", "199"), ("199元", "199"), ("1,280", "1280"), ("１２８０", "1280"), ("1.2万", "12000"), ("49元/盒", "49"),
     ("49元一盒", "49"), (199.0, "199"), (49.9, "49.9"), (207.2000003, "207.2"), ("1，280.50元", "1280.5"), (0.0, "0"), (100, "100")],
)  # fmt: skip
def test_prices(raw: Any, wanted: str) -> None:
    assert format(parse_price(raw), "f") == wanted


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [("6条", 6), ("203人", 203), ("2盒", 2), ("800份", 800), ("前500份", 500), ("共1,280盒", 1280), (214.0, 214), ("1.2万人", 12000), ("两盒", 2),
     ("每人限购2瓶", 2), ("约200人", 200), ("6条/天", 6), ("0", 0)],
)  # fmt: skip
def test_counts(raw: Any, wanted: int) -> None:
    assert parse_count(raw) == wanted


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [("高", "high"), ("高层级", "high"), ("老友群", "high"), ("老友", "high"), ("全部", "high mid low"), ("不限", "high mid low"), ("中、低", "mid low"),
     ("低、中", "mid low"), ("中低", "mid low"), ("高/中", "high mid"), ("中+低", "mid low"), ("高-中", "high mid"), ("中和低", "mid low"), ("中及以上", "high mid"),
     ("福利群、新芽群", "mid low"), ("High", "high"), ("高中低", "high mid low"), ("高，中，低", "high mid low")],
)  # fmt: skip
def test_tiers(raw: str, wanted: str) -> None:
    assert " ".join(parse_tiers(raw, TIERS)) == wanted


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [("P1", "P1"), ("P1、p2", "P1 P2"), ("P1/P2", "P1 P2"), ("A/B", "A/B"), ("A/B，Ｐ１", "A/B P1"), ("面霜", "P1"), ("P1 P2", "P1 P2"), ("全部", "P1 P2 A/B")],
)  # fmt: skip
def test_product_lists(raw: str, wanted: str) -> None:
    assert " ".join(parse_products(raw, CODES)) == wanted


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [("22:30-08:30", ("22:30", "08:30")), ("22:30至次日08:30", ("22:30", "08:30")), ("晚10点半到早8点半", ("22:30", "08:30")),
     ("9:00～22:30", ("09:00", "22:30")), ("每天9点—24:00", ("09:00", "00:00"))],
)  # fmt: skip
def test_spans_of_the_day(raw: str, wanted: tuple[str, str]) -> None:
    assert parse_range(raw) == wanted


def test_flags_carry_their_words() -> None:
    assert parse_flag("是｜立即，售后") == (True, "立即，售后")
    assert parse_flag("否") == (False, "")
    assert parse_flag("转售后值班") == (True, "转售后值班")
    assert parse_flag(False) == (False, "")


def test_headings_and_titles_fold() -> None:
    assert fold_header("备案／注册号") == fold_header(" 备案/\n注册号 （必填）") == fold_header("*备案注册号")
    assert sheet_meant("1.品牌") == ("品牌", 1)
    assert sheet_meant(" SOP ") == ("SOP", 0)
    assert sheet_meant("活动（11-12月）") == ("活动", 1)
    assert sheet_meant("2、社群明细表") == ("社群", 1)
    assert sheet_meant("SOP(旧)") is None
    assert sheet_meant("社群 (2)") is None


CELLS = st.one_of(
    st.text(max_size=40), st.floats(allow_nan=True, allow_infinity=True), st.integers(), st.booleans(), st.datetimes(), st.dates(),
    st.times(), st.timedeltas(),
    st.text(alphabet="0123456789:：点时分半上下午晚早周一二三四五六日每月年号至到-~/.、, 工作天高中低全部¥元万", max_size=16),
)  # fmt: skip
PARSERS: list[Callable[[Any], Any]] = [
    parse_time, lambda raw: parse_day(raw).on(ANCHOR), lambda raw: parse_moment(raw).day.on(ANCHOR), lambda raw: parse_cycle(raw, ANCHOR),
    parse_price, parse_count, parse_range, parse_flag, parse_tags, parse_words, lambda raw: parse_tiers(text.plain(raw), TIERS),
    lambda raw: parse_products(raw, CODES),
]  # fmt: skip


@given(CELLS)
def test_any_cell_is_read_or_refused_and_never_raises_anything_else(raw: Any) -> None:
    for parser in PARSERS:
        try:
            parser(raw)
        except Unreadable as error:
            assert error.kind and error.expected and error.english


@given(st.integers(0, 1439))
def test_every_minute_of_the_day_reads_back(minutes: int) -> None:
    written = f"{minutes // 60:02d}:{minutes % 60:02d}"
    assert parse_time(written) == written
    assert parse_time(minutes / 1440) == written
    assert parse_time(time(minutes // 60, minutes % 60)) == written


@given(st.decimals(min_value=0, max_value=Decimal("9999999.99"), places=2))
def test_every_price_reads_back_from_a_number_and_from_text(price: Decimal) -> None:
    assert parse_price(float(price)) == price
    assert parse_price(f"￥{price:,}元") == price


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)))
def test_every_day_reads_back(day: date) -> None:
    assert parse_day(day.isoformat()).on(None) == day
    assert parse_day(f"{day.year}年{day.month}月{day.day}日").on(None) == day
    assert parse_day(f"{day.month}月{day.day}日").on(day) == day


@given(st.text(max_size=60))
def test_cleaning_twice_is_cleaning_once(raw: str) -> None:
    for clean in (text.prose, text.name, text.code):
        assert clean(clean(raw)) == clean(raw)


@given(st.text(max_size=200))
def test_patterns_never_take_long(raw: str) -> None:
    FORMULA.match(raw)
    MARKUP.search(raw)
    fold_sheet(raw)


@pytest.mark.parametrize(
    "raw",
    [
        "1" * 100_000,
        "（" * 20_000,
        "、" * 50_000,
        "<" * 50_000,
        "-1" * 30_000,
        "周一" * 20_000,
        "每月1日、" * 10_000,
        "2026-11-26、" * 5_000,
        "零" * 30_000,
        "(" * 30_000,
        "1," * 16_000,
        "周" * 32_000,
        "全" * 32_000,
        " \n" * 30_000,
    ],
)
def test_long_nonsense_is_refused_quickly(raw: str) -> None:
    start = process_time()
    for parser in PARSERS:
        try:
            parser(raw)
        except Unreadable:
            continue
    MARKUP.search(raw)
    FORMULA.match(raw)
    fold_header(raw)
    text.prose(raw)
    assert process_time() - start < 3  # a pattern that backtracks takes minutes
