"""What a writer gives back for a brief: a draft with its findings and its provenance.

A draft is plain data. The calendar turns it into an immutable revision; the hash defined here is the
one an approval is bound to, so it covers the text, the facts it stands on and the picture idea.
"""

from __future__ import annotations

import hashlib
import json
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from prompts.brief import Fact

Verdict = Literal["block", "warn"]


class Finding(BaseModel):
    """A hit of a check. ``start`` and ``end`` are character offsets in the text (0, 0 = the whole)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str  # fact.number_unknown, length.first_line, brand.forbidden ...
    version: str = "1"
    verdict: Verdict
    start: int = 0
    end: int = 0
    excerpt: str = ""
    reason: str
    law: str = ""
    suggestion: str = ""
    replacement: str | None = None
    trust: float = 1.0


class Provenance(BaseModel):
    """Who wrote it and from which words: enough to write the same post again."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    author: str  # "offline", a model's name, or "person"
    template: str = ""  # which template of the chain, e.g. chongfenguan/high/tip
    template_hash: str = ""
    brief_hash: str = ""
    seed: int = 0
    parameters: dict[str, str] = Field(default_factory=dict)
    fell_back: str = ""  # why a lesser writer wrote it: model_timeout, budget, no_model ...
    repairs: int = 0
    candidates: int = 1


class Draft(BaseModel):
    """A post's text as written: what will be sent, plus what it rests on."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str  # the whole text as the group will read it, live tokens unfilled
    first_line: str = ""
    action: str = ""
    picture: str = ""  # an idea for whoever makes the picture; never sent
    facts: tuple[Fact, ...] = ()
    findings: tuple[Finding, ...] = ()
    provenance: Provenance

    @property
    def blocked(self) -> bool:
        """True when a finding forbids approval."""
        return any(finding.verdict == "block" for finding in self.findings)

    def digest(self) -> str:
        """The revision hash: see :func:`revision_hash`."""
        return revision_hash(self.text, self.facts, self.picture)


def revision_hash(text: str, facts: tuple[Fact, ...], picture: str = "") -> str:
    """SHA-256 (64 hex digits) over text, picture idea and each fact's id and value, in a fixed order."""
    body = {"text": text, "picture": picture, "facts": sorted((f.id, f.value, f.unit) for f in facts)}
    canonical = json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
