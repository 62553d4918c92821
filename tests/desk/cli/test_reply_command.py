"""`chongfen reply`: one question, a file of them, and words that cannot be read."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from content_calendar.workbook.shift import EXAMPLE


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("reply")
    assert run(folder, "import", str(EXAMPLE)).returncode == 0
    return folder


def run(folder: Path, *argv: str, stdin: str | None = None) -> subprocess.CompletedProcess[str]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("CHONGFEN_")}
    return subprocess.run(
        [sys.executable, "-m", "desk.cli", "--data", str(folder), *argv],
        capture_output=True, text=True, env=environment, input=stdin, timeout=60,
    )  # fmt: skip


def lines(text: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in text.splitlines()]


def test_one_question_is_answered_with_its_sources(data: Path) -> None:
    done = run(data, "reply", "面膜可以天天敷吗", "--now", "2026-11-24T10:00", "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["risk"] == "none" and not found["escalate"]
    assert {"sheet": "话术", "row": 36} in found["sources"][:3]
    assert {"stance", "text", "findings"} <= set(found["suggestions"][0])


def test_for_a_person_it_says_first_who_takes_over(data: Path) -> None:
    done = run(data, "reply", "用完脸又红又痒", "--group", "沐禾宠粉群01")
    assert done.returncode == 0
    assert done.stdout.startswith("请转人工（过敏、不良反应、红肿）：立即，售后值班10分钟内接手")


def test_a_batch_answers_every_line_it_can_read(data: Path, tmp_path: Path) -> None:
    file = tmp_path / "asked.jsonl"
    context = {"tier": "high", "private": False, "now": "2026-11-24T10:00:00+08:00"}
    asked = [
        json.dumps({"id": 1, "text": "什么时候发货", "context": context}, ensure_ascii=False),
        "{broken",
        json.dumps({"id": "b", "text": "脸肿了"}, ensure_ascii=False),
        json.dumps({"id": "c", "context": {}}),
        json.dumps({"id": "d", "text": "x" * 10_000}),
        json.dumps({"id": "e", "text": "好", "context": {"tier": "vip"}}, ensure_ascii=False),
        "[1]",
        json.dumps({"id": "f", "text": ""}),
        "",
    ]
    file.write_text("\n".join(asked), "utf-8")
    done = run(data, "reply", "--batch", str(file), "--json")
    assert done.returncode == 2 and "Traceback" not in done.stderr
    found = lines(done.stdout)
    assert [line.get("id") for line in found] == [1, None, "b", "c", "d", "e", None, "f"]
    assert [line["error"]["line"] for line in found if "error" in line] == [2, 4, 6, 7]
    for line in found:
        if "error" not in line:
            assert list(line) == ["id", "risk", "escalate", "sources", "gap", "suggestions"]
            assert all(list(source) == ["sheet", "row"] for source in line["sources"])
            assert all(list(one) == ["stance", "text", "findings"] for one in line["suggestions"])
    assert found[0]["sources"][0] == {"sheet": "话术", "row": 49}
    assert found[2]["escalate"] is True and found[2]["risk"] == "reaction"


@pytest.mark.parametrize(
    ("argv", "code"),
    [((), 2), (("好", "--batch", "x"), 2), (("好", "--now", "昨天"), 2), (("",), 2), (("--batch", "/nowhere.jsonl"), 2), (("好", "--group", "无"), 1)],
)  # fmt: skip
def test_wrong_use_is_one_sentence(argv: tuple[str, ...], code: int, data: Path) -> None:
    done = run(data, "reply", *argv)
    assert done.returncode in (1, 2) and (done.returncode == code or code == 2)
    assert "Traceback" not in done.stderr and (done.stderr.strip() or done.stdout.strip())


def test_control_characters_are_no_trouble(data: Path) -> None:
    done = run(data, "reply", "\x01\x02面膜\u200b一周\u202e几次", "--json")
    assert done.returncode == 0
    assert {"sheet": "知识", "row": 43} in json.loads(done.stdout)["sources"][:3]
