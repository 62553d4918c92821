"""Who may decide: people with a role; a service account may submit, never approve."""

from __future__ import annotations

from content_calendar.errors import CalendarError
from content_calendar.tables import User

EDITORS = frozenset({"editor", "lead"})
PEOPLE = frozenset({"editor", "operator", "lead"})


class NotAllowed(CalendarError):
    """This user may not do that."""

    code = "review.not_allowed"


def require(user: User, roles: frozenset[str], what: str, english: str) -> str:
    """The actor's name for the audit (``user:<name>``); NotAllowed unless active and in one of ``roles``."""
    if user.active and user.role in roles:
        return f"user:{user.name}"
    raise NotAllowed(
        f"{user.display or user.name} 没有权限{what}，请由编辑或主管来做。",
        english=f"{user.name} may not {english}; an editor or the lead can.",
    )


def reason_given(reason: str, what: str) -> str:
    """``reason`` without outer spaces; CalendarError when there is none."""
    if not reason.strip():
        raise CalendarError(
            f"{what}需要写明原因。", code="review.reason_missing", english="A reason is required."
        )
    return reason.strip()[:400]
