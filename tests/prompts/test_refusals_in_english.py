"""Whatever the prompt library refuses, it says in both languages."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from desk.cli import main
from prompts.errors import PromptError
from prompts.library import Library
from tests.fakes.briefs import brief

ROOT = Path(__file__).parents[2]
FLOORS = ("prompts", "generator", "workers", "desk")


def raised() -> list[tuple[str, ast.Call]]:
    """Every place in the code that makes a PromptError."""
    found = []
    for path in (file for floor in FLOORS for file in (ROOT / floor).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "PromptError":
                found.append((f"{path.relative_to(ROOT)}:{node.lineno}", node))
    return found


def test_every_refusal_has_an_english_sentence_without_chinese() -> None:
    places = raised()
    assert len(places) > 30
    for where, call in places:
        english = next((ast.unparse(word.value) for word in call.keywords if word.arg == "english"), "")
        assert english and not re.search("[\u4e00-\u9fff]", english), where


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("templates/tip.j2", "[user]\nx", "needs a line [system]"),
        ("templates/tip.j2", "[system]\n{{ brief.__class__ }}\n[user]\nx", "may not be read"),
        ("kinds/tip.yaml", "name: [", "no valid YAML"),
    ],
)
def test_a_broken_file_is_told_in_english_too(tmp_path: Path, file: str, text: str, said: str) -> None:
    path = tmp_path / file
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8")
    with pytest.raises(PromptError) as caught:
        Library.load(tmp_path).render(brief())
    assert said in caught.value.english and str(caught.value) != caught.value.english


def test_the_command_line_speaks_english_where_it_is_asked_to(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHONGFEN_LANG", "en")
    monkeypatch.setattr("sys.argv", ["chongfen", "prompts", "show", "nothing-like-it"])
    with pytest.raises(SystemExit):
        main.entry()
    told = capsys.readouterr().err
    assert "No file is called 'nothing-like-it'" in told and not re.search("[\u4e00-\u9fff]", told)
