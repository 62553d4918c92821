"""What comes in and what goes out of the reply desk, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

from prompts.brief import Level
from prompts.draft import Finding
from prompts.reply import Sheet

Stance = Literal["answer", "reassure", "order"]
STANCE_NAMES: Mapping[str, str] = {"answer": "回答", "reassure": "安抚", "order": "引到下单"}


@dataclass(frozen=True, slots=True)
class Question:
    """A customer's words and what is known around them. ``private``: one to one, not in the group.

    ``known`` are things the operator knows: product codes or names the customer bought, a campaign's name.
    ``now`` is aware.
    """

    text: str
    now: datetime
    private: bool = True
    tier: Level | None = None
    group_name: str = ""
    known: tuple[str, ...] = ()

    def in_public(self) -> Question:
        """The same as everybody in the group may hear it answered: nothing that is known of this customer alone."""
        return replace(self, tier=None, known=())


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer comes from; ``fit`` 0..1 says how well it meets the question."""

    sheet: Sheet
    row: int
    key: str
    title: str
    fit: float = 0.0

    def place(self) -> dict[str, Any]:
        """Sheet and row, as a program reads it."""
        return {"sheet": self.sheet, "row": self.row}


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A proposed reply. ``author``: script (the reviewed words themselves), offline, care, or a model's name."""

    stance: Stance
    text: str
    sources: tuple[Source, ...] = ()
    findings: tuple[Finding, ...] = ()
    author: str = "offline"

    def document(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "stance": self.stance,
            "text": self.text,
            "findings": [finding.model_dump(mode="json") for finding in self.findings],
            "sources": [source.place() for source in self.sources],
            "author": self.author,
        }


@dataclass(frozen=True, slots=True)
class Reply:
    """What to do about a question.

    ``risk`` is "none" or the key of the gravest class, ``risks`` are all; ``handover`` says who takes over when
    ``escalate``; ``gap``: the sources do not answer it; ``note``: why there is little to say (empty, a picture).
    ``masked`` is the question without personal data: the only form that may be stored.
    """

    risk: str = "none"
    risks: tuple[str, ...] = ()
    escalate: bool = False
    handover: str = ""
    at_once: str = ""
    sources: tuple[Source, ...] = ()
    gap: bool = False
    suggestions: tuple[Suggestion, ...] = ()
    follow_up: str = ""
    note: str = ""
    masked: str = ""
    author: str = "offline"
    fell_back: str = ""
    prompt_version: str = ""

    def document(self) -> dict[str, Any]:
        """As JSON: the shape of the command line and the API."""
        return {
            "risk": self.risk,
            "risks": list(self.risks),
            "escalate": self.escalate,
            "handover": self.handover,
            "at_once": self.at_once,
            "sources": [source.place() for source in self.sources],
            "gap": self.gap,
            "suggestions": [suggestion.document() for suggestion in self.suggestions],
            "follow_up": self.follow_up,
            "note": self.note,
            "author": self.author,
            "fell_back": self.fell_back,
        }
