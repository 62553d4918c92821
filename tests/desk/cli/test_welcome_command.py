"""`chongfen welcome`: adding one in review, looking at them, and the exit code where something is lost."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from content_calendar.database import Database
from content_calendar.tables import GroupTemplate
from tests.release_world import NINE, World


def test_a_welcome_is_added_for_review_and_shown(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = World(Database(database_url)).build()
    monkeypatch.setenv("CHONGFEN_DATABASE_URL", database_url)
    monkeypatch.setenv("CHONGFEN_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("CHONGFEN_CLOCK", "2026-11-23T09:00")
    (tmp_path / "hello.txt").write_text("你好呀，我是小禾。", "utf-8")

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "desk.cli", "welcome", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )

    added = run(
        "add", "--occasion", "group", "--until", "2026-12-31", "--by", "aeditor", str(tmp_path / "hello.txt")
    )
    assert added.returncode == 0, added.stderr
    (text,) = json.loads(run("show", "--json").stdout)["texts"]
    assert (text["occasion"], text["state"], text["until"]) == ("group", "in_review", "2026-12-31")
    refused = run(
        "add", "--occasion", "friend", "--until", "2020-01-01", "--by", "aeditor", str(tmp_path / "hello.txt")
    )
    assert refused.returncode == 1 and "有效期" in refused.stderr + refused.stdout

    with world.database.write() as session:
        session.add(GroupTemplate(post_id=text["post"], brand_id=world.brand_id, state="unknown", at=NINE))
    shown = run("show")
    assert shown.returncode == 1 and "结果未知" in shown.stdout
    assert run("template", str(text["post"])).returncode == 0 and run("show").returncode == 0
    assert run("template", str(text["post"])).returncode == 1
