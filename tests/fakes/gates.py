"""A gate for models under test: writes every attempt down, and lets no more through than it is told."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from generator.errors import ModelTrouble
from generator.models import Attempt, Need


@dataclass(frozen=True)
class Noted:
    """One attempt: what it was for and how it ended."""

    need: Need
    attempt: Attempt


class Notebook:
    """Lets the first ``most`` attempts through, all of them when None."""

    def __init__(self, most: int | None = None) -> None:
        self.most = most
        self.needs: list[Need] = []
        self.noted: list[Noted] = []
        self._lock = threading.Lock()

    @property
    def attempts(self) -> list[Attempt]:
        return [one.attempt for one in self.noted]

    async def enter(self, need: Need) -> object:
        with self._lock:
            if self.most is not None and len(self.needs) >= self.most:
                raise ModelTrouble("budget")
            self.needs.append(need)
        return need

    def leave(self, ticket: object, attempt: Attempt) -> None:
        assert isinstance(ticket, Need)
        self.noted.append(Noted(ticket, attempt))
