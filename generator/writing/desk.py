"""What a writer works with: the library, the models in order of choice, a budget, and somewhere to report calls.

All of it is handed in: the pipeline reads no settings, no clock and no database of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Protocol

from generator.models import ChatModel
from prompts.library import Library


@dataclass(frozen=True)
class Estimate:
    """What a call will probably cost. ``yuan`` is None where no price is stated."""

    tokens: int
    yuan: Decimal | None
    seconds: float


@dataclass(frozen=True)
class CallRecord:
    """One attempt on the network: what it cost and what came of it, never what was said.

    ``post`` is the brief's slot key; ``outcome`` one of :data:`generator.models.outcomes.CODES`; ``tokens_*`` are
    None when the server did not say; ``cost`` is in yuan.
    """

    at: datetime
    post: str
    model: str
    purpose: str  # write | repair
    template: str
    template_hash: str
    parameters: dict[str, str]
    tokens_in: int | None
    tokens_out: int | None
    milliseconds: int
    outcome: str
    cost: Decimal | None = None
    status: int | None = None

    @property
    def tokens(self) -> int:
        """Tokens in and out, zero where unknown."""
        return (self.tokens_in or 0) + (self.tokens_out or 0)


class Budget(Protocol):
    """Says whether a call may be made, and is told what each one cost. Must be safe to use from threads."""

    def allow(self, estimated: Estimate) -> bool:
        """True when the day's budget has room for this."""
        ...

    def spend(self, record: CallRecord) -> None:
        """A call was made."""
        ...


class Unlimited:
    """A budget without an end."""

    def allow(self, estimated: Estimate) -> bool:
        """Always."""
        return True

    def spend(self, record: CallRecord) -> None:
        """Nothing to count."""


def _nobody(_: CallRecord) -> None:
    """Calls are reported to nobody."""


@dataclass(frozen=True)
class WritingDesk:
    """Everything a writer needs beside the brief.

    ``record`` and ``budget`` are called on the thread that drives the writing, once per network attempt.
    ``candidates`` are first drafts per post where the budget allows; ``repair_rounds`` quote findings back.
    """

    library: Library
    models: tuple[ChatModel, ...] = ()
    record: Callable[[CallRecord], None] = _nobody
    budget: Budget = field(default_factory=Unlimited)
    now: Callable[[], datetime] = field(kw_only=True)
    repair_rounds: int = 2
    candidates: int = 1

    @property
    def slots(self) -> int:
        """Calls that may be in flight at once, over all models; at least one."""
        return max([1, *(model.spec.concurrency for model in self.models)])
