"""The exception family of this floor: whatever is wrong with a persona, kind, tier or template."""

from __future__ import annotations


class PromptError(Exception):
    """A piece of the prompt library is missing or broken.

    The message is one Chinese sentence for a person, ``english`` the same in English, ``code`` is stable.
    """

    code = "prompt.broken"

    def __init__(self, message: str, *, code: str | None = None, english: str = "") -> None:
        super().__init__(message)
        self.english = english or message
        if code is not None:
            self.code = code
