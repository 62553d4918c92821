"""The exception family of the workers: settings that do not fit, channels that cannot carry, dead parts."""

from __future__ import annotations


class WorkerError(Exception):
    """Something the workers refuse; the message is Chinese for a person, ``code`` is stable."""

    code = "worker.refused"

    def __init__(self, message: str, *, code: str | None = None, english: str = "") -> None:
        super().__init__(message)
        self.english = english or message
        if code is not None:
            self.code = code
