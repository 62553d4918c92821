"""`chongfen replies`: three lists for a terminal and for programs."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from content_calendar import workbook
from content_calendar.database import Database, migrate
from content_calendar.replies import records
from content_calendar.tables import Brand
from content_calendar.workbook.shift import EXAMPLE
from desk.cli.main import cli
from workers.settings import Settings

NOW = datetime.fromisoformat("2026-11-24T10:00+08:00")


@pytest.fixture
def run(tmp_path: Path):
    """Run a command over a brand with one edit copied three times and one question nobody could answer."""
    settings = Settings(data_dir=tmp_path, _env_file=None)  # type: ignore[call-arg]
    migrate(settings.db_url)
    database = Database(settings.db_url)
    content = workbook.read(EXAMPLE).content
    assert content is not None
    source = {"sheet": "话术", "row": 49, "key": "x"}
    one = {
        "stance": "answer",
        "text": "48小时内发。",
        "findings": [],
        "sources": [source],
        "author": "offline",
    }
    reply = {"risk": "none", "escalate": False, "gap": True, "sources": [source], "suggestions": [one]}
    with database.write() as session:
        workbook.apply(session, content, now=NOW, actor="system:test")
        brand = session.scalars(select(Brand)).one()
        for _ in range(3):
            number = records.record(
                session, brand, records.Asked("什么时候发货", True), reply, now=datetime.now(NOW.tzinfo)
            )
            records.event(session, brand, number, "copied", now=NOW, place=0, text="48小时内就发，放心等。")
    database.dispose()

    def go(*words: str) -> str:
        answer = CliRunner().invoke(cli, ["--data", str(tmp_path), "replies", *words])
        assert answer.exit_code == 0, answer.output
        return answer.output

    return go


def test_gaps_offers_and_figures_are_told_to_people_and_programs(run) -> None:
    assert "3×  什么时候发货" in run("gaps")
    assert json.loads(run("gaps", "--json"))["count"] == 3
    assert "48小时内就发，放心等。" in run("offers")
    assert json.loads(run("offers", "--json"))["question"] == "什么时候发货"
    assert "给出 3  采用 100%" in run("figures")
    told = json.loads(run("figures", "--by", "stance", "--json"))
    assert (told["name"], told["copied_edited"], told["acceptance"]) == ("answer", 3, 1.0) and told[
        "distance"
    ] > 0
