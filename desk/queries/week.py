"""One week as a table: days across, time nodes down, cards in the cells, campaigns and trade days above."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content_calendar import zones
from content_calendar.plan.days import festive
from content_calendar.states import PostState
from content_calendar.tables import Brand, Campaign, SopRow, TradeDay
from desk.queries import cards, holes
from desk.queries.cards import Card
from desk.queries.holes import Hole

SATURDAY = 5  # as date.weekday() counts
PER_CELL = 4  # more than that becomes a link to the day's list


@dataclass(frozen=True, slots=True)
class Filter:
    """What the week shows; kept in the URL. Empty means all."""

    tier: str = ""
    kind: str = ""
    state: str = ""
    campaign: int | None = None
    owner: str = ""

    def keeps(self, card: Card) -> bool:
        """True when the card passes everything but the state."""
        return (
            (not self.tier or card.tier == self.tier)
            and (not self.kind or card.kind == self.kind)
            and (self.campaign is None or card.campaign_id == self.campaign)
            and (not self.owner or card.owner == self.owner)
        )

    def keeps_hole(self, hole: Hole) -> bool:
        """True when the hole is of what is shown; a hole has no campaign, no owner and no state but its own."""
        return (
            self.campaign is None
            and not self.owner
            and self.state in {"", "hole"}
            and (not self.tier or hole.tier == self.tier)
            and (not self.kind or hole.kind == self.kind)
        )

    def keeps_state(self, card: Card) -> bool:
        """True when the card's state is the one asked for; ``risk`` asks for those that will fail."""
        if self.state == "risk":
            return bool(card.risks)
        return not self.state or card.state == self.state


@dataclass(frozen=True, slots=True)
class Day:
    """A column's head. ``todo``: posts a person must still decide on; ``notes``: trade days."""

    day: date
    past: bool
    today: bool
    posts: int
    todo: int
    at_risk: int
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Cell:
    """One day at one time node: at most :data:`PER_CELL` cards, and how many more there are."""

    day: date
    cards: tuple[Card, ...]
    more: int
    holes: tuple[Hole, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """One time node across the week; ``now`` marks the next one to come today."""

    time: str
    now: bool
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Band:
    """A campaign above the days: from column ``start`` (0 to 6) over ``span`` columns on track ``track``."""

    id: int
    name: str
    kind: str
    start: int
    span: int
    warm_up: int  # columns at the front that are warm-up only
    opens: str  # "20:00" when it starts in this week
    clipped_left: bool
    clipped_right: bool


@dataclass(frozen=True, slots=True)
class Summary:
    """What the bar above a calendar counts and offers to choose from."""

    states: dict[str, int]  # within the other filters
    kinds: tuple[str, ...]
    campaigns: tuple[tuple[int, str], ...]
    owners: tuple[str, ...]
    at_risk: int
    know_how: int
    offers: int
    chosen: Filter = field(default_factory=Filter)
    holes: int = 0


@dataclass(frozen=True, slots=True)
class Week:
    """Everything the week page shows."""

    first: date
    days: tuple[Day, ...]
    lines: tuple[Line, ...]
    tracks: tuple[tuple[Band, ...], ...]
    summary: Summary
    total: int
    now: datetime

    @property
    def at_risk(self) -> int:
        """Posts that will fail as things stand."""
        return self.summary.at_risk

    @property
    def last(self) -> date:
        """The seventh day."""
        return self.first + timedelta(days=6)

    @property
    def before(self) -> date:
        """Where the seven days before begin."""
        return self.first - timedelta(days=7)

    @property
    def after(self) -> date:
        """Where the seven days after begin."""
        return self.first + timedelta(days=7)


def first_day(shown: date, *, today: date) -> date:
    """Where the seven days that hold ``shown`` begin: its Monday; at a weekend today's, the days ahead.

    On a Sunday the calendar week is over and what there is to decide lies in the next one.
    """
    if today.weekday() >= SATURDAY and today <= shown < today + timedelta(days=7):
        return today
    return shown - timedelta(days=shown.weekday())


def load(session: Session, brand: Brand, *, first: date, chosen: Filter, now: datetime) -> Week:
    """The week that begins on ``first``: eight statements, however many posts there are."""
    where = ZoneInfo(brand.zone)
    days = [first + timedelta(days=offset) for offset in range(7)]
    everything = cards.load(session, brand, *cards.of_days(days[0], days[-1]), now=now)
    kept = [card for card in everything if chosen.keeps(card)]
    shown = [card for card in kept if chosen.keeps_state(card)]
    empty = holes.load(session, brand, first=days[0], last=days[-1], posts=everything, now=now)
    gaps = [hole for hole in empty if chosen.keeps_hole(hole)]
    campaigns = running(session, brand, days, where)
    notes = notes_of(session, brand, days)
    today = zones.local_day(now, where)
    return Week(
        first=first,
        days=tuple(_day(day, today, [card for card in kept if card.day == day], notes) for day in days),
        lines=_lines(shown, gaps, _nodes(session, brand, everything), days, today, now.astimezone(where)),
        tracks=_tracks(campaigns, days, where),
        summary=replace(
            summary(everything, chosen, campaigns),
            holes=sum(1 for hole in empty if replace(chosen, state="").keeps_hole(hole)),
        ),
        total=len(shown),
        now=now,
    )


def summary(everything: Sequence[Card], chosen: Filter, campaigns: Sequence[Campaign]) -> Summary:
    """Counts within the filters, and the choices there are."""
    kept = [card for card in everything if chosen.keeps(card)]
    return Summary(
        states=dict(Counter(card.state for card in kept)),
        kinds=tuple(sorted({card.kind for card in everything})),
        campaigns=tuple((campaign.id, campaign.name) for campaign in campaigns),
        owners=tuple(sorted({card.owner for card in everything if card.owner})),
        at_risk=sum(1 for card in kept if card.risks),
        know_how=sum(1 for card in kept if not card.offer),
        offers=sum(1 for card in kept if card.offer),
        chosen=chosen,
    )


def _day(day: date, today: date, of_day: Sequence[Card], notes: dict[date, list[str]]) -> Day:
    return Day(
        day=day,
        past=day < today,
        today=day == today,
        posts=len(of_day),
        todo=sum(1 for card in of_day if card.state in {PostState.in_review, PostState.changes_requested}),
        at_risk=sum(1 for card in of_day if card.risks),
        notes=tuple(notes.get(day, ())),
    )


def _nodes(session: Session, brand: Brand, everything: Sequence[Card]) -> list[str]:
    """The time nodes: those of the SOP and those of the posts."""
    sop = session.scalars(select(SopRow.time).where(SopRow.brand_id == brand.id, SopRow.active).distinct())
    return sorted({*sop, *(card.time for card in everything)})


def _lines(
    shown: Sequence[Card],
    gaps: Sequence[Hole],
    nodes: Sequence[str],
    days: Sequence[date],
    today: date,
    local: datetime,
) -> tuple[Line, ...]:
    cells: dict[tuple[str, date], list[Card]] = defaultdict(list)
    empty: dict[tuple[str, date], list[Hole]] = defaultdict(list)
    for card in shown:
        cells[card.time, card.day].append(card)
    for hole in gaps:
        empty[hole.time, hole.day].append(hole)
    coming = next((node for node in nodes if node > f"{local:%H:%M}"), None) if today in days else None
    return tuple(
        Line(
            time=node,
            now=node == coming,
            cells=tuple(_cell(day, cells.get((node, day), []), empty.get((node, day), [])) for day in days),
        )
        for node in nodes
    )


def _cell(day: date, of_cell: Sequence[Card], empty: Sequence[Hole]) -> Cell:
    if len(of_cell) <= PER_CELL:
        return Cell(day, tuple(of_cell), 0, tuple(empty))
    worst_first = sorted(of_cell, key=lambda card: not card.risks)
    return Cell(day, tuple(worst_first[:PER_CELL]), len(of_cell) - PER_CELL, tuple(empty))


def running(session: Session, brand: Brand, days: Sequence[date], where: ZoneInfo) -> list[Campaign]:
    """Campaigns that warm up or run on any of ``days``, by their start."""
    begin = zones.place(days[0], time(0), where).instant
    end = zones.place(days[-1] + timedelta(days=1), time(0), where).instant
    found = session.scalars(
        select(Campaign)
        .where(Campaign.brand_id == brand.id, Campaign.active, Campaign.end_at >= begin)
        .where(func.coalesce(Campaign.warmup_at, Campaign.start_at) < end)
        .order_by(Campaign.start_at, Campaign.id)
    )
    return list(found)


def _tracks(
    campaigns: Sequence[Campaign], days: Sequence[date], where: ZoneInfo
) -> tuple[tuple[Band, ...], ...]:
    """Bands laid out so that no two on a track overlap."""
    tracks: list[list[Band]] = []
    for campaign in campaigns:
        band = _band(campaign, days, where)
        free = next((track for track in tracks if track[-1].start + track[-1].span <= band.start), None)
        if free is None:
            tracks.append([band])
        else:
            free.append(band)
    return tuple(tuple(track) for track in tracks)


def _band(campaign: Campaign, days: Sequence[date], where: ZoneInfo) -> Band:
    begins = zones.local_day(campaign.warmup_at or campaign.start_at, where)
    opens = zones.local_day(campaign.start_at, where)
    ends = zones.local_day(campaign.end_at, where)
    start, stop = max(begins, days[0]), min(ends, days[-1])
    return Band(
        id=campaign.id,
        name=campaign.name,
        kind=campaign.kind,
        start=(start - days[0]).days,
        span=(stop - start).days + 1,
        warm_up=max(0, (min(opens, stop + timedelta(days=1)) - start).days),
        opens=f"{campaign.start_at.astimezone(where):%H:%M}" if days[0] <= opens <= days[-1] else "",
        clipped_left=begins < days[0],
        clipped_right=ends > days[-1],
    )


def notes_of(session: Session, brand: Brand, days: Sequence[date]) -> dict[date, list[str]]:
    """Solar terms, festivals and the brand's trade days of the week, by day."""
    rules = {f"{day:%m-%d}": day for day in days} | {day.isoformat(): day for day in days}
    notes = {day: list(festive(day)) for day in days}
    for rule, name in session.execute(
        select(TradeDay.rule, TradeDay.name).where(TradeDay.brand_id == brand.id, TradeDay.rule.in_(rules))
    ):
        if name not in notes[rules[rule]]:
            notes[rules[rule]].append(name)
    return notes
