"""The exception family of this floor: whatever is wrong with a persona, kind, tier or template."""

from __future__ import annotations


class PromptError(Exception):
    """A piece of the prompt library is missing or broken. ``code`` is stable, the message is for a person."""

    code = "prompt.broken"

    def __init__(self, message: str, *, code: str | None = None) -> None:
        super().__init__(message)
        if code is not None:
            self.code = code
