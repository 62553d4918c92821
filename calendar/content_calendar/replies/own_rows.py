"""Scripts and knowledge that were made at the desk: kept by imports, written out by the export, withdrawn by an editor.

Their key is the one the workbook would give them and their row the one an export would write them to, so that a
workbook that was exported and imported again finds them and takes them over.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from content_calendar import audit
from content_calendar.errors import CalendarError, NotFound, StateConflict
from content_calendar.tables import AuditEvent, Brand, KnowledgeItem, Script
from content_calendar.workbook.keys import Keys
from content_calendar.workbook.values.text import fold

DESK, WORKBOOK = "desk", "workbook"
Sort = Literal["script", "knowledge"]
LONGEST = {
    "scene": 80,
    "topic": 80,
    "question": 500,
    "answer": 2_000,
    "taboo": 500,
    "escalate_to": 200,
    "source": 200,
}
_MASKED = re.compile(r"［[\u4e00-\u9fff]{2,4}\d{1,3}］")
_NAMES = {
    "scene": ("场景", "scene"), "topic": ("主题", "topic"), "question": ("问题", "question"), "answer": ("答案", "answer"),
    "taboo": ("禁忌", "what never to say"), "escalate_to": ("转人工说明", "hand-over"), "source": ("来源", "source"),
}  # fmt: skip
_TABLES: dict[Sort, type[Any]] = {"script": Script, "knowledge": KnowledgeItem}
_SHEETS: dict[Sort, str] = {"script": "话术", "knowledge": "知识"}
# Made once: it runs for every reply that somebody waits for.
_NEWEST = select(func.max(AuditEvent.id)).where(
    AuditEvent.subject.in_(tuple(_TABLES)), AuditEvent.brand_id == bindparam("brand")
)


@dataclass(frozen=True)
class ScriptDraft:
    """A script as an editor leaves it."""

    scene: str
    question: str
    answer: str
    taboo: str = ""
    escalate: bool = False
    escalate_to: str = ""


@dataclass(frozen=True)
class KnowledgeDraft:
    """A knowledge item as an editor leaves it."""

    topic: str
    question: str
    answer: str
    products: tuple[str, ...] = ()
    source: str = ""


def put_script(session: Session, brand: Brand, draft: ScriptDraft, *, actor: str, now: datetime) -> Script:
    """A script that replies may use from now on; one of the desk's own with this question gets the new words."""
    values = _trimmed(draft, ("scene", "question", "answer"))
    row = _put(session, brand, "script", Keys().of(values["scene"], values["question"]), values)
    _noted(session, brand, "script", row.id, "script.made", actor, now)
    assert isinstance(row, Script)
    return row


def put_knowledge(
    session: Session, brand: Brand, draft: KnowledgeDraft, *, actor: str, now: datetime
) -> KnowledgeItem:
    """A knowledge item that replies and tips may use from now on."""
    values = _trimmed(draft, ("topic", "question", "answer"))
    values["products"] = list(draft.products)
    row = _put(session, brand, "knowledge", Keys().of(values["topic"], values["question"]), values)
    _noted(session, brand, "knowledge", row.id, "knowledge.made", actor, now)
    assert isinstance(row, KnowledgeItem)
    return row


def withdraw(session: Session, brand: Brand, sort: Sort, row_id: int, *, actor: str, now: datetime) -> None:
    """A row of the desk's own is no longer used. Rows of the workbook are changed there."""
    row = session.get(_TABLES[sort], row_id)
    if row is None or row.brand_id != brand.id or row.origin != DESK or not row.active:
        raise NotFound(
            f"没有编号为 {row_id} 的案头{_SHEETS[sort]}。",
            code="reply.own_row",
            english=f"No {sort} {row_id} made at the desk.",
        )
    row.active = False
    session.flush()
    _noted(session, brand, sort, row.id, f"{sort}.withdrawn", actor, now)


def listed(session: Session, brand: Brand, sort: Sort) -> list[Any]:
    """The desk's own rows in use, the newest first."""
    table = _TABLES[sort]
    rows = session.scalars(
        select(table)
        .where(table.brand_id == brand.id, table.origin == DESK, table.active.is_(True))
        .order_by(table.id.desc())
    )
    return list(rows)


def version(session: Session, brand: Brand) -> int:
    """A number that grows with every change of the desk's own rows, also when another process made it."""
    return session.scalar(_NEWEST, {"brand": brand.id}) or 0


def _put(session: Session, brand: Brand, sort: Sort, key: str, values: dict[str, Any]) -> Any:
    table = _TABLES[sort]
    same = fold(values["question"])
    rows = session.execute(
        select(table.id, table.key, table.question, table.origin, table.active, table.row).where(
            table.brand_id == brand.id
        )
    ).all()
    theirs = next(
        (row for row in rows if row.active and row.origin == WORKBOOK and fold(row.question) == same), None
    )
    if theirs is not None:
        raise StateConflict(
            f"「{_SHEETS[sort]}」第 {theirs.row} 行已经有这一问，请在工作簿里改，或换个问法。",
            code="reply.question_taken",
            english=f"Row {theirs.row} of {_SHEETS[sort]} has this question already; change it in the workbook, or ask differently.",
        )
    old = next((row for row in rows if row.key == key or (row.origin == DESK and row.active and fold(row.question) == same)), None)  # fmt: skip
    last = max((row.row for row in rows if row.active), default=1)
    found = session.get_one(table, old.id) if old else table(brand_id=brand.id, row=last + 1)
    if old and not old.active:
        found.row = last + 1
    for name, value in (values | {"key": key, "origin": DESK, "active": True}).items():
        setattr(found, name, value)
    session.add(found)
    session.flush()
    return found


def _trimmed(draft: ScriptDraft | KnowledgeDraft, needed: tuple[str, ...]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for name, value in vars(draft).items():
        if isinstance(value, str):
            values[name] = _checked(name, value.replace("\r\n", "\n").strip(), needed)
        elif isinstance(value, bool):
            values[name] = value
    return values


def _checked(name: str, value: str, needed: tuple[str, ...]) -> str:
    chinese, english = _NAMES[name]
    if name in needed and not value:
        raise CalendarError(
            f"「{chinese}」还空着，请填好再存。", code="reply.empty", english=f"The {english} is empty."
        )
    if len(value) > LONGEST[name]:
        raise CalendarError(
            f"「{chinese}」最多 {LONGEST[name]} 字，请缩短。",
            code="reply.too_long",
            english=f"The {english} has at most {LONGEST[name]} characters.",
        )
    if mark := _MASKED.search(value):
        raise CalendarError(
            f"「{chinese}」里还有客户信息的占位「{mark[0]}」，请改成对谁都能说的话。",
            code="reply.masked",
            english=f"The {english} still holds {mark[0]}, a customer's datum; write it for everybody.",
        )
    return value


def _noted(
    session: Session, brand: Brand, sort: Sort, row_id: int, action: str, actor: str, now: datetime
) -> None:
    audit.note(
        session, brand_id=brand.id, now=now, actor=actor, action=action, subject=sort, subject_id=row_id
    )
    session.flush()
