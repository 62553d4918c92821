"""A person's edit: checked against the facts as they are now, then made a revision."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from content_calendar import review, revised
from content_calendar.rules import runs, standing
from content_calendar.rules.runs import Checked
from content_calendar.tables import Brand, FindingRow, Post, Revision, User
from desk.auth.roles import Role
from desk.errors import DeskError, Missing
from generator.checks import check
from prompts.brief import Brief, Fact
from prompts.draft import Draft, Finding, Provenance
from prompts.mentions import mentioned
from workers.checks import rulebook

LONGEST = 20_000  # characters; as for a person's edit


def save(
    session: Session,
    post: Post,
    text: str,
    *,
    base_hash: str,
    user: User,
    now: datetime,
    picture: str | None = None,
) -> Revision:
    """Make ``text`` the newest revision, with its findings; StateConflict ``review.base_changed`` when somebody
    was faster. A person's same text again gives back the revision there is; a service account always submits.
    """
    clean = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    brief = standing.current(session, post, now=now)
    ruled = rulebook.ruled(session, session.get_one(Brand, post.brand_id))
    # What a person hands in is what will be said: nobody adds an AI label after them.
    findings = check(clean, brief, own=ruled.own, final=True)
    newest, facts = revised.newest(session, post), tuple(review.facts_now(session, post, now=now))
    if newest is None or newest.text != clean:
        facts = _stands_on(clean, brief, facts)
    if user.role == Role.service:
        made = _submitted(session, post, clean, base_hash, user, now, findings, facts)
    else:
        made = review.edit(
            session, post, text, base_hash=base_hash, user=user, findings=findings, now=now, facts=facts,
            picture=picture,
        )  # fmt: skip
    if newest is None or made.id != newest.id:
        stands_on = runs.digest_of(facts, runs.goods(session, post.brand_id))
        runs.note(session, made.id, Checked(ruled.fingerprint, stands_on, findings, "edited"), now=now)
    return made


def swap(
    session: Session, post: Post, finding_id: int, *, base_hash: str, user: User, now: datetime
) -> Revision:
    """Put a finding's ready replacement in its place: a new revision, like any edit.

    Missing when the newest revision has no such finding, or none that offers anything for the words that stand there.
    """
    newest = revised.newest(session, post)
    row = session.get(FindingRow, finding_id)
    if newest is None or row is None or row.revision_id != newest.id or not _fits(row, newest.text):
        raise Missing(
            "这处检查结果已经不在最新版本上，请看过新版再改。",
            code="finding.gone",
            english="This finding is not on the newest revision; look at that first.",
        )
    text = newest.text[: row.start] + (row.replacement or "") + newest.text[row.end :]
    return save(session, post, text, base_hash=base_hash, user=user, now=now)


def _fits(row: FindingRow, text: str) -> bool:
    return row.replacement is not None and row.start < row.end and text[row.start : row.end] == row.excerpt


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
