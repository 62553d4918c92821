"""The bars of the reply desk on 370 labelled customer lines: right sources, people where people are needed, nothing barred."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from generator.replies import Question, Reply, ReplyDesk, suggest

Answered = list[tuple[dict[str, Any], Reply]]


@pytest.fixture(scope="module")
def answered(cases: list[dict[str, Any]], desk: ReplyDesk) -> Answered:
    now = datetime.fromisoformat("2026-11-24T10:00+08:00")
    return [(case, suggest(Question(case["text"], now), desk)) for case in cases]


@pytest.mark.parametrize("split", ["tune", "held"])
def test_the_right_source_is_among_the_first_three(answered: Answered, split: str) -> None:
    mine = [(case, reply) for case, reply in answered if case["split"] == split and case["expect"]]
    right = [any(source.place() in case["expect"] for source in reply.sources[:3]) for case, reply in mine]
    assert sum(right) / len(right) >= 0.93


@pytest.mark.parametrize("split", ["tune", "held"])
def test_every_case_for_a_person_is_escalated(answered: Answered, split: str) -> None:
    missed = [
        case["text"]
        for case, reply in answered
        if case["split"] == split and case["escalate"] and not reply.escalate
    ]
    assert missed == []


@pytest.mark.parametrize("split", ["tune", "held"])
def test_few_ordinary_questions_are_escalated(answered: Answered, split: str) -> None:
    mine = [reply.escalate for case, reply in answered if case["split"] == split and not case["escalate"]]
    assert sum(mine) / len(mine) <= 0.04


def test_nothing_barred_is_shown_and_whoever_escalates_knows_to_whom(answered: Answered) -> None:
    for _, reply in answered:
        assert not [f for one in reply.suggestions for f in one.findings if f.verdict == "block"]
        assert len(reply.suggestions) <= 3
        assert bool(reply.handover) == reply.escalate


def test_in_danger_nothing_is_sold(answered: Answered) -> None:
    for _, reply in answered:
        if reply.risk != "none":
            assert reply.suggestions
            assert all(
                one.stance != "order" and "mall.example.com" not in one.text for one in reply.suggestions
            )
            assert {one.author for one in reply.suggestions} <= {"care", "script"}
