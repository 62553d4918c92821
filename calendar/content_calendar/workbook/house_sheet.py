"""The sheet 规则 against a brand's rules in force: what importing it would change, and changing it.

A rule that changed ends and is told anew, so that its history stays. What was told at the desk is only ended at the desk; a
sheet that lists the same rule with other words of reason changes it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from content_calendar.rules import changing, house
from content_calendar.rules.house import ADD
from content_calendar.tables import Brand, BrandRule
from content_calendar.workbook.content import RuleRow
from content_calendar.workbook.sheets import rule as sheet
from prompts.house_rules import OwnRule

SOURCE = f"{sheet.SPEC.title}!"


@dataclass(frozen=True)
class RulesDiff:
    """What differs: rows to tell, rows in force to end with what takes their place (None: nothing)."""

    added: tuple[RuleRow, ...] = ()
    changed: tuple[tuple[BrandRule, RuleRow, RuleRow], ...] = ()  # in force, before, after
    removed: tuple[tuple[BrandRule, RuleRow], ...] = ()


def compare(session: Session, brand: Brand | None, items: Sequence[RuleRow] | None) -> RulesDiff:
    """``items`` against what is in force; None (no such sheet) changes nothing."""
    if items is None:
        return RulesDiff()
    stored = {row.rule: row for row in house.active(session, brand.id)} if brand else {}
    listed = {item.key: item for item in items}
    both = [
        (stored[key], sheet.of_stored(stored[key]), item) for key, item in listed.items() if key in stored
    ]
    return RulesDiff(
        added=tuple(item for key, item in listed.items() if key not in stored),
        changed=tuple(entry for entry in both if entry[1] != entry[2]),
        removed=tuple(
            (row, sheet.of_stored(row))
            for key, row in stored.items()
            if key not in listed and row.source.startswith(SOURCE)
        ),
    )


def write(session: Session, brand: Brand, found: RulesDiff, *, now: datetime, actor: str) -> None:
    """Bring the brand's rules to what the sheet says."""
    for row, _ in found.removed:
        changing.end(session, brand, row.id, reason="工作簿里不再有这一行", actor=actor, now=now)
    for row, _, item in found.changed:
        changing.end(session, brand, row.id, reason="工作簿里改了这一行", actor=actor, now=now)
        _tell(session, brand, item, now=now, actor=actor)
    for item in found.added:
        _tell(session, brand, item, now=now, actor=actor)


def _tell(session: Session, brand: Brand, item: RuleRow, *, now: datetime, actor: str) -> None:
    body: dict[str, Any] = {"verdict": item.verdict}
    if item.action == ADD:
        body = house.body_of(
            OwnRule.model_validate(
                {
                    "words": item.words, "verdict": item.verdict, "reason": item.reason, "kinds": item.kinds,
                    "suggestion": item.suggestion, "replacement": item.replacement,
                }
            )
        )  # fmt: skip
    changing.told(
        session, brand, action=item.action, rule=item.key, reason=item.reason, body=body, actor=actor, now=now,
        source=f"{SOURCE}A{item.row}",
    )  # fmt: skip
