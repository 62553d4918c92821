"""What a fact is worth now: the second reading at release, which holds a post whose facts have changed.

Every id is answered: with its present value, or None when its source is gone. Ids are grouped by the table they
come from, so the number of statements does not depend on how many there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from typing import TypeVar
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from content_calendar.facts import catalogue
from content_calendar.facts.lowest import lowest
from content_calendar.plan import trade_days
from content_calendar.tables import Brand, Campaign, KnowledgeItem, Persona, Product, Script, SopRow
from prompts.brief import Fact

T = TypeVar("T")
_WALL = re.compile(r"T([01]\d|2[0-3]):[0-5]\d$")


def current(session: Session, brand_id: int, ids: Iterable[str], *, now: datetime) -> dict[str, str | None]:
    """Fact id → its value as it stands ``now``, None when its source is gone or nobody knows such an id."""
    asked = list(dict.fromkeys(ids))
    brand = session.get(Brand, brand_id, populate_existing=True)
    if brand is None:
        return dict.fromkeys(asked)
    known: dict[str, str] = {}
    for root, resolve in _ROOTS.items():
        mine = [fact_id for fact_id in asked if fact_id.startswith(f"{root}.")]
        if mine:
            known |= {fact.id: fact.value for fact in resolve(session, brand, mine, now)}
    return {fact_id: known.get(fact_id) for fact_id in asked}


def _brand(session: Session, brand: Brand, _: list[str], __: datetime) -> Iterator[Fact]:
    persona = session.scalar(
        select(Persona).where(Persona.brand_id == brand.id).order_by(Persona.id).limit(1)
    )
    yield from catalogue.brand_facts(brand, persona)


def _rows(session: Session, model: type[T], *conditions: ColumnElement[bool]) -> Iterable[T]:
    """Fresh rows: what another session changed since counts."""
    return session.scalars(select(model).where(*conditions).execution_options(populate_existing=True))


def _products(session: Session, brand: Brand, ids: list[str], now: datetime) -> Iterator[Fact]:
    codes = {_middle(fact_id) for fact_id in ids}
    found = list(
        _rows(
            session, Product, Product.brand_id == brand.id, Product.code.in_(codes), Product.active.is_(True)
        )
    )
    cheapest = lowest(session, found, now=now)
    for product in found:
        yield from catalogue.product_facts(product, cheapest)


def _campaigns(session: Session, brand: Brand, ids: list[str], _: datetime) -> Iterator[Fact]:
    where = ZoneInfo(brand.zone)
    for campaign in _named_campaigns(session, brand, {_campaign_code(fact_id) for fact_id in ids}):
        yield from catalogue.campaign_facts(campaign, where)


def _named_campaigns(session: Session, brand: Brand, codes: set[str]) -> Iterable[Campaign]:
    return _rows(
        session, Campaign, Campaign.brand_id == brand.id, Campaign.code.in_(codes), Campaign.active.is_(True)
    )


def _knowledge(session: Session, brand: Brand, ids: list[str], _: datetime) -> Iterator[Fact]:
    keys = {fact_id.partition(".")[2] for fact_id in ids}
    for item in _rows(
        session, KnowledgeItem, KnowledgeItem.brand_id == brand.id, KnowledgeItem.key.in_(keys),
        KnowledgeItem.active.is_(True),
    ):  # fmt: skip
        yield catalogue.knowledge_fact(item)


def _scripts(session: Session, brand: Brand, ids: list[str], _: datetime) -> Iterator[Fact]:
    keys = {fact_id.partition(".")[2] for fact_id in ids}
    for item in _rows(
        session, Script, Script.brand_id == brand.id, Script.key.in_(keys), Script.active.is_(True)
    ):
        yield catalogue.script_fact(item)


def _themes(session: Session, brand: Brand, ids: list[str], _: datetime) -> Iterator[Fact]:
    wanted: dict[str, set[date]] = {}
    for fact_id in ids:
        rest = fact_id.removeprefix("theme.").partition(".")[2]
        key, _dot, day = rest.rpartition(".")
        if (when := _day(day)) is not None:
            wanted.setdefault(key, set()).add(when)
    where = ZoneInfo(brand.zone)
    for row in _rows(
        session, SopRow, SopRow.brand_id == brand.id, SopRow.key.in_(wanted), SopRow.active.is_(True)
    ):
        for when in wanted[row.key]:
            yield from catalogue.sop_facts(row, when, where)


def _calendar(session: Session, brand: Brand, ids: list[str], _: datetime) -> Iterator[Fact]:
    rules = trade_days.table(session, brand.id)
    where = ZoneInfo(brand.zone)
    for fact_id in ids:
        day = _day(fact_id.split(".")[2][:10])
        if day is not None:
            wall = fact_id.rpartition("T")[2] if _WALL.search(fact_id) else "00:00"
            yield from catalogue.calendar_facts(day, wall, where, trade_days.hooks(rules, day))


def _live(session: Session, brand: Brand, ids: list[str], _: datetime) -> Iterator[Fact]:
    codes = {fact_id.partition(":")[2] for fact_id in ids if ":" in fact_id}
    yield from catalogue.live_facts(_named_campaigns(session, brand, codes))


def _middle(fact_id: str) -> str:
    return fact_id.partition(".")[2].rpartition(".")[0]


def _campaign_code(fact_id: str) -> str:
    """The code in campaign.<code>.start and in campaign.<code>.rules.2 alike; codes may hold dots."""
    parts = fact_id.split(".")[1:]
    return ".".join(parts[:-2] if parts[-1].isdigit() else parts[:-1])


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


_ROOTS: dict[str, Callable[[Session, Brand, list[str], datetime], Iterator[Fact]]] = {
    "brand": _brand, "product": _products, "campaign": _campaigns, "knowledge": _knowledge, "script": _scripts,
    "theme": _themes, "calendar": _calendar, "live": _live,
}  # fmt: skip
