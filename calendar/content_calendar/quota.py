"""What a customer group may still receive by mass-send: three documented modes, counting also what members sent by hand.

``month_days``: as many in a calendar month as it has days. ``week_7``: seven in a week, Monday to Sunday. ``day_1``: one a
day. Which one a company has is set in its own console; the platform counts everybody's sends together.
"""

from __future__ import annotations

import calendar
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from content_calendar.errors import CalendarError
from content_calendar.tables import Brand, ForeignSend, Group, QuotaEntry

Mode = Literal["month_days", "week_7", "day_1"]
MODES = ("month_days", "week_7", "day_1")


@dataclass
class Used:
    """Mass-sends by group and day; ``count`` adds one that is being planned."""

    mode: str
    days: Counter[tuple[int, date]] = field(default_factory=Counter)

    def count(self, group_id: int, day: date) -> None:
        """One more."""
        self.days[group_id, day] += 1

    def full(self, group_id: int, day: date) -> bool:
        """True when the platform would refuse another one on that day."""
        first, last, allowed = span(self.mode, day)
        days = (first + timedelta(days=number) for number in range((last - first).days + 1))
        return sum(self.days[group_id, each] for each in days) >= allowed


def span(mode: str, day: date) -> tuple[date, date, int]:
    """The days counted together with ``day`` (first and last), and how many mass-sends they allow."""
    if mode == "day_1":
        return day, day, 1
    if mode == "week_7":
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6), 7
    length = calendar.monthrange(day.year, day.month)[1]
    return day.replace(day=1), day.replace(day=length), length


def used(session: Session, brand: Brand, days: Iterable[date], *, but: Iterable[int] = ()) -> Used:
    """What the brand's groups have used in the spans of ``days``, ours (but not of posts ``but``) and by hand."""
    spans = [span(brand.mass_quota, day) for day in days]
    found = Used(brand.mass_quota)
    if not spans:
        return found
    first, last = min(each[0] for each in spans), max(each[1] for each in spans)
    ours = (
        select(QuotaEntry.group_id, QuotaEntry.day, func.count())
        .join(Group, Group.id == QuotaEntry.group_id)
        .where(
            Group.brand_id == brand.id, QuotaEntry.day.between(first, last), QuotaEntry.lane == "confirm",
            QuotaEntry.post_id.not_in(list(but)),
        )
        .group_by(QuotaEntry.group_id, QuotaEntry.day)
    )  # fmt: skip
    theirs = (
        select(ForeignSend.group_id, ForeignSend.day, func.count())
        .join(Group, Group.id == ForeignSend.group_id)
        .where(Group.brand_id == brand.id, ForeignSend.day.between(first, last))
        .group_by(ForeignSend.group_id, ForeignSend.day)
    )
    for query in (ours, theirs):
        for group_id, day, count in session.execute(query):
            found.days[group_id, day] += count
    return found


def set_mode(brand: Brand, mode: str) -> None:
    """Which of the three the brand's company has. CalendarError for another word."""
    if mode not in MODES:
        raise CalendarError(
            f"群发额度「{mode[:20]}」不认识，可选：{'、'.join(MODES)}。",
            code="quota.mode",
            english=f"Unknown mass-send quota; one of {', '.join(MODES)}.",
        )
    brand.mass_quota = mode


def note_by_hand(
    session: Session, brand: Brand, msgid: str, chats: Mapping[str, datetime], *, day_of: Mapping[str, date]
) -> int:
    """A member sent to these chats by hand (chat id → when); how many of our groups among them were not counted yet."""
    query = select(Group.id, Group.address).where(Group.brand_id == brand.id, Group.address.in_(list(chats)))
    rows = [
        {"group_id": group_id, "msgid": msgid[:120], "day": day_of[chat], "at": chats[chat]}
        for group_id, chat in session.execute(query)
    ]
    if not rows:
        return 0
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    done = session.execute(
        insert(ForeignSend).values(rows).on_conflict_do_nothing(index_elements=["group_id", "msgid"])
    )
    return int(done.rowcount)  # type: ignore[attr-defined]


def counted(session: Session, brand: Brand) -> set[str]:
    """The msgids of hand-made sends that were counted already."""
    query = select(ForeignSend.msgid).join(Group, Group.id == ForeignSend.group_id)
    return set(session.scalars(query.where(Group.brand_id == brand.id).distinct()))
