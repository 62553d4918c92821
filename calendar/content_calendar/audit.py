"""The one way to write an audit event that is not a change of a post's or a delivery's state.

Changes of state write theirs in :mod:`content_calendar.states`, in the same statement's transaction.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from content_calendar.tables import AuditEvent


def note(
    session: Session,
    *,
    brand_id: int,
    now: datetime,
    actor: str,
    action: str,
    subject: str,
    subject_id: int | str,
    detail: dict[str, Any] | None = None,
) -> None:
    """Add one event; ``actor`` is ``user:<name>`` or ``system:<part>``, ``action`` like ``post.approved``."""
    session.add(
        AuditEvent(
            brand_id=brand_id, at=now, actor=actor, action=action, subject=subject,
            subject_id=str(subject_id), detail=detail or {},
        )
    )  # fmt: skip
