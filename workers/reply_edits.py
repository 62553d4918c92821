"""What a person writes for the reply lane is checked like what is suggested: an edit before it is copied, an answer before it is a source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from generator.replies import Question, ReplyDesk, guard
from generator.replies.preparing import prepare
from prompts.brief import Note
from prompts.draft import Finding

PERSON = "person"
_OF_FACTS = "fact."


def of_edit(desk: ReplyDesk, question: Question, text: str) -> tuple[Finding, ...]:
    """What the lane finds in an operator's words for ``question``.

    A number may stand on what the question's sources say, or on what the edit itself names: an operator may well
    speak of another product than the customer did.
    """
    found = guard.judge(text, PERSON, question, desk.corpus, prepare(question, desk).brief)
    if not any(finding.rule.startswith(_OF_FACTS) for finding in found):
        return found
    near = prepare(replace(question, text=text), desk).brief
    again = {_spot(finding) for finding in guard.judge(text, PERSON, question, desk.corpus, near)}
    return tuple(one for one in found if not one.rule.startswith(_OF_FACTS) or _spot(one) in again)


def of_answer(desk: ReplyDesk, question: str, answer: str, *, now: datetime) -> tuple[Finding, ...]:
    """What the lane finds in an answer that is to be a source itself: its own numbers are facts from then on."""
    asked = Question(question, now)
    own = Note(key="own", topic="", question=question, answer=answer)
    brief = guard.brief_for(asked, desk.corpus, ()).model_copy(update={"scripts": (own,)})
    return guard.judge(answer, PERSON, asked, desk.corpus, brief)


def barred(found: Sequence[Finding]) -> bool:
    """True when a finding forbids the words."""
    return any(finding.verdict == "block" for finding in found)


def _spot(finding: Finding) -> tuple[str, int, int]:
    return finding.rule, finding.start, finding.end
