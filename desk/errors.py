"""The exception family of the desk, and the one place that says which refusal is which HTTP status.

The floors below raise their own families; here each gets a status, so that a page and an API answer agree.
"""

from __future__ import annotations

from typing import Any

from content_calendar.errors import CalendarError, NotFound, StateConflict
from content_calendar.review import NotAllowed
from prompts.errors import PromptError
from workers.errors import WorkerError


class DeskError(Exception):
    """Something the desk refuses. The message is one Chinese sentence, ``code`` is stable."""

    code = "desk.refused"
    status = 422

    def __init__(
        self,
        message: str,
        *,
        code: str | None = None,
        english: str = "",
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.english = english or message
        self.headers = headers or {}
        if code is not None:
            self.code = code


class SignInNeeded(DeskError):
    """Nobody is signed in, or the token is not known."""

    code = "auth.sign_in_needed"
    status = 401


class Forbidden(DeskError):
    """The role does not allow this."""

    code = "auth.forbidden"
    status = 403


class Throttled(DeskError):
    """Too many tries; ``Retry-After`` says when to come back."""

    code = "auth.throttled"
    status = 429


class Missing(DeskError):
    """The page or thing asked for does not exist, or belongs to another brand."""

    code = "desk.not_found"
    status = 404


class EditConflict(DeskError):
    """Somebody else made a newer revision since this editor opened the text."""

    code = "post.edit_conflict"
    status = 409


class KeyConflict(DeskError):
    """The idempotency key was used for another request (422) or its first request is still at work (409)."""

    code = "idempotency.mismatch"


# what any request may meet; everything else is a fault of ours and says nothing of its inside
REFUSALS: tuple[type[Exception], ...] = (DeskError, CalendarError, PromptError, WorkerError)


def status_of(error: Exception) -> int:
    """The HTTP status of a refusal from any floor."""
    if isinstance(error, DeskError):
        return error.status
    if isinstance(error, NotAllowed):
        return 403
    if isinstance(error, NotFound):
        return 404
    if isinstance(error, StateConflict):
        return 409
    if isinstance(error, CalendarError | PromptError):
        return 422
    return 503 if isinstance(error, WorkerError) else 500


def say(error: Exception, lang: str) -> str:
    """The refusal's sentence in ``zh`` or ``en``."""
    return str(getattr(error, "english", "") or error) if lang == "en" else str(error)


def code_of(error: Exception) -> str:
    """The refusal's stable dotted code."""
    code: Any = getattr(error, "code", "desk.refused")
    return str(code)
