"""A month as a table: six weeks at most, each day with its first posts, its bands of campaigns, its trade days."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from content_calendar import zones
from content_calendar.tables import Brand
from desk.queries import cards
from desk.queries.cards import Card
from desk.queries.week import Filter, Summary, notes_of, running, summary

PER_DAY = 5  # more than that becomes a link to the day


@dataclass(frozen=True, slots=True)
class Square:
    """One day. ``opens``: campaigns that begin on it."""

    day: date
    inside: bool
    past: bool
    today: bool
    cards: tuple[Card, ...]
    more: int
    notes: tuple[str, ...]
    opens: tuple[str, ...]
    states: dict[str, int]


@dataclass(frozen=True, slots=True)
class Month:
    """Everything the month page shows."""

    first: date
    weeks: tuple[tuple[Square, ...], ...]
    summary: Summary
    now: datetime

    @property
    def before(self) -> date:
        """The first of the month before."""
        return (self.first - timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> date:
        """The first of the month after."""
        return (self.first + timedelta(days=32)).replace(day=1)


def load(session: Session, brand: Brand, *, first: date, chosen: Filter, now: datetime) -> Month:
    """The month that begins on ``first``: five statements, however many posts there are."""
    days = _days(first)
    everything = cards.load(session, brand, *cards.of_days(days[0], days[-1]), now=now)
    of_month = [card for card in everything if card.day.month == first.month]
    shown = defaultdict(list)
    for card in everything:
        if chosen.keeps(card) and chosen.keeps_state(card):
            shown[card.day].append(card)
    where = ZoneInfo(brand.zone)
    campaigns = running(session, brand, days, where)
    opens = defaultdict(list)
    for campaign in campaigns:
        opens[zones.local_day(campaign.start_at, where)].append(campaign.name)
    notes = notes_of(session, brand, days)
    today = zones.local_day(now, where)
    squares = [
        Square(
            day=day, inside=day.month == first.month, past=day < today, today=day == today,
            cards=tuple(shown[day][:PER_DAY]), more=max(0, len(shown[day]) - PER_DAY),
            notes=tuple(notes.get(day, ())), opens=tuple(opens[day]),
            states=dict(Counter(card.state for card in shown[day])),
        )
        for day in days
    ]  # fmt: skip
    weeks = tuple(tuple(squares[at : at + 7]) for at in range(0, len(squares), 7))
    return Month(first, weeks, summary(of_month, chosen, campaigns), now)


def _days(first: date) -> Sequence[date]:
    """Every day from the Monday on or before the first to the Sunday on or after the last."""
    last = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    begin = first - timedelta(days=first.weekday())
    end = last + timedelta(days=6 - last.weekday())
    return [begin + timedelta(days=offset) for offset in range((end - begin).days + 1)]
