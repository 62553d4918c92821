"""Seven days as one sorted table: for whoever looks for "everything of mine that is not approved"."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from content_calendar.tables import Brand
from desk.queries import cards
from desk.queries.cards import Card
from desk.queries.week import Filter, Summary, running, summary

_TIERS = {"high": 0, "mid": 1, "low": 2}
_KEYS: dict[str, Callable[[Card], Any]] = {
    "when": lambda card: card.due_at,
    "kind": lambda card: card.kind,
    "tier": lambda card: _TIERS.get(card.tier, 3),
    "state": lambda card: (not card.risks, card.state),
    "owner": lambda card: card.owner,
    "groups": lambda card: card.groups,
    "campaign": lambda card: card.campaign,
}


@dataclass(frozen=True, slots=True)
class Listing:
    """The table and how it is sorted; a minus before the column turns it round."""

    first: date
    cards: tuple[Card, ...]
    summary: Summary
    sort: str

    @property
    def last(self) -> date:
        """The seventh day."""
        return self.first + timedelta(days=6)

    def turned(self, column: str) -> str:
        """What a click on ``column`` asks for."""
        return f"-{column}" if self.sort == column else column

    def shown(self, column: str) -> str:
        """``ascending``, ``descending`` or ``none``, as a screen reader is told."""
        return {column: "ascending", f"-{column}": "descending"}.get(self.sort, "none")


def load(session: Session, brand: Brand, *, first: date, chosen: Filter, sort: str, now: datetime) -> Listing:
    """The seven days from ``first``: four statements. An unknown ``sort`` is by moment."""
    days = [first + timedelta(days=offset) for offset in range(7)]
    everything = cards.load(session, brand, *cards.of_days(days[0], days[-1]), now=now)
    found = [card for card in everything if chosen.keeps(card) and chosen.keeps_state(card)]
    column = sort.removeprefix("-")
    if column not in _KEYS:
        sort = column = "when"
    found.sort(key=_KEYS[column], reverse=sort.startswith("-"))
    campaigns = running(session, brand, days, ZoneInfo(brand.zone))
    return Listing(first, tuple(found), summary(everything, chosen, campaigns), sort)
