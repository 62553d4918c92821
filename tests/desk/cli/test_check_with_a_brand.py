"""`chongfen check --brand` uses what the brand says of itself; `--judge` asks the model about doubts and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from content_calendar.database import Database, migrate
from content_calendar.rules import changing
from content_calendar.tables import Brand, JudgeAnswer, ModelCall
from desk.cli.main import cli
from prompts.house_rules import OwnRule
from tests.fakes.openai_server import OpenAIServer, answer

NOW = datetime(2026, 11, 23, tzinfo=UTC)
DOUBTED = "这款精华祛·痘很快的，姐妹信我"
SAID = {
    "answers": [{"number": 1, "rule": "cosmetics.guarantee", "words": "祛·痘很快", "reason": "像保证见效"}]
}


@pytest.fixture
def database(tmp_path: Path) -> Database:
    url = f"sqlite:///{tmp_path / 'chongfen.db'}"
    migrate(url)
    database = Database(url)
    with database.write() as session:
        brand = Brand(uid="b" * 32, name="沐禾", industry="护肤", forbidden=["亲们"])
        session.add(brand)
        session.flush()
        rule = OwnRule(words=("小仙女",), verdict="warn", reason="我们叫大家禾苗", replacement="禾苗")
        changing.add(session, brand, rule, actor="user:lead", now=NOW)
    return database


def call(folder: Path, *words: str, text: str, **environment: str) -> Result:
    return CliRunner().invoke(cli, ["--data", str(folder), *words], input=text.encode(), env=environment)


def documents(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_a_brands_own_rules_and_forbidden_words_are_looked_for(database: Database, tmp_path: Path) -> None:
    result = call(tmp_path, "--brand", "沐禾", "check", "-", "--json", text="小仙女们早\n亲们早\n")
    first, second = documents(result)
    assert first["verdict"] == "warn" and first["findings"][0]["replacement"] == "禾苗"
    assert [item["rule"] for item in second["findings"]] == ["brand.forbidden"]
    assert documents(call(tmp_path, "check", "-", "--json", text="小仙女们早\n"))[0]["verdict"] == "allow"


def test_the_judge_adds_its_warning_once_and_is_booked(database: Database, tmp_path: Path) -> None:
    with OpenAIServer(answer(SAID)) as server:
        model = {"CHONGFEN_MODELS": f"{server.url}#fake", "CHONGFEN_MODEL_KEY": "sk-test"}
        text = f"{DOUBTED}\n今天周五，早点休息\n"
        found = documents(call(tmp_path, "check", "-", "--judge", "--json", text=text, **model))
        again = documents(call(tmp_path, "check", "-", "--judge", "--json", text=text, **model))
        assert len(server.journal) == 1, "a clean line is not asked about, and no doubt twice"
    assert found == again
    added = found[0]["findings"][-1]
    assert (added["rule"], added["verdict"], added["trust"]) == ("cosmetics.guarantee", "warn", 0.5)
    with database.read() as session:
        (kept,) = session.scalars(select(JudgeAnswer)).all()
        (booked,) = session.scalars(select(ModelCall)).all()
    assert (kept.rule, kept.model) == ("cosmetics.evaluate", "custom:fake") and kept.reason == "像保证见效"
    assert (booked.purpose, booked.outcome) == ("judge", "ok")


def test_without_a_model_the_judge_is_wrong_use(database: Database, tmp_path: Path) -> None:
    result = call(tmp_path, "check", "-", "--judge", text="早\n")
    assert result.exit_code == 2 and "模型" in result.output
