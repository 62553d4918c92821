"""Addresses of the calendar: day, week, month and list share one filter, kept in the URL, so that a view can be sent.

Changing one thing keeps the rest; changing the view keeps the filter and the days.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import Depends, Query

from desk.queries.week import Filter

VIEWS = {"day": "/days/", "week": "/", "month": "/month", "list": "/list"}


def _chosen(
    tier: Annotated[str, Query(max_length=8)] = "",
    kind: Annotated[str, Query(max_length=24)] = "",
    state: Annotated[str, Query(max_length=20)] = "",
    campaign: Annotated[str, Query(max_length=9)] = "",
    owner: Annotated[str, Query(max_length=80)] = "",
) -> Filter:
    """The filter as the address has it; a campaign that is no number filters nothing."""
    return Filter(
        tier, kind, state, int(campaign) if campaign.isascii() and campaign.isdigit() else None, owner
    )


Chosen = Annotated[Filter, Depends(_chosen)]


class Links:
    """Addresses of ``view`` beginning on ``first``, with one thing changed."""

    def __init__(self, view: str, first: date, chosen: Filter, **more: str) -> None:
        self.view, self.first, self._more = view, first, more
        self._filter = {
            "tier": chosen.tier,
            "kind": chosen.kind,
            "state": chosen.state,
            "campaign": str(chosen.campaign or ""),
            "owner": chosen.owner,
        }

    def __call__(self, **changed: object) -> str:
        """This view with ``changed`` applied; an empty value takes a filter away."""
        query = {"from": self.first.isoformat(), **self._filter, **self._more}
        if self.view == "day":
            query.pop("from")
        query |= {key.rstrip("_"): str(value or "") for key, value in changed.items()}
        return _address(self.path, query)

    @property
    def path(self) -> str:
        """Where a form of this view is sent."""
        return VIEWS[self.view] + (self.first.isoformat() if self.view == "day" else "")

    def to(self, view: str, day: date) -> str:
        """Another view, showing ``day``, with the same filter."""
        if view == "day":
            return _address(VIEWS["day"] + day.isoformat(), self._filter)
        return _address(VIEWS[view], {"day" if view == "week" else "from": day.isoformat(), **self._filter})

    @property
    def hidden(self) -> dict[str, str]:
        """What a form keeps that it has no field for."""
        kept: dict[str, Any] = {"state": self._filter["state"], **self._more}
        if self.view != "day":
            kept["from"] = self.first.isoformat()
        return {name: value for name, value in kept.items() if value}


def _address(path: str, query: dict[str, str]) -> str:
    kept = urlencode({key: value for key, value in query.items() if value})
    return f"{path}?{kept}" if kept else path


def parse_day(written: str) -> date | None:
    """An ISO date a calendar can be shown for (this century), or None."""
    try:
        day = date.fromisoformat(written)
    except ValueError:
        return None
    return day if 2000 <= day.year < 2100 else None
