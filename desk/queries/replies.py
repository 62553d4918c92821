"""A reply as an operator reads it: proposals with what became of them, and each source as the row says it now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from content_calendar.replies import history, records
from content_calendar.tables import (
    Brand,
    Campaign,
    Group,
    KnowledgeItem,
    Product,
    Script,
    Suggestion,
    SuggestionEvent,
)
from desk.errors import Missing

# sheet → (table, column of its key, tab of the brand page, the column that names a row, the column that says it)
SHEETS: dict[str, tuple[Any, str, str, str, str]] = {
    "话术": (Script, "key", "scripts", "question", "answer"),
    "知识": (KnowledgeItem, "key", "knowledge", "question", "answer"),
    "商品": (Product, "code", "products", "name", "selling_points"),
    "活动": (Campaign, "code", "campaigns", "name", "rules"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """Where an answer comes from. ``href`` leads to the row; ``own``: made at the desk; ``gone``: no longer in use."""

    sheet: str
    row: int
    title: str = ""
    text: str = ""
    href: str = ""
    own: bool = False
    gone: bool = False

    @property
    def name(self) -> str:
        """话术!49."""
        return f"{self.sheet}!{self.row}"


@dataclass(frozen=True, slots=True)
class Proposal:
    """One suggestion. ``outcome``: copied, edited, dismissed or empty; ``copied``: the words copied in its place."""

    place: int
    stance: str
    text: str
    author: str
    sources: tuple[Source, ...]
    findings: tuple[Mapping[str, Any], ...]
    outcome: str = ""
    copied: str = ""


@dataclass(frozen=True, slots=True)
class ReplyView:
    """A whole reply with the rows it stands on."""

    row: Suggestion
    group: Group | None
    proposals: tuple[Proposal, ...]
    sources: tuple[Source, ...]
    outcome: str

    @property
    def note(self) -> str:
        """Why there was little to say, as it was told with the suggestions."""
        return next((str(one["note"]) for one in self.row.suggestions if one.get("note")), "")

    @property
    def grounds(self) -> tuple[Source, ...]:
        """What to read beside the suggestions; no goods and no offers where a person takes over."""
        if not self.row.escalate:
            return self.sources
        return tuple(one for one in self.sources if one.sheet in ("话术", "知识"))


@dataclass(frozen=True, slots=True)
class Line:
    """One reply in a list."""

    id: int
    at: datetime
    asked: str
    risk: str
    escalate: bool
    gap: bool
    outcome: str
    user_id: int | None


@dataclass(frozen=True, slots=True)
class Named:
    """The rows that sources may mean, by sheet and key, and by sheet and row."""

    by_key: Mapping[tuple[str, str], Source] = field(default_factory=dict)
    by_row: Mapping[tuple[str, int], Source] = field(default_factory=dict)

    def find(self, source: Mapping[str, Any]) -> Source:
        """The source's row: by key, else (older records) by its place in the sheet."""
        sheet, row = str(source.get("sheet", "")), int(source.get("row") or 0)
        key = str(source.get("key") or "")
        found = self.by_key.get((sheet, key)) if key else self.by_row.get((sheet, row))
        if found is not None:
            return found
        if sheet in SHEETS:
            return Source(sheet, row, gone=True)
        return Source(sheet, row, href="/brand")


def load(session: Session, brand: Brand, suggestion_id: int, *, of_user: int | None = None) -> ReplyView:
    """One reply; Missing when it is another brand's, or another operator's and only ``of_user``'s are wanted."""
    row = records.get(session, brand, suggestion_id)
    if of_user is not None and row.user_id not in (None, of_user):
        raise Missing(
            f"没有编号为 {suggestion_id} 的回复建议。",
            code="reply.missing",
            english=f"No suggestion {suggestion_id}.",
        )
    done = history.events(session, [row.id]).get(row.id, [])
    named = names(session, brand, _all_sources(row))
    return ReplyView(
        row=row,
        group=session.get(Group, row.group_id) if row.group_id else None,
        proposals=tuple(_proposal(place, one, done, named) for place, one in enumerate(row.suggestions)),
        sources=tuple(named.find(source) for source in row.sources),
        outcome=history.outcome(done),
    )


def lines(
    session: Session, brand: Brand, *, start: datetime, end: datetime, user_id: int | None, limit: int = 50,
    after: tuple[datetime, int] | None = None,
) -> list[Line]:  # fmt: skip
    """A day's replies, the newest first: two statements."""
    rows = history.of_day(session, brand, start=start, end=end, user_id=user_id, after=after, limit=limit)
    done = history.events(session, [row.id for row in rows])
    return [line(row, done.get(row.id, [])) for row in rows]


def line(row: Suggestion, done: Sequence[SuggestionEvent]) -> Line:
    """One reply in a list."""
    return Line(
        row.id, row.created_at, row.asked, row.risk, row.escalate, row.gap, history.outcome(done), row.user_id
    )


def names(session: Session, brand: Brand, sources: Iterable[Mapping[str, Any]]) -> Named:
    """The rows these sources name: one statement per sheet."""
    wanted: dict[str, tuple[set[str], set[int]]] = {}
    for source in sources:
        keys, rows = wanted.setdefault(str(source.get("sheet", "")), (set(), set()))
        keys.add(str(source["key"])) if source.get("key") else rows.add(int(source.get("row") or 0))
    by_key: dict[tuple[str, str], Source] = {}
    by_row: dict[tuple[str, int], Source] = {}
    for sheet in wanted.keys() & SHEETS.keys():
        table, key_column = SHEETS[sheet][0], getattr(SHEETS[sheet][0], SHEETS[sheet][1])
        keys, numbers = wanted[sheet]
        found = session.scalars(
            select(table)
            .where(table.brand_id == brand.id, or_(key_column.in_(keys), table.row.in_(numbers)))
            .order_by(table.active)
        )
        for row in found:
            said = _source(sheet, row)
            by_key[sheet, str(getattr(row, SHEETS[sheet][1]))] = by_row[sheet, row.row] = said
    return Named(by_key, by_row)


def _source(sheet: str, row: Any) -> Source:
    _table, _key, tab, title, text = SHEETS[sheet]
    return Source(
        sheet, row.row, str(getattr(row, title)), str(getattr(row, text)), f"/brand?tab={tab}#row-{row.row}",
        own=getattr(row, "origin", "") == "desk", gone=not row.active,
    )  # fmt: skip


def _all_sources(row: Suggestion) -> list[Mapping[str, Any]]:
    return [*row.sources, *(source for one in row.suggestions for source in one.get("sources") or ())]


def _proposal(place: int, one: Mapping[str, Any], done: Sequence[SuggestionEvent], named: Named) -> Proposal:
    became = history.used(done, place)
    return Proposal(
        place=place, stance=str(one.get("stance", "")), text=str(one.get("text", "")), author=str(one.get("author", "offline")),
        sources=tuple(named.find(source) for source in one.get("sources") or ()), findings=tuple(one.get("findings") or ()),
        outcome=became.outcome, copied=became.text,
    )  # fmt: skip


def group_names(session: Session, brand: Brand, text: str, *, limit: int = 12) -> list[tuple[str, str]]:
    """(code, name) of active groups whose name, code or owner holds ``text``."""
    where = or_(*(column.contains(text, autoescape=True) for column in (Group.name, Group.code, Group.owner)))
    rows = session.execute(
        select(Group.code, Group.name)
        .where(Group.brand_id == brand.id, Group.active.is_(True), where)
        .order_by(Group.code)
        .limit(limit)
    )
    return [(row.code, row.name) for row in rows]


def known_things(session: Session, brand: Brand, *, now: datetime, limit: int = 60) -> list[str]:
    """What a customer may have bought or asked about: products, and campaigns that are not over."""
    products = session.scalars(
        select(Product.name)
        .where(Product.brand_id == brand.id, Product.active.is_(True))
        .order_by(Product.row)
        .limit(limit)
    )
    campaigns = session.scalars(
        select(Campaign.name)
        .where(Campaign.brand_id == brand.id, Campaign.active.is_(True), Campaign.end_at >= now)
        .order_by(Campaign.start_at)
        .limit(limit)
    )
    return [*products, *campaigns]
