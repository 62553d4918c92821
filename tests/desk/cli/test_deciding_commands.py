"""The commands of review and release as scripts use them: JSON, exit codes, one sentence per refusal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from content_calendar.database import Database
from content_calendar.states import PostState
from content_calendar.tables import Delivery
from desk.cli.main import entry
from tests.release_world import BLOCK, NINE, WARN, World

Run = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path, make_database: Callable[[str], Database]) -> World:
    return World(make_database(f"sqlite:///{tmp_path}/chongfen.db")).build()


@pytest.fixture
def run(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Call ``chongfen`` with --json at an hour before nine; exit code and what was printed, line by line."""
    monkeypatch.setenv("CHONGFEN_CLOCK", "2026-11-23T08:00")
    monkeypatch.setenv("CHONGFEN_SPEED", "0.001")

    def call(*words: str) -> tuple[int, list[dict[str, Any]]]:
        monkeypatch.setattr(sys, "argv", ["chongfen", "--data", str(tmp_path), *words, "--json"])
        with pytest.raises(SystemExit) as ended:
            entry()
        lines = capsys.readouterr().out.splitlines()
        return int(ended.value.code or 0), [json.loads(line) for line in lines]

    return call


def test_the_queue_is_one_line_a_post(world: World, run: Run) -> None:
    world.in_review(text="早安", findings=[WARN])

    code, (line,) = run("queue")

    assert code == 0
    assert (line["at"], line["state"], line["author"], line["groups"]) == (
        "2026-11-23T09:00:00+08:00", "in_review", "offline", 3,
    )  # fmt: skip
    assert line["text"] == "早安" and line["findings"][0]["rule"] == WARN.rule
    assert {"id", "kind", "tier", "lane", "campaign", "stage", "angle", "revision", "facts"} <= line.keys()


def test_the_queue_is_filtered_by_day_and_state(world: World, run: Run) -> None:
    world.in_review()
    world.post()
    assert len(run("queue", "--state", "planned")[1]) == 1
    assert len(run("queue", "--days", "1")[1]) == 2
    assert run("queue", "--from", "2026-11-24")[1] == []


def test_clean_approves_only_what_no_check_found_anything_in(world: World, run: Run) -> None:
    clean, warned, blocked = (
        world.in_review(),
        world.in_review(findings=[WARN]),
        world.in_review(findings=[BLOCK]),
    )

    code, answers = run("approve", "--clean", "--by", "aeditor")

    assert (code, [answer["id"] for answer in answers]) == (0, [clean])
    assert [world.state(post) for post in (clean, warned, blocked)] == ["approved", "in_review", "in_review"]


def test_each_post_is_answered_for_and_one_failure_makes_the_exit_code_one(world: World, run: Run) -> None:
    good, blocked = world.in_review(), world.in_review(findings=[BLOCK])

    code, answers = run("approve", str(good), str(blocked), "99", "--by", "alead")

    assert code == 1
    assert [(answer["ok"], answer["code"]) for answer in answers] == [
        (True, ""), (False, "approval.blocked"), (False, "post.missing"),
    ]  # fmt: skip
    assert world.state(good) is PostState.approved


def test_a_lead_overrides_with_a_reason(world: World, run: Run) -> None:
    post = world.in_review(findings=[BLOCK])
    assert run("approve", str(post), "--by", "alead", "--override", "法务已确认")[0] == 0
    assert world.approvals()[0].override_reason == "法务已确认"


@pytest.mark.parametrize("name", ["nobody", "aservice", "aoperator"])
def test_only_the_right_people_stand_for_a_decision(world: World, run: Run, name: str) -> None:
    post = world.in_review()
    assert run("approve", str(post), "--by", name)[0] == 1
    assert world.state(post) is PostState.in_review


def test_wrong_use_is_exit_code_two(world: World, run: Run) -> None:
    assert run("approve", "--by", "aeditor")[0] == 2
    assert run("approve", "1")[0] == 2
    assert run("dispatch", "--until", "neulich")[0] == 2
    assert run("arrived", "abc")[0] == 2


@pytest.mark.parametrize(
    ("command", "state"), [("reject", "rejected"), ("changes", "changes_requested"), ("hold", "held")]
)
def test_decisions_with_a_reason(world: World, run: Run, command: str, state: str) -> None:
    post = world.in_review()
    code, (answer,) = run(command, str(post), "--reason", "语气太硬", "--by", "aeditor")
    assert (code, answer["state"]) == (0, state)
    assert run(command, str(post), "--by", "aeditor")[0] == 2


def test_dispatch_and_ledger_prove_the_day(world: World, run: Run) -> None:
    world.approved()

    code, (count,) = run("dispatch", "--until", "2026-11-23T10:00")
    assert (code, count["sent"], count["until"]) == (0, 3, "2026-11-23T02:00:00+00:00")

    code, (day,) = run("ledger", "--day", "2026-11-23")
    assert code == 0 and day["holds"] is True
    assert (day["planned"], day["sent"], day["open"], day["faults"]) == (3, 3, 0, [])
    assert [group["sent"] for group in day["groups"]] == [1, 1, 1]


def test_a_day_that_does_not_hold_is_exit_code_one(world: World, run: Run) -> None:
    world.approved()
    run("dispatch", "--until", "2026-11-23T10:00")
    world.set(Delivery, world.rows(Delivery)[0].id, state="planned")

    code, (day,) = run("ledger", "--day", "2026-11-23")

    assert code == 1 and day["holds"] is False and day["faults"][0]["message"]


def test_pause_preview_and_resume(world: World, run: Run) -> None:
    held = world.in_review()
    assert run("pause", "--reason", "突发事件", "--by", "aoperator")[0] == 0
    assert run("resume", "--preview") == (0, [])
    assert run("resume", "--by", "aeditor") == (0, [])
    run("hold", str(held), "--reason", "等", "--by", "aeditor")
    assert run("resume", str(held), "--by", "aeditor")[1][0]["state"] == "in_review"


def test_unknown_deliveries_are_listed_and_answered(world: World, run: Run) -> None:
    from content_calendar import ledger
    from content_calendar.ledger import Result

    post = world.approved()
    with world.database.write() as session:
        ledger.freeze(session, post, now=NINE)
        claims = ledger.claim(session, owner="d", now=NINE, limit=1, lease=NINE - world.now)
        (call,) = ledger.open_attempts(session, claims, owner="d", now=NINE, lease=NINE - world.now).calls
        unknown = Result(call.delivery_id, call.fence, call.number, "unknown", NINE, NINE, code="http.502")
        ledger.settle(session, [unknown], now=NINE)

    code, (line,) = run("arrived")
    assert (code, line["id"], line["reason"]) == (0, call.delivery_id, "http.502")
    code, (answer,) = run("arrived", call.delivery_id, "--yes", "--by", "aoperator")
    assert (code, answer["state"]) == (0, "sent")
    assert run("arrived", call.delivery_id, "--yes", "--by", "aoperator")[0] == 1


def test_notices_are_listed_and_read(world: World, run: Run) -> None:
    world.in_review(due_at=NINE - (NINE - world.now) * 2)
    run("dispatch", "--until", "2026-11-23T08:30")

    code, (notice,) = run("notices")
    assert (code, notice["code"]) == (0, "post.missed")
    assert run("notices", "--read", str(notice["id"]), "--by", "alead") == (0, [])
    assert run("notices") == (0, [])
    assert len(run("notices", "--all")[1]) == 1
