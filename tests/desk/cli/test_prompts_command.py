"""`chongfen prompts` for people and for programs."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import func, select

from content_calendar import workbook
from content_calendar.database import Database
from content_calendar.errors import NotFound
from content_calendar.plan.planner import plan
from content_calendar.tables import Brand, ModelCall, Post
from content_calendar.workbook.shift import EXAMPLE
from desk.cli.main import cli
from prompts.errors import PromptError
from tests.fakes.briefs import full
from tests.fakes.openai_server import OpenAIServer


def call(*argv: str, text: str | None = None) -> Result:
    return CliRunner().invoke(cli, ["prompts", *argv], input=text)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    (folder / "kinds").mkdir(parents=True)
    (folder / "kinds" / "tip.yaml").write_text("max_chars: 150\n", "utf-8")
    return folder


def test_list_names_every_piece_and_where_it_is_from(own: Path) -> None:
    rows = [json.loads(line) for line in call("list", "--prompts", str(own), "--json").output.splitlines()]
    tip = next(row for row in rows if row["folder"] == "kinds" and row["key"] == "tip")
    assert tip["origin"] == "override" and tip["name"] == "干货分享"
    assert {row["folder"] for row in rows} == {
        "personas",
        "tiers",
        "kinds",
        "industries",
        "angles",
        "templates",
        "replying",
    }


def test_show_prints_both_layers_of_a_file(own: Path) -> None:
    shown = json.loads(call("show", "tip", "--prompts", str(own), "--json").output)
    assert {(one["name"], one["origin"]) for one in shown} == {
        ("kinds/tip.yaml", "packaged"), ("templates/tip.j2", "packaged"), ("kinds/tip.yaml", "override"),
    }  # fmt: skip
    assert isinstance(call("show", "nonsense").exception, PromptError)


def test_a_brief_in_a_file_is_rendered_with_its_hash(tmp_path: Path) -> None:
    path = tmp_path / "brief.json"
    path.write_text(full("launch").model_dump_json(), "utf-8")
    made = json.loads(call("render", "--brief", str(path), "--json").output)
    assert made["template"] == "launch" and len(made["template_hash"]) == 64
    assert "神经酰胺修护面霜" in made["user"] and "神经酰胺修护面霜" not in made["system"]
    assert "── system" in call("render", "--brief", "-", text=path.read_text("utf-8")).output


@pytest.mark.parametrize("text", ["", "{", "[]", '{"post": 1}'])
def test_a_file_that_is_no_brief_is_refused_in_one_sentence(tmp_path: Path, text: str) -> None:
    path = tmp_path / "brief.json"
    path.write_text(text, "utf-8")
    result = call("render", "--brief", str(path))
    assert isinstance(result.exception, PromptError) and result.exception.code == "prompt.brief"


def test_lint_is_quiet_about_our_own_files_and_loud_about_a_bad_one(own: Path) -> None:
    assert call("lint").exit_code == 0
    (own / "templates").mkdir()
    (own / "templates" / "tip.j2").write_text("[system]\n{{ x }}\n[user]\ny", "utf-8")
    result = call("lint", "--prompts", str(own), "--json")
    assert result.exit_code == 1
    assert [json.loads(line)["kind"] for line in result.output.splitlines()] == ["name"]


def test_diff_shows_what_a_brand_changed(own: Path) -> None:
    result = call("diff", "--prompts", str(own))
    assert result.exit_code == 1 and "+max_chars: 150" in result.output
    assert call("diff").exit_code == 0


def test_eval_puts_two_writers_side_by_side_in_a_table_and_a_page(tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    with OpenAIServer() as server:
        asked = [
            "--writer",
            "offline",
            "--writer",
            f"{server.url}#m?timeout=5",
            "--html",
            str(page),
            "--json",
        ]
        result = CliRunner().invoke(
            cli, ["--data", str(tmp_path), "prompts", "eval", "--kind", "good_night", *asked]
        )
    made = json.loads(result.output)
    assert made["contestants"][0]["name"] == "offline" and made["briefs"] == 6
    assert all(0 < one["total"] <= 100 for one in made["contestants"])
    assert page.read_text("utf-8").startswith("<!doctype html>")
    database = Database(f"sqlite:///{tmp_path / 'chongfen.db'}")
    with database.read() as session:  # a contest is paid from the same day's budget
        assert session.scalar(select(func.count()).select_from(ModelCall)) == len(server.journal) > 0
    database.dispose()
    assert call("eval", "--kind", "nonsense").exit_code == 2


@pytest.fixture
def planned(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The options that lead to a database with the example's first week planned, and two posts' ids."""
    monkeypatch.setenv("CHONGFEN_CLOCK", "2026-11-22T12:00")
    content = workbook.read(EXAMPLE).content
    assert content is not None
    database, now = Database(sqlite_url), datetime.fromisoformat("2026-11-22T12:00+08:00")
    with database.write() as session:
        workbook.apply(session, content, now=now, actor="user:li")
        brand = session.scalars(select(Brand)).one()
        plan(session, brand, start=date(2026, 11, 23), days=4, now=now)
        posts = session.scalars(
            select(Post).where(Post.kind.in_(("launch", "tip"))).order_by(Post.kind)
        ).all()
        ids = [str(posts[0].id), str(posts[-1].id)]
    database.dispose()
    return ["--data", str(tmp_path), *ids]


def test_a_planned_post_is_rendered_as_a_model_would_be_asked_now(planned: list[str]) -> None:
    result = CliRunner().invoke(cli, [*planned[:2], "prompts", "render", "--post", planned[2], "--json"])
    made = json.loads(result.output)
    assert made["template"] == "launch" and "神经酰胺修护面霜" in made["user"]


def test_two_posts_are_compared_by_the_words_that_ask_for_them(planned: list[str]) -> None:
    result = CliRunner().invoke(cli, [*planned[:2], "prompts", "diff", "--posts", *planned[2:], "--json"])
    made = json.loads(result.output)
    assert result.exit_code == 1 and "干货" in made["diff"] and "还没有稿子" in made["note"]


def test_a_post_that_does_not_exist_is_refused(planned: list[str]) -> None:
    result = CliRunner().invoke(cli, [*planned[:2], "prompts", "render", "--post", "99999"])
    assert isinstance(result.exception, NotFound)
