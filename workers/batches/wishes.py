"""What editors asked of posts that are written again: the reason they gave, as the writer's instruction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar import revised
from content_calendar.states import PostState
from content_calendar.tables import AuditEvent, Post


def of(session: Session, posts: Sequence[Post]) -> dict[int, str]:
    """Post id → the newest request for changes that no revision has answered yet; two statements.

    Read from the audit trail, because the state's own reason is gone once somebody claims the post.
    """
    newest = revised.newest_many(session, posts)
    if not newest:
        return {}
    query = (
        select(AuditEvent.subject_id, AuditEvent.at, AuditEvent.detail)
        .where(
            AuditEvent.subject == "post",
            AuditEvent.subject_id.in_([str(post_id) for post_id in newest]),
            AuditEvent.after == PostState.changes_requested,
        )
        .order_by(AuditEvent.id)
    )
    asked = {}
    for subject_id, at, detail in session.execute(query):
        post_id = int(subject_id)
        if at >= newest[post_id].created_at and detail.get("reason"):
            asked[post_id] = str(detail["reason"])
    return asked
