"""How instants and facts are written in a prompt: the way an operator would, unambiguous to a model."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from prompts.brief import Fact, FactKind

WEEKDAYS = "一二三四五六日"


def clock(at: datetime) -> str:
    """20:00."""
    return f"{at:%H:%M}"


def day(at: date) -> str:
    """11月26日（周四）."""
    return f"{at.month}月{at.day}日（周{WEEKDAYS[at.weekday()]}）"


def moment(at: datetime) -> str:
    """11月26日（周四）20:00."""
    return f"{day(at)}{clock(at)}"


def shown(fact: Fact, zone: ZoneInfo) -> str:
    """A fact's value as it may stand in a text."""
    match fact.kind:
        case FactKind.price:
            return f"{_plain(fact.value)}元"
        case FactKind.amount:
            return f"{_plain(fact.value)}{fact.unit}"
        case FactKind.moment:
            return _parsed(fact.value, zone)
        case FactKind.day:
            try:
                return day(date.fromisoformat(fact.value))
            except ValueError:
                return fact.value
        case _:
            return fact.value


def _parsed(value: str, zone: ZoneInfo) -> str:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value
    return moment(at.astimezone(zone) if at.tzinfo else at)


def _plain(number: str) -> str:
    """199.00 as people write it: 199."""
    return number.rstrip("0").rstrip(".") if "." in number else number
