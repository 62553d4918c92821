"""The workbook commands as others script against them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from content_calendar import workbook
from desk.cli.main import cli
from tests.content_calendar.workbook import books


@pytest.fixture
def run(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("CHONGFEN_DATABASE_URL", sqlite_url)
    monkeypatch.chdir(tmp_path)

    def run(*arguments: Any, data: str = "data") -> Result:
        return CliRunner().invoke(
            cli, ["--data", str(tmp_path / data), *map(str, arguments)], standalone_mode=False
        )

    return run


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return books.save(tmp_path / "book.xlsx", books.clean())


@pytest.fixture
def bad(tmp_path: Path) -> Path:
    sheets = books.clean()
    books.put(sheets, "SOP", 2, "时间", "25:00")
    books.put(sheets, "社群", 2, "群主", "")
    return books.save(tmp_path / "bad.xlsx", sheets)


def document(result: Result) -> dict[str, Any]:
    """The one JSON document on stdout."""
    (line,) = result.stdout.splitlines()
    found = json.loads(line)
    assert isinstance(found, dict)
    return found


def test_import_prints_the_contracts_document(run, good: Path) -> None:
    result = run("import", good, "--json")
    assert result.return_value == 0
    found = document(result)
    assert found["brand"] == "沐禾"
    assert found["counts"]["社群"] == 4
    assert found["issues"] == []
    assert found["changes"]["sheets"]["社群"]["counts"]["added"] == 4
    assert "rows" not in found
    assert document(run("import", good, "--json"))["changes"]["none"] is True


def test_show_rows_adds_rows_with_excel_numbers(run, good: Path) -> None:
    rows = document(run("import", good, "--dry-run", "--show-rows", "--json"))["rows"]
    assert rows["SOP"][0]["row"] == 2
    assert rows["SOP"][0]["时间"] == "09:00"
    assert rows["商品"][0]["日常价"] == "199"
    assert rows["活动"][0]["开始"] == "2026-11-26T20:00:00+08:00"
    assert rows["社群"][0]["层级"] == ["high"]


def test_a_dry_run_imports_nothing(run, good: Path) -> None:
    assert document(run("import", good, "--dry-run", "--json"))["imported"] is False
    assert document(run("import", good, "--json"))["changes"]["new_brand"] is True


def test_an_error_stops_everything_and_is_exit_code_1(run, bad: Path, good: Path) -> None:
    result = run("import", bad, "--json")
    assert result.return_value == 1
    found = document(result)
    levels = {issue["level"] for issue in found["issues"]}
    assert levels == {"error", "warning"}
    assert set(found["issues"][0]) >= {"sheet", "row", "column", "kind", "level", "message"}
    assert (found["issues"][0]["sheet"], found["issues"][0]["row"], found["issues"][0]["kind"]) == (
        "SOP",
        2,
        "bad_time",
    )
    assert found["changes"] == {}
    assert document(run("import", good, "--json"))["changes"]["new_brand"] is True


def test_an_unreadable_file_is_one_issue_and_exit_code_1(run, tmp_path: Path) -> None:
    (tmp_path / "x.xlsx").write_text("nope")
    for name, kind in (("x.xlsx", "not_xlsx"), ("none.xlsx", "file_missing")):
        result = run("import", tmp_path / name, "--json")
        assert result.return_value == 1
        assert [issue["kind"] for issue in document(result)["issues"]] == [kind]


def test_a_person_sees_a_table_by_sheet(run, bad: Path, good: Path) -> None:
    text = run("import", bad).stdout
    assert "错误 · SOP (1)" in text and "提醒 · 社群 (1)" in text and "什么也没有导入" in text
    assert text.index("错误") < text.index("提醒")
    assert "已导入「沐禾」" in run("import", good).stdout
    assert "没有变化" in run("import", good).stdout


def test_english_is_spoken_when_asked(run, bad: Path) -> None:
    result = CliRunner().invoke(cli, ["--lang", "en", "import", str(bad)], standalone_mode=False)
    assert "nothing was imported" in result.stdout and "sheet SOP, row 2" in result.stdout.replace("\n", " ")


def test_export_writes_a_file_that_changes_nothing(run, good: Path, tmp_path: Path) -> None:
    run("import", good)
    found = document(run("export", tmp_path / "out.xlsx", "--json"))
    assert Path(found["file"]).stat().st_size == found["bytes"]
    assert document(run("import", tmp_path / "out.xlsx", "--json"))["changes"]["none"] is True


def test_export_without_a_name_takes_the_brands_and_overwrites_nothing(
    run, good: Path, tmp_path: Path
) -> None:
    run("import", good)
    assert run("export").exception is None
    assert (tmp_path / "沐禾.xlsx").exists()
    assert getattr(run("export").exception, "code", "") == "export.exists"


def test_example_writes_the_moved_example_once(run, tmp_path: Path) -> None:
    out = tmp_path / "example.xlsx"
    found = document(run("example", out, "--today", "2027-01-04", "--json"))
    assert found["weeks"] == 6
    assert workbook.read(out).errors == ()
    assert getattr(run("example", out).exception, "code", "") == "export.exists"
    assert run("example", out, "--force").exception is None


def test_the_name_of_who_imports_is_recorded(run, good: Path, sqlite_url: str) -> None:
    from sqlalchemy import select

    from content_calendar.database import Database
    from content_calendar.tables import AuditEvent

    run("import", good, "--by", "amei")
    database = Database(sqlite_url)
    with database.read() as session:
        assert [event.actor for event in session.scalars(select(AuditEvent))] == ["user:amei"]
    database.dispose()
