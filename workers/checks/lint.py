"""The texts a workbook brings along (话术, 历史内容), checked as they are read: what may not be said again.

By the rules as they will be once the workbook is in: its own sheet 规则 beside what was told at the desk.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from sqlalchemy.orm import Session

from content_calendar.rules import house
from content_calendar.rules.house import ADD
from content_calendar.workbook import stored
from content_calendar.workbook.content import ProductRow, RuleRow, WorkbookContent
from generator.checks.brand import own_rules
from prompts.brief import ProductSheet
from prompts.draft import Finding
from prompts.house_rules import NO_RULES, HouseRules, OwnRule, SilencedRule
from workers.checks.trying import House, look


@dataclass(frozen=True)
class Linted:
    """A row whose text holds something that blocks."""

    sheet: str
    row: int
    findings: tuple[Finding, ...]


def texts(session: Session, content: WorkbookContent) -> list[Linted]:
    """Every script and past post that could not go out as it stands, in the order of the workbook."""
    known = _house(session, content)
    found = []
    for sheet, row, text, kind in _texts(content):
        blocks = tuple(item for item in look(text, known, kind=kind) if item.verdict == "block")
        if blocks:
            found.append(Linted(sheet, row, blocks))
    return found


def _texts(content: WorkbookContent) -> Iterator[tuple[str, int, str, str]]:
    for script in content.scripts or ():
        yield "话术", script.row, script.answer, "reply"
    for past in content.past or ():
        yield "历史内容", past.row, past.text, past.kind


def _house(session: Session, content: WorkbookContent) -> House:
    brand = stored.brand_called(session, content.brand.name)
    told = house.load(session, brand.id) if brand else NO_RULES
    rules = _with_sheet(told, content.rules or ())
    return House(
        industry=content.brand.industry,
        words=content.brand.forbidden,
        products=tuple(_sheet(item) for item in content.products),
        own=own_rules(rules),
    )


def _with_sheet(told: HouseRules, rows: tuple[RuleRow, ...]) -> HouseRules:
    added = {rule.id: rule for rule in told.add}
    silenced = {item.rule: item for item in told.silence}
    for row in rows:
        if row.action == ADD:
            added[row.key] = _own(row)
        else:
            silenced[row.rule] = SilencedRule(rule=row.rule, reason=row.reason)
    return HouseRules(add=tuple(added.values()), silence=tuple(silenced.values()))


def _own(row: RuleRow) -> OwnRule:
    return OwnRule.model_validate(
        {
            "words": row.words, "verdict": row.verdict, "reason": row.reason, "kinds": row.kinds,
            "suggestion": row.suggestion, "replacement": row.replacement,
        }
    )  # fmt: skip


def _sheet(item: ProductRow) -> ProductSheet:
    return ProductSheet(
        code=item.code, name=item.name, efficacy=item.efficacy, filing=item.filing, evidence=item.evidence
    )
