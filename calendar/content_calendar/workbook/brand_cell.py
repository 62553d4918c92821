"""One pair of the 品牌 sheet typed at the desk, the persona's among them: read by the import's own reader, written and audited.

What other things hang on keeps its place in the workbook: another name is another brand, another zone moves every moment, and
the persona's code finds its prompts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy.orm import Session

from content_calendar import audit
from content_calendar.errors import CalendarError, NotFound, StateConflict
from content_calendar.tables import Brand, Persona
from content_calendar.workbook import stored
from content_calendar.workbook.content import BrandSheet, PersonaSheet
from content_calendar.workbook.grid import Line
from content_calendar.workbook.issues import Issue, Report
from content_calendar.workbook.sheets import brand as sheet

FIXED: Mapping[str, tuple[str, str]] = {
    "品牌名": ("换了名就是另一个品牌", "another name is another brand"),
    "时区": ("换时区会挪动所有时刻", "another zone moves every moment"),
    "人设代码": ("提示词靠它找到人设", "prompts are found by it"),
}
EDITABLE = tuple(key for key in sheet.ITEMS if key not in FIXED)
_SWITCH = "AI标识开关"


@dataclass(frozen=True)
class BrandEdit:
    """One edit as it was understood; ``after`` is None when it was refused. ``fields``: item → (before, after)."""

    header: str
    after: tuple[BrandSheet, PersonaSheet] | None
    issues: tuple[Issue, ...]
    fields: Mapping[str, tuple[str, str]]


def written(session: Session, brand: Brand, header: str) -> str:
    """What stands beside ``header``; NotFound says why it is not edited here."""
    _must_be_editable(header)
    return _pairs(session, brand)[header]


def must_be(session: Session, brand: Brand, header: str, was: str) -> None:
    """StateConflict when it no longer says ``was``: somebody else was faster."""
    there = written(session, brand, header)
    if there.split() != was.split():
        raise StateConflict(
            f"这一项刚被别人改成「{there[:60] or '空'}」，请看过再改。", code="cell.changed",
            english=f"Somebody has just changed this to {there[:60]!r}; look again.",
        )  # fmt: skip


def read(session: Session, brand: Brand, header: str, typed: str, *, was: str) -> BrandEdit:
    """Understand ``typed`` in place of what stood there."""
    must_be(session, brand, header, was)
    pairs = _pairs(session, brand)
    issues, after = _understood(pairs | {header: typed})
    known = {issue.message for issue in _understood(pairs)[0]}
    brought = tuple(issue for issue in issues if issue.message not in known)
    if any(issue.level == "error" for issue in brought):
        return BrandEdit(header, None, brought, {})
    before, now = _shown(*_sheets(session, brand)), _shown(*after)
    changed = {key: (before[key], now[key]) for key in EDITABLE if before[key] != now[key]}
    return BrandEdit(header, after, brought, changed)


def apply(session: Session, brand: Brand, edit: BrandEdit, *, actor: str, now: datetime) -> None:
    """Write what was understood; both values go to the audit."""
    if edit.after is None:
        raise CalendarError(
            "这一项没有改成，请照提示改好。", code="cell.refused", english="The value was refused."
        )
    about, voice = edit.after
    for item in fields(BrandSheet):
        value = getattr(about, item.name)
        setattr(brand, item.name, list(value) if isinstance(value, tuple) else value)
    persona = stored.persona_of(session, brand) or Persona(brand_id=brand.id)
    persona.code, persona.nickname, persona.intro, persona.manner = (
        voice.code,
        voice.nickname,
        voice.intro,
        voice.manner,
    )
    session.add(persona)
    said = "；".join(f"{key} {old[:60]} → {new[:60]}" for key, (old, new) in edit.fields.items())
    kept = {key: [old[:400], new[:400]] for key, (old, new) in edit.fields.items()}
    audit.note(
        session, brand_id=brand.id, now=now, actor=actor, action="brand.cell_edited", subject="brand", subject_id=brand.id,
        detail={"reason": f"{sheet.TITLE} {said}"[:400], "sheet": sheet.TITLE, "key": edit.header, "row": 0, "fields": kept},
    )  # fmt: skip
    session.flush()


def _must_be_editable(header: str) -> None:
    if header in EDITABLE:
        return
    why, english = FIXED.get(header, ("没有这一项", "there is no such item"))
    raise NotFound(
        f"「{sheet.TITLE}」的「{header[:20]}」不能在这里改（{why}），请改工作簿再导入。", code="cell.fixed",
        english=f"This is not edited here ({english}); change the workbook and import it.",
    )  # fmt: skip


def _sheets(session: Session, brand: Brand) -> tuple[BrandSheet, PersonaSheet]:
    return stored.brand_sheet(brand), stored.persona_sheet(stored.persona_of(session, brand))


def _pairs(session: Session, brand: Brand) -> dict[str, str]:
    return _shown(*_sheets(session, brand))


def _shown(about: BrandSheet, voice: PersonaSheet) -> dict[str, str]:
    """Every item as a workbook has it; the switch always says which."""
    blank = dict.fromkeys(sheet.ITEMS, "")
    return {**blank, **dict(sheet.cells(about, voice)), _SWITCH: "开" if about.ai_label_on else "关"}


def _understood(pairs: Mapping[str, str]) -> tuple[list[Issue], tuple[BrandSheet, PersonaSheet]]:
    report = Report()
    reading = sheet.read(
        [Line(number, [key, value]) for number, (key, value) in enumerate(pairs.items(), 2)], report
    )
    return list(report.issues), sheet.build(reading)
