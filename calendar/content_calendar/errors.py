"""The exception family of the calendar: each says what is wrong, where, and what to do.

The message is Chinese for a person; ``code`` is stable for programs and ``english`` is shown with --lang en.
"""

from __future__ import annotations


class CalendarError(Exception):
    """Something the calendar refuses. Nothing half-done is left behind."""

    code = "calendar.refused"

    def __init__(self, message: str, *, code: str | None = None, english: str = "") -> None:
        super().__init__(message)
        self.english = english or message
        if code is not None:
            self.code = code


class NotFound(CalendarError):
    """The thing named does not exist (or is not this brand's)."""

    code = "calendar.not_found"


class StateConflict(CalendarError):
    """Somebody else moved it first, or it is not in a state that allows this."""

    code = "calendar.state_conflict"
