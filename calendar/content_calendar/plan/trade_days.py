"""Trade days (双12, 38节, 母亲节): a table each brand may edit, filled once from the defaults beside this file."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from importlib import resources

import yaml
from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from content_calendar.plan import days
from content_calendar.tables import Brand, TradeDay

_WEEKDAYS = {name: index for index, name in enumerate(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), 1)}
_NTH = re.compile(r"(\d{2})-([1-5])-(mon|tue|wed|thu|fri|sat|sun)")
_MONTH_DAY = re.compile(r"(\d{2})-(\d{2})")
_SPRING = re.compile(r"spring-(\d{1,3})")


@dataclass(frozen=True)
class Rule:
    """One trade day: ``rule`` as in trade_days.yaml, ``name`` as people say it."""

    rule: str
    name: str


@cache
def defaults() -> tuple[Rule, ...]:
    """The trade days every brand starts with."""
    text = resources.files("content_calendar.plan").joinpath("trade_days.yaml").read_text("utf-8")
    return tuple(Rule(str(item["rule"]), str(item["name"])) for item in yaml.safe_load(text))


def seed(session: Session, brand: Brand) -> int:
    """Fill the brand's table from the defaults when it is empty; how many rows were added."""
    present = session.scalar(select(func.count()).select_from(TradeDay).where(TradeDay.brand_id == brand.id))
    if present:
        return 0
    rows = [{"brand_id": brand.id, "rule": rule.rule, "name": rule.name} for rule in defaults()]
    session.execute(insert(TradeDay), rows)
    return len(rows)


def table(session: Session, brand_id: int) -> tuple[Rule, ...]:
    """The brand's trade days as they stand now."""
    rows = session.execute(select(TradeDay.rule, TradeDay.name).where(TradeDay.brand_id == brand_id))
    return tuple(Rule(rule, name) for rule, name in rows)


def on(session: Session, brand: Brand, day: date) -> tuple[str, ...]:
    """The names of the brand's trade days that fall on ``day``."""
    return named(table(session, brand.id), day)


def named(rules: Iterable[Rule], day: date) -> tuple[str, ...]:
    """The names among ``rules`` that fall on ``day``; a rule nobody can read falls on no day."""
    return tuple(dict.fromkeys(rule.name for rule in rules if falls(rule.rule, day)))


def falls(rule: str, day: date) -> bool:
    """True when ``rule`` names ``day``; ranges may run over the end of the year."""
    first, _, last = rule.partition("/")
    return any(
        (begin := _resolve(first, year)) is not None
        and (end := _resolve(last, year) if last else begin) is not None
        and begin <= day <= (end if end >= begin else (_resolve(last, year + 1) or end))
        for year in (day.year - 1, day.year, day.year + 1)
    )


def _resolve(rule: str, year: int) -> date | None:
    try:
        if match := _SPRING.fullmatch(rule):
            return days.spring_festival(year) - timedelta(days=int(match[1]))
        if match := _NTH.fullmatch(rule):
            return _nth(year, int(match[1]), int(match[2]), _WEEKDAYS[match[3]])
        if match := _MONTH_DAY.fullmatch(rule):
            return date(year, int(match[1]), int(match[2]))
        return date.fromisoformat(rule)
    except ValueError:
        return None


def _nth(year: int, month: int, nth: int, weekday: int) -> date | None:
    first = date(year, month, 1)
    day = first + timedelta(days=(weekday - first.isoweekday()) % 7 + 7 * (nth - 1))
    return day if day.month == month else None


def hooks(rules: Iterable[Rule], day: date) -> tuple[str, ...]:
    """The names a text of ``day`` may hang on: weekday, solar term, festivals, trade days."""
    return tuple(dict.fromkeys((days.weekday(day), *days.festive(day), *named(rules, day))))
