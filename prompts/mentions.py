"""Whether a fact stands in a text, in any of the ways people write such a thing.

A price of 199.00 is written 199, 199元 or ￥199; an instant as 20:00, 20点, 晚8点 or 11月26日. A draft keeps every
fact its text mentions, because at release each of them is read again (promise 4): a writer that
forgets to name a fact must not thereby escape that.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache

from prompts.brief import Fact, FactKind
from prompts.live import keys
from prompts.numerals import WORDS

_QUOTED = 12  # so many characters of a sentence in a row count as quoting it


def mentioned(text: str, facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts that stand in ``text``, in their own order."""
    return tuple(fact for fact in facts if stands_in(text, fact))


def stands_in(text: str, fact: Fact) -> bool:
    """True when the value of ``fact`` stands in ``text``; see the module for the ways it may be written."""
    if not fact.value:
        return False
    match fact.kind:
        case FactKind.price | FactKind.amount:
            return re.search(_number(fact.value, fact.unit, fact.kind), text) is not None
        case FactKind.moment:
            return _moment_in(text, fact.value)
        case FactKind.day:
            return _day_in(text, fact.value)
        case FactKind.live:
            return any(key == fact.value or fact.id.endswith(key) for key in keys(text))
        case FactKind.text:
            return _quotes(text, fact.value)
        case _:
            return fact.value in text


@lru_cache(maxsize=4096)
def _number(value: str, unit: str, kind: FactKind) -> str:
    """A pattern for a number as people write it; an amount keeps its unit so that 2 is not found in 20:02."""
    try:
        number = Decimal(value.replace(",", ""))
    except InvalidOperation:
        return re.escape(value + unit)
    plain = format(number.normalize(), "f")
    ways = {
        re.escape(plain),
        re.escape(f"{number:,.0f}") if number == number.to_integral() else re.escape(plain),
    }
    if number == number.to_integral() and 0 < number <= 10:
        ways.add(WORDS[int(number)] if number != 2 else "[二两]")
    tail = r"(?:\.0+)?(?![\d.]*\d)"
    if kind is FactKind.amount and unit:
        tail += rf"\s*(?:{re.escape(unit)}|{re.escape(unit[:1])})"
    return rf"(?<![\d.])(?:{'|'.join(sorted(ways))}){tail}"


def _moment_in(text: str, value: str) -> bool:
    try:
        at = datetime.fromisoformat(value)
    except ValueError:
        return value in text
    hours = {at.hour, at.hour - 12} if at.hour > 12 else {at.hour}
    clock = rf"(?<!\d)0?{at.hour}[:：]{at.minute:02d}"
    half = {0: "(?!半|\\d)", 30: "半"}.get(at.minute, f"{at.minute}分?")
    spoken = rf"(?<!\d)(?:{'|'.join(str(hour) for hour in sorted(hours))})\s*点{half}"
    return re.search(f"{clock}|{spoken}", text) is not None


def _day_in(text: str, value: str) -> bool:
    try:
        day = date.fromisoformat(value[:10])
    except ValueError:
        return value in text
    written = rf"(?<!\d)0?{day.month}(?:月|[./-])0?{day.day}(?:日|号|(?!\d))"
    return re.search(written, text) is not None


def _quotes(text: str, value: str) -> bool:
    if len(value) <= _QUOTED:
        return value in text
    return any(value[i : i + _QUOTED] in text for i in range(len(value) - _QUOTED + 1))
