"""A model is told which know-how its readers had lately, and by what words; never more of a text than that."""

from __future__ import annotations

from datetime import date

from prompts.brief import Heard
from prompts.library import Library
from prompts.library.view import told
from tests.fakes.briefs import NOTES, brief


def _heard(text: str) -> Heard:
    return Heard(day=date(2026, 11, 20), kind="tip", text=text, tier="mid")


def test_know_how_told_in_its_own_words_is_named_and_other_know_how_is_not() -> None:
    some = brief().model_copy(
        update={"heard": (_heard(f"洗脸水多热？\n{NOTES[0].answer}\n今晚试试，记得别太烫。"),)}
    )
    assert told(some) == (NOTES[0].question,)
    assert told(brief().model_copy(update={"heard": (_heard("早，今天三件事。"),)})) == ()


def test_the_model_is_asked_to_go_on_with_the_next_piece() -> None:
    some = brief().model_copy(update={"heard": (_heard(NOTES[0].answer),)})
    asked = Library.load().render(some)
    assert "这些知识最近讲过" in asked.user and NOTES[0].question in asked.user.split("最近讲过")[1]
    assert NOTES[0].question not in asked.system
    plain = Library.load().render(brief().model_copy(update={"heard": (_heard("早，今天三件事。"),)}))
    assert "这些知识最近讲过" not in plain.user
