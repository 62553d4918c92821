"""`chongfen figures`: a period as JSON or tables, and a table of reads taken in whole or not at all."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from content_calendar.database import Database
from content_calendar.tables import Figure
from desk.cli.main import entry
from tests.release_world import World


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path, make_database: Callable[[str], Database]) -> World:
    return World(make_database(f"sqlite:///{tmp_path}/chongfen.db")).build()


@pytest.fixture
def run(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    monkeypatch.setenv("CHONGFEN_CLOCK", "2026-11-24T08:00")
    monkeypatch.setenv("CHONGFEN_SPEED", "0.001")

    def call(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["chongfen", "--data", str(tmp_path), *words])
        with pytest.raises(SystemExit) as ended:
            entry()
        return int(ended.value.code or 0), capsys.readouterr().out

    return call


def test_reads_are_taken_in_and_seen_in_the_period(
    run: Callable[..., tuple[int, str]], world: World, tmp_path: Path
) -> None:
    post = world.post()
    file = tmp_path / "数据.csv"
    file.write_text(f"内容编号,阅读\n{post},321\n", encoding="gb18030")
    code, said = run("figures", "import", str(file), "--by", "aeditor", "--json")
    assert code == 0 and json.loads(said) == {"numbers": 1, "posts": 1, "faults": []}
    code, said = run("figures", "--from", "2026-11-20", "--to", "2026-11-30", "--json")
    kinds = json.loads(said)["kinds"]
    assert code == 0 and [(line["kind"], line["reads"]) for line in kinds] == [("tip", 321)]
    code, said = run("figures", "--from", "2026-11-20", "--to", "2026-11-30")
    assert code == 0 and "321" in said


def test_a_table_with_a_fault_is_not_taken_in(
    run: Callable[..., tuple[int, str]], world: World, tmp_path: Path
) -> None:
    file = tmp_path / "数据.csv"
    file.write_text(f"内容编号,阅读\n{world.post()},1\n888,2\n", encoding="utf-8")
    code, said = run("figures", "import", str(file), "--by", "aeditor", "--json")
    assert code == 1 and [fault["row"] for fault in json.loads(said)["faults"]] == [3]
    assert world.rows(Figure) == []
