"""What was seen once stays seen: every round of fresh lines, after it was scored at first contact (see rounds/README.md)."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from generator.replies import Question, ReplyDesk, suggest

NOW = datetime.fromisoformat("2026-11-24T10:00+08:00")
ROUNDS = Path(__file__).parent / "rounds"
PERSON, NEEDLESS, FOUND = 0.98, 0.06, 0.95


def lines(name: str) -> list[tuple[str, str]]:
    rows = (line.split("\t", 1) for line in (ROUNDS / name).read_text("utf-8").splitlines() if line)
    return [(want, text.replace("\\n", "\n")) for want, text in rows]


@pytest.mark.parametrize("name", [f"danger-{number}.tsv" for number in range(1, 10)])
def test_cases_for_a_person_reach_one_and_few_others_do(name: str, desk: ReplyDesk) -> None:
    replies = [(want, text, suggest(Question(text, NOW), desk)) for want, text in lines(name)]
    missed = [text for want, text, reply in replies if want != "none" and not reply.escalate]
    needless = [text for want, text, reply in replies if want == "none" and reply.escalate]
    calm = sum(want == "none" for want, *_ in replies)
    assert len(missed) <= (1 - PERSON) * (len(replies) - calm), missed
    assert len(needless) <= NEEDLESS * calm, needless
    assert all(reply.suggestions for *_, reply in replies)
    assert not [f for *_, reply in replies for one in reply.suggestions for f in one.findings if f.verdict == "block"]  # fmt: skip


@pytest.mark.parametrize("name", [f"sources-{number}.tsv" for number in range(1, 4)])
def test_the_right_source_is_among_the_first_three(name: str, desk: ReplyDesk) -> None:
    missed = []
    for want, text in lines(name):
        reply = suggest(Question(text, NOW), desk)
        found = [f"{source.sheet}:{source.row}" for source in reply.sources[:3]]
        right = (reply.gap or reply.escalate) if want == "gap" else bool(set(want.split(",")) & set(found))
        missed += [] if right else [(want, text, found)]
    assert len(missed) <= (1 - FOUND) * len(lines(name)), missed
