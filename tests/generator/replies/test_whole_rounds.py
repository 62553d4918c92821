"""Whole rounds, held as they stand: people called, few needlessly, the right rows, gaps told, no number from nowhere (see rounds/README.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from pathlib import Path

import pytest

from generator.replies import Question, Reply, ReplyDesk, suggest
from generator.replies.risk import classes
from prompts.brief import ProductSheet

NOW = datetime.fromisoformat("2026-11-24T10:00+08:00")
ROUNDS = Path(__file__).parent / "rounds"
PERSON, NEEDLESS, FOUND, GAPS, FALSE_GAPS = 0.98, 0.08, 0.95, 0.85, 0.03
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
NAMES = [f"whole-{number}.tsv" for number in range(1, 17)]


@dataclass(frozen=True)
class Line:
    danger: str
    rows: str
    text: str
    reply: Reply

    @property
    def calm(self) -> bool:
        return self.danger == "none"

    @property
    def placed(self) -> bool:
        return self.rows not in ("-", "gap")


@pytest.fixture(scope="module")
def answered(desk: ReplyDesk) -> dict[str, list[Line]]:
    return {name: [_line(row, desk) for row in (ROUNDS / name).read_text("utf-8").splitlines()] for name in NAMES}  # fmt: skip


def _line(row: str, desk: ReplyDesk) -> Line:
    danger, rows, text = row.split("\t")
    text = text.replace("\\n", "\n")
    return Line(danger, rows, text, suggest(Question(text, NOW), desk))


@pytest.mark.parametrize("name", NAMES)
def test_a_whole_round_stays_as_good_as_it_was_made(answered: dict[str, list[Line]], name: str) -> None:
    lines = answered[name]
    must, calm = [line for line in lines if not line.calm], [line for line in lines if line.calm]
    placed = [line for line in lines if line.placed]
    missed = [line.text for line in must if not line.reply.escalate]
    needless = [line.text for line in calm if line.reply.escalate]
    unfound = [line.text for line in placed if not set(line.rows.split(",")) & set(_first(line.reply))]
    assert len(missed) <= (1 - PERSON) * len(must), missed
    assert len(needless) <= NEEDLESS * len(calm), needless
    assert len(unfound) <= (1 - FOUND) * len(placed), unfound


@pytest.mark.parametrize("name", NAMES)
def test_what_no_row_answers_is_asked_and_what_one_does_is_not(
    answered: dict[str, list[Line]], name: str
) -> None:
    lines = [line for line in answered[name] if line.calm]
    nowhere = [line for line in lines if line.rows == "gap"]
    placed = [line for line in lines if line.placed]
    answered_all_the_same = [line.text for line in nowhere if not line.reply.gap]
    asked_for_nothing = [line.text for line in placed if line.reply.gap]
    assert len(nowhere) >= 6 and len(answered_all_the_same) <= (1 - GAPS) * len(nowhere), answered_all_the_same  # fmt: skip
    assert len(asked_for_nothing) <= FALSE_GAPS * len(placed), asked_for_nothing


def test_nothing_barred_and_no_number_from_nowhere(answered: dict[str, list[Line]], desk: ReplyDesk) -> None:
    told = {document.name: _words(document.record) for document in desk.index.documents}
    always = _said_anywhere(desk)
    for line in (line for lines in answered.values() for line in lines):
        for one in line.reply.suggestions:
            assert not [finding for finding in one.findings if finding.verdict == "block"], line.text
            places = {f"{source.sheet}:{source.key}" for source in (*one.sources, *line.reply.sources)}
            known = " ".join(told[place] for place in places if place in told) + always
            strange = set(_NUMBER.findall(one.text)) - set(_NUMBER.findall(known)) - _of_moments(known)
            assert not strange, (line.text, one.text, strange)


def _said_anywhere(desk: ReplyDesk) -> str:
    """What a reply may say beside its sources: the words of care, the brand's own sheet, the campaign a script speaks of."""
    care = " ".join(f"{risk.text.private} {risk.text.group}" for risk in classes())
    voice, campaigns = desk.corpus.voice, " ".join(_words(record) for record in desk.corpus.campaigns)
    return f"{care} {voice.hours} {voice.mall_url} {voice.story} {campaigns}"


def _first(reply: Reply) -> list[str]:
    return [f"{source.sheet}:{source.row}" for source in reply.sources[:3]]


def _words(record: object) -> str:
    """All that a record says, moments as the sheet writes them."""
    if not is_dataclass(record):
        return str(record.model_dump() if isinstance(record, ProductSheet) else record)
    return " ".join(_words(getattr(record, field.name)) for field in fields(record))


def _of_moments(known: str) -> set[str]:
    """08 of 2026-12-08 08:00 is said as 8."""
    return {number.lstrip("0") for number in _NUMBER.findall(known)}
