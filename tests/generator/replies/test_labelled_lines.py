"""The bars of the reply desk on 800 labelled customer lines: right sources, people where people are needed, nothing barred."""

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


SPLITS = ("tune", "held", "wave2", "wave3", "wave4", "wave5", "wave6")


@pytest.mark.parametrize("split", ["tune", "held", "wave2", "wave3"])
def test_the_right_source_is_among_the_first_three(answered: Answered, split: str) -> None:
    mine = [(case, reply) for case, reply in answered if case["split"] == split and case["expect"]]
    right = [any(source.place() in case["expect"] for source in reply.sources[:3]) for case, reply in mine]
    assert len(right) > 80 and sum(right) / len(right) >= 0.9


@pytest.mark.parametrize("split", SPLITS)
def test_cases_for_a_person_are_escalated(answered: Answered, split: str) -> None:
    must = [
        (case["text"], reply.escalate)
        for case, reply in answered
        if case["split"] == split and case["escalate"]
    ]
    missed = [text for text, escalated in must if not escalated]
    assert len(must) >= 25 and len(missed) <= 0.025 * len(must), missed


def test_few_ordinary_questions_are_escalated(answered: Answered) -> None:
    ordinary = [(case["text"], reply.escalate) for case, reply in answered if not case["escalate"]]
    needless = [text for text, escalated in ordinary if escalated]
    assert len(ordinary) > 350 and len(needless) <= 0.03 * len(ordinary), needless


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
