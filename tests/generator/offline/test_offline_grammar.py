"""The grammar is data with a schema: every file loads, every slot and condition is one the code knows."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from generator.offline import grammar
from generator.offline.guard import ABSOLUTE, INTERNAL, PRESSURE
from prompts.kinds import all_kinds

ROOT = Path(grammar.__file__).resolve().parents[1]
CODE = "\n".join(path.read_text("utf-8") for path in ROOT.rglob("*.py"))
FREE = re.compile(r"^(has|told|stage|angle|lane|intro)_")


def _lines(kind: str) -> list[grammar.Line]:
    words = grammar.load(kind)
    blocks = [line for frame in words.frames for block in frame.blocks for line in block.any]
    return [*blocks, *(line for lines in words.phrases.values() for line in lines), *words.pictures]


@pytest.mark.parametrize("kind", sorted(all_kinds()))
def test_every_kind_has_words_and_a_frame_for_a_bare_brief(kind: str) -> None:
    words = grammar.load(kind)
    assert any(not frame.when for frame in words.frames)


@pytest.mark.parametrize("kind", sorted(all_kinds()))
def test_every_slot_is_filled_somewhere(kind: str) -> None:
    phrases = grammar.load(kind).phrases
    unknown = {
        slot
        for line in _lines(kind)
        for slot in line.slots
        if slot not in phrases and f'"{slot}"' not in CODE
    }
    assert not {slot for slot in unknown if not re.fullmatch(r"say_\d", slot)}


@pytest.mark.parametrize("kind", sorted(all_kinds()))
def test_every_condition_is_a_trait_that_code_can_mark(kind: str) -> None:
    frames = grammar.load(kind).frames
    asked = {trait for item in (*_lines(kind), *frames) for group in item.when for trait in group}
    asked |= {trait for item in (*_lines(kind), *frames) for trait in item.unless}
    named = {trait for trait in asked if not FREE.match(trait) and f'"{trait}"' not in CODE}
    assert not named
    filled = {trait.removeprefix("has_") for trait in asked if trait.startswith("has_")}
    assert not {slot for slot in filled if f'"{slot}"' not in CODE and f'"has_{slot}"' not in CODE}


@pytest.mark.parametrize("kind", sorted(all_kinds()))
def test_no_line_holds_an_internal_word_a_threat_or_an_absolute_word(kind: str) -> None:
    for line in _lines(kind):
        assert not INTERNAL.search(line.text), line.text
        assert not PRESSURE.search(line.text), line.text
        assert not ABSOLUTE.search(line.text), line.text


def test_a_broken_line_or_block_is_refused() -> None:
    with pytest.raises(ValueError, match="花括号"):
        grammar.Line.parse("多了一个{")
    with pytest.raises(ValidationError):
        grammar.Grammar.model_validate({"frames": [{"name": "x", "blocks": [{"first": [], "body": ["a"]}]}]})
    with pytest.raises(ValidationError):
        grammar.Grammar.model_validate({"frames": [{"name": "x", "colour": "red", "blocks": []}]})


def test_conditions_read_as_and_or_and_not() -> None:
    line = grammar.Line.parse("<mid|low price !short> 共{stock}")
    assert line.fits(frozenset({"mid", "price"}))
    assert line.fits(frozenset({"low", "price"}))
    assert not line.fits(frozenset({"low", "price", "short"}))
    assert not line.fits(frozenset({"high", "price"}))
    assert (line.text, line.slots) == ("共{stock}", ("stock",))
