"""users, doctor, write, worker: what they print, what they refuse, which exit code they give."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from desk.cli.main import cli
from desk.errors import DeskError, Missing
from workers.errors import WorkerError

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, sqlite_url: str, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command on a fresh data folder; what it raises is raised here."""
    for name in ("CHONGFEN_MODELS", "CHONGFEN_BROKER_URL", "CHONGFEN_DATABASE_URL", "CHONGFEN_PORT"):
        monkeypatch.delenv(name, raising=False)

    def call(*arguments: str, lang: str = "zh") -> Result:
        return CliRunner().invoke(
            cli, ["--data", str(tmp_path), "--lang", lang, *arguments], catch_exceptions=False
        )

    return call


def _lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_person_gets_a_link_and_a_program_a_token(run: Run) -> None:
    added = _lines(run("users", "add", "小禾", "--role", "editor", "--json"))[0]
    assert added["link"].startswith("http://127.0.0.1:8765/link/")
    assert "link" not in _lines(run("users", "add", "robot", "--role", "service", "--json"))[0]
    token = _lines(run("users", "token", "robot", "--name", "导出", "--json"))[0]
    assert token["token"].startswith("cf_")
    assert token["token"] not in run("users", "list").stdout


def test_users_are_listed_one_a_line(run: Run) -> None:
    run("users", "add", "小禾", "--role", "editor", "--display", "小禾老师")
    run("users", "add", "阿青", "--role", "lead")
    run("users", "disable", "小禾")
    listed = {user["name"]: (user["role"], user["active"]) for user in _lines(run("users", "list", "--json"))}
    assert listed == {"小禾": ("editor", False), "阿青": ("lead", True)}
    assert _lines(run("users", "enable", "小禾", "--json"))[0]["active"] is True


def test_a_disabled_user_gets_no_link(run: Run) -> None:
    run("users", "add", "小禾", "--role", "editor")
    run("users", "disable", "小禾")
    with pytest.raises(DeskError, match="已停用"):
        run("users", "link", "小禾")


def test_the_last_lead_cannot_be_disabled(run: Run) -> None:
    run("users", "add", "阿青", "--role", "lead")
    with pytest.raises(DeskError, match="最后一位主管"):
        run("users", "disable", "阿青")


def test_an_unknown_user_is_named(run: Run) -> None:
    with pytest.raises(Missing, match="没有用户「谁」"):
        run("users", "token", "谁", "--name", "x")


def test_doctor_of_a_fresh_folder_finds_no_fault_and_says_what_comes_next(run: Run) -> None:
    result = run("doctor")
    assert result.exit_code == 0
    assert "还没有品牌，请先 chongfen import" in result.stdout
    assert "没有在运行过；用 chongfen up 启动" in result.stdout


def test_doctor_names_what_cannot_be_reached(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHONGFEN_BROKER_URL", "redis://127.0.0.1:1/0")
    monkeypatch.setenv("CHONGFEN_MODELS", "http://127.0.0.1:1/v1#m")
    monkeypatch.setenv("CHONGFEN_DATABASE_URL", "postgresql://nobody@127.0.0.1:1/none")
    result = run("doctor", "--json", lang="en")
    levels = {line["check"]: line["level"] for line in _lines(result)}
    assert result.exit_code == 1
    assert {name for name, level in levels.items() if level == "fault"} == {"broker", "models", "database"}


def test_doctor_tells_an_unreadable_model_setting_in_one_sentence(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHONGFEN_MODELS", "nonsense://x")
    result = run("doctor")
    assert result.exit_code == 1
    assert "不认识的服务 nonsense" in result.stdout


def test_doctor_of_a_folder_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("")
    result = CliRunner().invoke(cli, ["--data", str(file / "below"), "doctor"], catch_exceptions=False)
    assert result.exit_code == 1
    assert "写不进去" in result.stdout


def test_a_wish_without_a_post_is_wrong_use(run: Run) -> None:
    result = run("write", "--instruction", "短一点")
    assert result.exit_code == 2


def test_an_unknown_queue_is_refused_with_the_known_ones(run: Run) -> None:
    with pytest.raises(WorkerError, match="dispatch、house、write"):
        run("worker", "--queues", "mail")
