"""Turns a hit in a view into a finding on the original text: span, excerpt and words in one place."""

from __future__ import annotations

from dataclasses import dataclass

from generator.checks.views import View
from prompts.draft import Finding, Verdict


@dataclass(frozen=True, slots=True)
class Page:
    """A text and its strict view: what a check is handed."""

    text: str
    view: View

    def finding(
        self, rule: str, verdict: Verdict, start: int, end: int, reason: str, *,
        law: str = "", suggestion: str = "", replacement: str | None = None, trust: float = 1.0,
    ) -> Finding:  # fmt: skip
        """A finding on ``view.text[start:end]``; (0, 0) stands for the whole text."""
        first, last = self.view.span(start, end)
        return Finding(
            rule=rule, verdict=verdict, start=first, end=last, excerpt=self.text[first:last],
            reason=reason, law=law, suggestion=suggestion, replacement=replacement, trust=trust,
        )  # fmt: skip
