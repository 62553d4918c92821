"""A person's edit: checked against the facts as they are now, then made a revision."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from content_calendar import review
from content_calendar.plan import briefs
from content_calendar.tables import Post, Revision, User
from generator.checks import check


def save(session: Session, post: Post, text: str, *, base_hash: str, user: User, now: datetime) -> Revision:
    """Make ``text`` the newest revision, with its findings; StateConflict ``review.base_changed`` when somebody
    was faster. The same text again gives back the revision there is.
    """
    brief = briefs.build(session, post, now=now)
    clean = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    return review.edit(
        session,
        post,
        text,
        base_hash=base_hash,
        user=user,
        findings=check(clean, brief),
        now=now,
        facts=review.facts_now(session, post),
    )
