"""What a writer works with: the library, the models in order of choice, how many candidates and repair rounds.

All of it is handed in: the pipeline reads no settings, no clock and no database of its own. A budget and a book of
calls stand behind the models' gate (:mod:`generator.models.gate`), so that nobody can forget them.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.checks.brand import NONE, OwnRules
from generator.checks.judge import Judge
from generator.models import ChatModel
from prompts.library import Library

MOST_CANDIDATES = 5
MOST_REPAIRS = 2


@dataclass(frozen=True)
class WritingDesk:
    """Everything a writer needs beside the brief.

    ``candidates`` are first drafts per post where the budget allows; ``repair_rounds`` quote findings back.
    ``own`` are the brand's own rules, which every text written here is checked by; ``judge`` is asked where the rules
    leave a doubt (None: nobody is).
    """

    library: Library
    models: tuple[ChatModel, ...] = ()
    repair_rounds: int = MOST_REPAIRS
    candidates: int = 1
    own: OwnRules = NONE
    judge: Judge | None = None

    @property
    def slots(self) -> int:
        """Calls that may be in flight at once, over all models; at least one."""
        return max([1, *(model.spec.concurrency for model in self.models)])
