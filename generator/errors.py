"""The exception family of the generator: settings of models that cannot be read, and trouble with a model.

Trouble with a model never reaches a user: the pipeline falls back to the next writer and notes the code. A
setting that cannot be read does reach one, as one sentence with the remedy.
"""

from __future__ import annotations


class GeneratorError(Exception):
    """Something the generator refuses; the message is Chinese for a person, ``code`` is stable."""

    code = "generator.refused"

    def __init__(self, message: str, *, code: str | None = None, english: str = "") -> None:
        super().__init__(message)
        self.english = english or message
        if code is not None:
            self.code = code


class ModelTrouble(GeneratorError):
    """A model gave no usable answer. ``code`` is one of :data:`generator.models.outcomes.CODES`."""

    code = "server_error"

    def __init__(
        self, code: str, message: str = "", *, retry_after: float | None = None, status: int | None = None
    ) -> None:
        super().__init__(message or code, code=code)
        self.retry_after = retry_after
        self.status = status
