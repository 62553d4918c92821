"""`chongfen plan` and `chongfen rehearse`: what scripts and people get to see."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from content_calendar import tables, workbook
from content_calendar.database import Database
from content_calendar.workbook.shift import EXAMPLE
from desk.cli.main import cli


@pytest.fixture
def data(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with the example workbook imported, on the Sunday before its first week."""
    monkeypatch.setenv("CHONGFEN_CLOCK", "2026-11-22T12:00")
    content = workbook.read(EXAMPLE).content
    assert content is not None
    database = Database(sqlite_url)
    with database.write() as session:
        workbook.apply(
            session, content, now=datetime.fromisoformat("2026-11-22T12:00+08:00"), actor="user:li"
        )
    database.dispose()
    return tmp_path


def call(data: Path, *words: str) -> Result:
    return CliRunner().invoke(
        cli, ["--data", str(data), *words], catch_exceptions=False, standalone_mode=False
    )


def document(data: Path, *words: str) -> Any:
    return json.loads(call(data, *words, "--json").stdout)


def test_plan_prints_one_document_with_counts_and_conflicts(data: Path) -> None:
    told = document(data, "plan", "--from", "2026-11-23", "--days", "7")
    assert list(told) == [
        "brand", "from", "days", "created", "kept", "updated", "cancelled", "past", "posts", "by_day", "by_tier", "conflicts",
    ]  # fmt: skip
    assert (told["brand"], told["from"], told["days"], told["created"], told["past"]) == (
        "沐禾",
        "2026-11-23",
        7,
        97,
        0,
    )
    assert told["by_day"]["2026-11-26"] == 16 and sum(told["by_tier"].values()) == told["posts"] == 97
    assert {tuple(item) for item in told["conflicts"]} == {("kind", "level", "day", "tier", "post", "text")}


def test_planning_again_keeps_everything(data: Path) -> None:
    document(data, "plan", "--from", "2026-11-23")
    told = document(data, "plan", "--from", "2026-11-23")
    assert (told["created"], told["kept"], told["updated"], told["cancelled"]) == (0, 97, 0, 0)


def test_plan_starts_today_in_the_brand_s_zone_for_seven_days(data: Path) -> None:
    told = document(data, "plan")
    assert (told["from"], told["days"]) == ("2026-11-22", 7) and told["past"] > 0


def test_plan_tells_a_person_what_was_done(data: Path) -> None:
    shown = call(data, "plan", "--from", "2026-11-23").stdout
    assert "新排 97 条" in shown and "没有写福利的数字" in shown
    assert "0 new, 97 kept" in call(data, "--lang", "en", "plan", "--from", "2026-11-23").stdout


def test_rehearse_prints_a_line_for_each_delivery_then_conflicts(data: Path) -> None:
    call(data, "plan", "--from", "2026-11-23")
    lines = [
        json.loads(line)
        for line in call(data, "rehearse", "--from", "2026-11-26", "--json").stdout.splitlines()
    ]
    deliveries = [line for line in lines if "conflict" not in line]
    assert lines == deliveries + [line for line in lines if "conflict" in line]
    assert list(deliveries[0]) == [
        "at", "post", "kind", "tier", "group", "group_name", "owner", "channel", "lane", "state", "revision", "will_send", "why_not",
    ]  # fmt: skip
    assert len(deliveries) == 5 * 8 + 6 * 14 + 5 * 18
    assert {line["why_not"] for line in deliveries} == {"尚未批准"} and deliveries[0][
        "at"
    ] == "2026-11-26T09:00:00+08:00"
    told = {line["conflict"] for line in lines if "conflict" in line}
    assert (
        "campaign_missing" in told and "channel_missing" not in told
    )  # every channel a workbook names is there


def test_rehearse_says_that_nothing_was_sent_and_sends_nothing(data: Path, sqlite_url: str) -> None:
    call(data, "plan", "--from", "2026-11-23")
    shown = call(data, "rehearse", "--from", "2026-11-26").stdout
    assert "什么也没有发出" in shown and "新品开售" in shown and "按现在的情况会发出 0 次" in shown
    with Database(sqlite_url).read() as session:
        assert session.query(tables.Delivery).count() == 0


@pytest.mark.parametrize(
    "words", [("--from", "26-11-2026"), ("--days", "0"), ("--days", "9999"), ("--from", "明天")]
)
def test_a_window_nobody_can_read_is_refused(data: Path, words: tuple[str, str]) -> None:
    result = CliRunner().invoke(cli, ["--data", str(data), "plan", *words])
    assert result.exit_code == 2


def test_a_house_without_a_brand_says_what_to_do(sqlite_url: str, tmp_path: Path) -> None:
    with pytest.raises(Exception, match="请先运行 chongfen import"):
        call(tmp_path, "plan", "--json")
