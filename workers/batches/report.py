"""What came of a batch, in figures: for the progress bar, the command's answer and the task's log line."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from content_calendar.spending import Meter
from prompts.draft import Draft


@dataclass(frozen=True)
class Progress:
    """How far a batch is: ``done`` of ``total`` posts, the latest one's kind and tier."""

    done: int
    total: int
    kind: str = ""
    tier: str = ""


def untold(_progress: Progress) -> None:
    """Nobody watches."""


@dataclass(frozen=True)
class Failure:
    """A post that could not be written, and why, for a person."""

    post_id: int
    reason: str


@dataclass
class WriteReport:
    """Figures of one batch. ``blocked`` and ``warned`` count drafts with such a finding."""

    wanted: int = 0
    written: int = 0
    blocked: int = 0
    warned: int = 0
    authors: Counter[str] = field(default_factory=Counter)
    fell_back: Counter[str] = field(default_factory=Counter)
    skipped: int = 0  # somebody else wrote, moved or cancelled it meanwhile
    failures: list[Failure] = field(default_factory=list)
    stopped: bool = False
    seconds: float = 0.0
    meter: Meter | None = None  # what models have cost today; None where none is set

    def count(self, draft: Draft) -> None:
        """Add one draft that lies before the editors now."""
        verdicts = {finding.verdict for finding in draft.findings}
        self.written += 1
        self.blocked += "block" in verdicts
        self.warned += "warn" in verdicts
        self.authors[draft.provenance.author] += 1
        if draft.provenance.fell_back:
            self.fell_back[draft.provenance.fell_back] += 1

    def document(self) -> dict[str, Any]:
        """As JSON prints it."""
        figures = {item.name: getattr(self, item.name) for item in fields(self) if item.name != "meter"}
        return figures | {
            "failures": [asdict(failure) for failure in self.failures],
            "authors": dict(self.authors),
            "fell_back": dict(self.fell_back),
            "seconds": round(self.seconds, 2),
            "models_today": _told(self.meter),
        }


def _told(meter: Meter | None) -> dict[str, Any] | None:
    if meter is None:
        return None
    gauges = {"tokens": meter.tokens, "yuan": meter.yuan, "seconds": meter.seconds}
    used = {
        name: {"used": float(one.used), "limit": None if one.limit is None else float(one.limit)}
        for name, one in gauges.items()
    }
    return {**used, "calls": meter.calls, "refused": meter.refused}
