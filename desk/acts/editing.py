"""A person's edit: checked against the facts as they are now, then made a revision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from content_calendar import review, revised
from content_calendar.plan import briefs
from content_calendar.tables import Post, Revision, User
from desk.auth.roles import Role
from desk.errors import DeskError
from generator.checks import check
from prompts.brief import Brief, Fact
from prompts.draft import Draft, Finding, Provenance
from prompts.mentions import mentioned

LONGEST = 20_000  # characters; as for a person's edit


def save(session: Session, post: Post, text: str, *, base_hash: str, user: User, now: datetime) -> Revision:
    """Make ``text`` the newest revision, with its findings; StateConflict ``review.base_changed`` when somebody
    was faster. A person's same text again gives back the revision there is; a service account always submits.
    """
    clean = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    brief = briefs.build(session, post, now=now)
    findings = check(clean, brief)
    newest, facts = revised.newest(session, post), tuple(review.facts_now(session, post))
    if newest is None or newest.text != clean:
        facts = _stands_on(clean, brief, facts)
    if user.role == Role.service:
        return _submitted(session, post, clean, base_hash, user, now, findings, facts)
    return review.edit(
        session, post, text, base_hash=base_hash, user=user, findings=findings, now=now, facts=facts
    )


def _stands_on(text: str, brief: Brief, before: Sequence[Fact]) -> tuple[Fact, ...]:
    """What the text stood on before, and what the brief knows that a person now wrote into it.

    Each of them is read again at release (promise 4): a price typed by hand must not escape that.
    """
    known = {fact.id: fact for fact in mentioned(text, brief.facts)}
    return tuple((known | {fact.id: fact for fact in before}).values())


def _submitted(
    session: Session,
    post: Post,
    text: str,
    base_hash: str,
    user: User,
    now: datetime,
    findings: tuple[Finding, ...],
    facts: tuple[Fact, ...],
) -> Revision:
    """A program's text: a draft for the editors, under the program's name."""
    if not text or len(text) > LONGEST:
        raise DeskError(
            f"内容要 1 到 {LONGEST} 字。",
            code="review.text_unusable",
            english=f"A text has 1 to {LONGEST} characters.",
        )
    draft = Draft(
        text=text,
        first_line=text.split("\n", 1)[0],
        facts=facts,
        findings=findings,
        provenance=Provenance(author=f"service:{user.name}"),
    )
    return review.submit(session, post, draft, None, actor=f"user:{user.name}", now=now, base_hash=base_hash)
