"""Who allowed what: revisions, approvals bound to their hash, decisions, new moments, the pause switch.

Each function is one step of a transaction its caller opened, locks the post it is about, and writes its
audit events with it. Nothing here commits, sends or reads a clock.
"""

from content_calendar.review.adding import BadPost, add
from content_calendar.review.approvals import Unapprovable, approve, revoke, too_late, unapprovable
from content_calendar.review.decisions import (
    cancel,
    comment,
    hold,
    reject,
    request_changes,
    resume_post,
)
from content_calendar.review.missed import mark_missed, overdue
from content_calendar.review.moment import BadMoment, in_quiet_hours, reschedule, undo
from content_calendar.review.pause import (
    Choice,
    Overdue,
    pause_brand,
    resume_brand,
    resume_preview,
)
from content_calendar.review.people import NotAllowed
from content_calendar.review.revisions import edit, facts_now, same_base, submit
from content_calendar.review.unapproving import unapprove
from content_calendar.review.undoing import Undone, undo_last

__all__ = [
    "BadMoment",
    "BadPost",
    "Choice",
    "NotAllowed",
    "Overdue",
    "Unapprovable",
    "Undone",
    "add",
    "approve",
    "cancel",
    "comment",
    "edit",
    "facts_now",
    "hold",
    "in_quiet_hours",
    "mark_missed",
    "overdue",
    "pause_brand",
    "reject",
    "request_changes",
    "reschedule",
    "resume_brand",
    "resume_post",
    "resume_preview",
    "revoke",
    "same_base",
    "submit",
    "too_late",
    "unapprovable",
    "unapprove",
    "undo",
    "undo_last",
]
