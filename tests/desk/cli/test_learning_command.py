"""`chongfen learning` and `prompts diff` of two versions, as scripts use them: JSON, exit codes, one sentence per refusal."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from content_calendar import review
from content_calendar.database import Database
from content_calendar.learning import versions
from content_calendar.tables import Post
from desk.cli.main import entry
from prompts.library import Words
from tests.release_world import World

Run = Callable[..., tuple[int, list[dict[str, Any]]]]


@pytest.fixture
def world(sqlite_url: str, tmp_path: Path, make_database: Callable[[str], Database]) -> World:
    return World(make_database(f"sqlite:///{tmp_path}/chongfen.db")).build()


@pytest.fixture
def say(
    world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., tuple[int, str]]:
    """Call ``chongfen`` an hour before nine; exit code and what was printed."""
    monkeypatch.setenv("CHONGFEN_CLOCK", "2026-11-23T08:00")

    def call(*words: str) -> tuple[int, str]:
        monkeypatch.setattr(sys, "argv", ["chongfen", "--data", str(tmp_path), *words])
        with pytest.raises(SystemExit) as ended:
            entry()
        return int(ended.value.code or 0), capsys.readouterr().out

    return call


@pytest.fixture
def run(say: Callable[..., tuple[int, str]]) -> Run:
    """The same with --json."""

    def call(*words: str) -> tuple[int, list[dict[str, Any]]]:
        code, out = say(*words, "--json")
        return code, [json.loads(line) for line in out.splitlines()]

    return call


@pytest.fixture
def taught(world: World) -> World:
    """Three tips whose plea was struck out, one untouched."""
    for words in ("水温别太热", "毛巾要常换", "擦干再涂霜"):
        post = world.in_review(text=f"{words}。大家记得收藏。")
        with world.database.write() as session:
            found = session.get_one(Post, post)
            review.edit(
                session, found, f"{words}。", base_hash=world.newest(session, found).hash,
                user=world.user(session), findings=(), now=world.now,
            )  # fmt: skip
        world.approve(post)
    world.approved(text="先洗手。")
    return world


def test_the_figures_tell_pairs_notes_and_versions(taught: World, run: Run) -> None:
    code, (found,) = run("learning")
    assert code == 0 and found["notes"] == [] and found["versions"] == []
    assert (found["pairs"]["approved"], found["pairs"]["untouched"]) == (4, 1)
    assert found["authors"][0]["author"] == "offline"


def test_a_note_is_found_accepted_withdrawn_and_written(taught: World, run: Run) -> None:
    assert run("learning", "refresh")[1][0]["new"] >= 1
    notes = {note["note"]: note for note in run("learning")[1][0]["notes"]}
    plea = notes["不写“大家记得收藏”"]
    assert (plea["state"], plea["count"], plea["of"]) == ("offered", 3, 3)
    code, (answer,) = run("learning", "accept", str(plea["id"]), "--by", "aeditor")
    assert (code, answer["state"], answer["decided_by"]) == (0, "accepted", "user:aeditor")
    code, (refused,) = run("learning", "accept", str(plea["id"]), "--by", "aeditor")
    assert (code, refused["error"]["code"]) == (1, "note.state")
    assert run("learning", "withdraw", str(plea["id"]), "--by", "alead")[1][0]["state"] == "dismissed"
    assert (
        run("learning", "note", "称呼用禾苗", "--kind", "tip", "--by", "aeditor")[1][0]["state"] == "accepted"
    )


@pytest.mark.parametrize("name", ["aoperator", "aservice", "nobody"])
def test_only_the_right_people_decide(taught: World, run: Run, name: str) -> None:
    assert run("learning", "note", "称呼用禾苗", "--by", name)[0] == 1
    assert run("learning", "accept", "1", "--by", name)[0] == 1


def test_wrong_use_is_exit_code_two(world: World, run: Run) -> None:
    assert run("learning", "accept", "1")[0] == 2
    assert run("learning", "accept", "abc", "--by", "aeditor")[0] == 2
    assert run("prompts", "diff", "a", "b", "c")[0] == 2


def test_a_person_reads_sentences(taught: World, say: Callable[..., tuple[int, str]]) -> None:
    assert "新看出" in say("learning", "refresh")[1]
    shown = say("learning")[1]
    assert "批准 4 条，一字未动 25%" in shown and "待定" in shown and "3 条里改过 3 条" in shown


def test_an_empty_desk_is_told_where_to_begin(world: World, say: Callable[..., tuple[int, str]]) -> None:
    assert "还没有批准过的稿子" in say("learning")[1]


def test_two_versions_are_compared_by_the_beginning_of_their_hashes(world: World, run: Run) -> None:
    with world.database.write() as session:
        for digest, rule in (("a" * 64, "不写空话"), ("b" * 64, "不写口号")):
            pieces = [("kinds/tip.yaml", "packaged", rule), ("tiers/mid.yaml", "packaged", "mid")]
            versions.keep_words(session, Words.of("tip", digest, pieces), now=world.now)
    code, (found,) = run("prompts", "diff", "aaaaaa", "b" * 64)
    assert (code, found["name"]) == (1, "packaged/kinds/tip.yaml")
    assert "-不写空话" in found["diff"] and "+不写口号" in found["diff"] and "--- aaaaaaaa/" in found["diff"]
    assert run("prompts", "diff", "aaaaaa", "aaaaaa") == (0, [])
    code, (refused,) = run("prompts", "diff", "aaaaaa", "cccccc")
    assert (code, refused["error"]["code"]) == (1, "version.missing")
