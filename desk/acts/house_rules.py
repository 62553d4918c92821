"""Telling, trying and lifting a brand's rules at the desk."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pydantic import ValidationError
from sqlalchemy.orm import Session

from content_calendar.tables import Brand
from desk.errors import DeskError
from desk.queries import rules as queries
from desk.queries.rules import Said
from generator.checks import trial
from prompts.draft import Finding
from prompts.house_rules import OwnRule, faults, words_of

EXAMPLES = 5  # texts shown of those a rule would find


@dataclass(frozen=True)
class Form:
    """A rule as somebody types it."""

    words: str = ""
    verdict: str = "block"
    reason: str = ""
    suggestion: str = ""
    replacement: str = ""
    kinds: tuple[str, ...] = ()
    sentence: str = ""


@dataclass(frozen=True)
class Trial:
    """What a rule would find: in the sentence given, and in the texts of the last thirty days."""

    sentence: tuple[Finding, ...]
    looked: int
    hits: int
    examples: tuple[tuple[Said, tuple[Finding, ...]], ...] = field(default=())


def rule_of(form: Form, *, reason: str = "") -> OwnRule:
    """The rule the form means; DeskError says the first thing that is wrong with it."""
    words = words_of(form.words)
    if wrong := faults(words):
        raise DeskError(f"{wrong[0].zh}。", code="rule.words", english=f"{wrong[0].en}.")
    values = {
        "words": words, "verdict": form.verdict, "reason": _line(form.reason) or reason, "kinds": form.kinds,
        "suggestion": _line(form.suggestion), "replacement": _line(form.replacement),
    }  # fmt: skip
    try:
        return OwnRule.model_validate(values)
    except ValidationError as error:
        raise DeskError(
            "规则要写明原因（2 到 200 字），结论选拦或提醒。", code="rule.unusable",
            english="A rule needs a reason (2 to 200 characters) and a verdict, block or warn.",
        ) from error  # fmt: skip


def attempt(session: Session, brand: Brand, form: Form, *, now: datetime) -> Trial:
    """Try the rule on the form's sentence and on the last thirty days; nothing is told."""
    rule = rule_of(form, reason="试一试")
    said = queries.recent(session, brand, now=now)
    found = list(trial.caught(rule, [(form.sentence, None), *((one.text, one.kind) for one in said)]))
    hits = [(one, findings) for one, findings in zip(said, found[1:], strict=True) if findings]
    return Trial(found[0], len(said), len(hits), tuple(hits[:EXAMPLES]))


def _line(text: str) -> str:
    return " ".join(text.split())
