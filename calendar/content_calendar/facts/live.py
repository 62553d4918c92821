"""Values of live tokens at the moment of sending: only what is known and fresh, never a guess (promise 4).

A count is as good as its measurement: one that is older than the freshness window before the post's moment is
treated as unknown, and the line that asks for it is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.tables import Brand, Campaign, LiveValue

FRESH = timedelta(hours=6)  # a count measured earlier than this before the post's moment is not told
COUNTED = frozenset({"stock", "campaign_stock", "gift_stock"})


def live_values(
    session: Session,
    brand: Brand,
    keys: Iterable[str],
    *,
    now: datetime,
    due_at: datetime,
    fresh: timedelta = FRESH,
) -> dict[str, str]:
    """Live key (``campaign_stock:<code>``, ``time_left:<code>``, ``as_of``) → text; unknown ones are absent.

    Counts are bare numbers; ``as_of`` is the wall time (HH:MM, brand's zone) of the oldest count that was used.
    """
    asked = set(keys)
    values, measured = _counts(session, brand, asked, now=now, since=due_at - fresh)
    values |= _time_left(session, brand, asked, now=now)
    if "as_of" in asked and measured:
        values["as_of"] = min(measured).astimezone(ZoneInfo(brand.zone)).strftime("%H:%M")
    return values


def _counts(
    session: Session, brand: Brand, asked: set[str], *, now: datetime, since: datetime
) -> tuple[dict[str, str], list[datetime]]:
    wanted = [key for key in asked if key.partition(":")[0] in COUNTED]
    if not wanted:
        return {}, []
    rows = session.execute(
        select(LiveValue.key, LiveValue.value, LiveValue.measured_at).where(
            LiveValue.brand_id == brand.id, LiveValue.key.in_(wanted), LiveValue.measured_at >= since,
            LiveValue.measured_at <= now,
        )
    )  # fmt: skip
    values, measured = {}, []
    for key, value, at in rows:
        number = bare_number(value)
        if number is not None:
            values[key] = number
            measured.append(at)
    return values, measured


def bare_number(text: str) -> str | None:
    """1,500盒 → 1500; None for anything that is not a count of zero or more."""
    match = re.fullmatch(r"\s*(\d{1,3}(?:,\d{3})+|\d+)(?:\.0+)?\s*\D{0,4}", text)
    return str(int(match[1].replace(",", ""))) if match else None


def _time_left(session: Session, brand: Brand, asked: set[str], *, now: datetime) -> dict[str, str]:
    codes = {key.partition(":")[2] for key in asked if key.startswith("time_left:")}
    if not codes:
        return {}
    rows = session.execute(
        select(Campaign.code, Campaign.end_at).where(
            Campaign.brand_id == brand.id, Campaign.code.in_(codes), Campaign.active.is_(True)
        )
    )
    return {f"time_left:{code}": words for code, end in rows if (words := left_words(end - now))}


def left_words(left: timedelta) -> str:
    """还有2小时, 还有1天5小时, 还有25分钟; rounded down so that it is never too much; empty when over."""
    minutes = int(left.total_seconds() // 60)
    if minutes < 1:
        return ""
    days, hours, rest = minutes // 1440, minutes % 1440 // 60, minutes % 60
    if days:
        return f"还有{days}天{hours}小时" if hours else f"还有{days}天"
    if hours:
        return f"还有{hours}小时{rest}分钟" if rest else f"还有{hours}小时"
    return f"还有{rest}分钟"
