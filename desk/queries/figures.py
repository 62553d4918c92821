"""What a period brought: posts, touches, lateness, edits, model cost, and what readers did.

Everything is counted by the database in a number of statements that does not grow with the period; every number
can be followed to the rows it was counted from.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Integer, case, cast, func, select
from sqlalchemy.orm import Session

from content_calendar.figures import MEASURES
from content_calendar.tables import Brand, Delivery, EditPair, Figure, ModelCall, Post

LONGEST = 92  # days of one view
STEP = 20  # milliseconds of one lateness class: percentiles are told to this
_REAL = ("sent", "handed_over", "confirmed", "refused", "unknown", "skipped", "expired", "cancelled")


@dataclass(frozen=True, slots=True)
class KindLine:
    """One kind's period. ``untouched`` and ``distance`` are of approved machine texts, None where there are none."""

    kind: str
    posts: int
    released: int
    approved: int
    untouched: float | None
    distance: float | None
    counts: Mapping[str, int]
    told: int  # posts of which any figure is known

    def per_post(self, measure: str) -> float | None:
        """The mean over posts with figures."""
        return self.counts.get(measure, 0) / self.told if self.told else None


@dataclass(frozen=True, slots=True)
class DayLine:
    """One day's touches by state."""

    day: date
    states: Mapping[str, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.states.values())


@dataclass(frozen=True, slots=True)
class LateLine:
    """How punctual one channel was, in milliseconds; ``late`` counts those over a second."""

    channel: str
    count: int
    p50: int
    p99: int
    worst: int
    late: int


@dataclass(frozen=True, slots=True)
class CostLine:
    """What one model cost; ``yuan`` is None where no price is set."""

    model: str
    purpose: str
    calls: int
    failed: int
    tokens_in: int
    tokens_out: int
    yuan: Decimal | None
    milliseconds: int  # mean of one call


@dataclass(frozen=True)
class Figures:
    """Everything the page shows of the days ``first`` to ``last``."""

    first: date
    last: date
    posts: Mapping[str, int]
    touches: Mapping[str, int]
    days: tuple[DayLine, ...]
    kinds: tuple[KindLine, ...]
    lateness: tuple[LateLine, ...]
    costs: tuple[CostLine, ...]
    heat: Mapping[tuple[str, int], float]  # (kind, hour) → mean reads of a post

    @property
    def hours(self) -> list[int]:
        """Hours with anything in the heat map, from the first to the last."""
        found = [hour for _kind, hour in self.heat]
        return list(range(min(found), max(found) + 1)) if found else []

    @property
    def hottest(self) -> float:
        """The largest mean of the heat map."""
        return max(self.heat.values(), default=0.0)

    @property
    def approved(self) -> int:
        """Machine texts approved."""
        return sum(line.approved for line in self.kinds)

    @property
    def untouched(self) -> float | None:
        """Share of them approved as they stood."""
        return _mean((line.untouched, line.approved) for line in self.kinds)

    @property
    def distance(self) -> float | None:
        """Mean edit distance."""
        return _mean((line.distance, line.approved) for line in self.kinds)

    def sum_of(self, measure: str) -> int:
        """Reads, clicks ... of the whole period."""
        return sum(line.counts.get(measure, 0) for line in self.kinds)


def _mean(weighted: Iterable[tuple[float | None, int]]) -> float | None:
    known = [(value, weight) for value, weight in weighted if value is not None and weight]
    total = sum(weight for _value, weight in known)
    return sum(value * weight for value, weight in known) / total if total else None


def load(session: Session, brand: Brand, *, first: date, last: date) -> Figures:
    """The figures of the days from ``first`` to ``last``, at most :data:`LONGEST` of them: seven statements."""
    first = max(first, last - timedelta(days=LONGEST - 1))
    days = _days(session, brand, first, last)
    touches: Counter[str] = Counter()
    for line in days:
        touches.update(line.states)
    posts, kinds = _kinds(session, brand, first, last)
    return Figures(
        first=first, last=last, posts=posts, touches=touches, days=days, kinds=kinds,
        lateness=_lateness(session, brand, first, last), costs=_costs(session, brand, first, last),
        heat=_heat(session, brand, first, last),
    )  # fmt: skip


def _days(session: Session, brand: Brand, first: date, last: date) -> tuple[DayLine, ...]:
    rows = session.execute(
        select(Delivery.day, Delivery.state, func.count())
        .where(Delivery.brand_id == brand.id, Delivery.day.between(first, last))
        .group_by(Delivery.day, Delivery.state)
    )
    found: dict[date, dict[str, int]] = defaultdict(dict)
    for day, state, count in rows:
        found[day][state] = count
    every = [first + timedelta(days=offset) for offset in range((last - first).days + 1)]
    return tuple(DayLine(day, found.get(day, {})) for day in every)


def _kinds(
    session: Session, brand: Brand, first: date, last: date
) -> tuple[dict[str, int], tuple[KindLine, ...]]:
    of_days = (Post.brand_id == brand.id, Post.day.between(first, last))
    states: Counter[str] = Counter()
    posts: Counter[str] = Counter()
    released: Counter[str] = Counter()
    for kind, state, count in session.execute(
        select(Post.kind, Post.state, func.count()).where(*of_days).group_by(Post.kind, Post.state)
    ):
        states[state] += count
        posts[kind] += count
        released[kind] += count if state == "released" else 0
    edits = {
        kind: (int(count), float(untouched) / count, float(distance))
        for kind, count, untouched, distance in session.execute(
            select(
                EditPair.kind, func.count(), func.sum(case((EditPair.distance == 0, 1), else_=0)),
                func.avg(EditPair.distance),
            )
            .join(Post, Post.id == EditPair.post_id)
            .where(*of_days)
            .group_by(EditPair.kind)
        )
    }  # fmt: skip
    counts, told = _readers(session, of_days)
    return dict(states), tuple(
        KindLine(
            kind=kind, posts=posts[kind], released=released[kind], approved=edits.get(kind, (0, 0, 0))[0],
            untouched=edits[kind][1] if kind in edits else None, distance=edits[kind][2] if kind in edits else None,
            counts=counts.get(kind, {}), told=told.get(kind, 0),
        )
        for kind in sorted(posts, key=lambda key: (-posts[key], key))
    )  # fmt: skip


def _readers(
    session: Session, of_days: Sequence[ColumnElement[bool]]
) -> tuple[dict[str, dict[str, int]], dict[str, int]]:
    """By kind: counts by measure, and posts with any. A post's own total stands for its groups'."""
    rows = session.execute(
        select(Post.kind, Figure.post_id, Figure.measure, _whole())
        .join(Post, Post.id == Figure.post_id)
        .where(*of_days)
        .group_by(Post.kind, Figure.post_id, Figure.measure)
    ).all()
    counts: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    told: dict[str, set[int]] = defaultdict(set)
    for kind, post_id, measure, value in rows:
        counts[kind][measure] += int(value or 0)
        told[kind].add(post_id)
    return counts, {kind: len(ids) for kind, ids in told.items()}


def _whole() -> ColumnElement[int]:
    own = func.max(case((Figure.scope == "post", Figure.value)))
    return func.coalesce(own, func.sum(Figure.value))


def _lateness(session: Session, brand: Brand, first: date, last: date) -> tuple[LateLine, ...]:
    step = cast(Delivery.late_ms / STEP, Integer)
    rows = session.execute(
        select(Delivery.channel, step, func.count(), func.max(Delivery.late_ms))
        .where(
            Delivery.brand_id == brand.id, Delivery.day.between(first, last), Delivery.late_ms.is_not(None)
        )
        .group_by(Delivery.channel, step)
        .order_by(Delivery.channel, step)
    )
    classes: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for channel, number, count, worst in rows:
        classes[channel].append((int(number) * STEP, int(count or 0), int(worst or 0)))
    return tuple(_late_line(channel, found) for channel, found in classes.items())


def _late_line(channel: str, classes: Sequence[tuple[int, int, int]]) -> LateLine:
    total = sum(count for _ms, count, _worst in classes)

    def percentile(share: float) -> int:
        left = share * total
        for _ms, count, worst in classes:
            left -= count
            if left <= 0:
                return worst
        return classes[-1][2]

    late = sum(count for ms, count, _worst in classes if ms >= 1000)
    return LateLine(channel, total, percentile(0.5), percentile(0.99), classes[-1][2], late)


def _costs(session: Session, brand: Brand, first: date, last: date) -> tuple[CostLine, ...]:
    rows = session.execute(
        select(
            ModelCall.model, ModelCall.purpose, ModelCall.outcome, ModelCall.tokens_in, ModelCall.tokens_out,
            ModelCall.cost, ModelCall.milliseconds,
        ).where(ModelCall.brand_id == brand.id, ModelCall.day.between(first, last))
    )  # fmt: skip
    found: dict[tuple[str, str], list[tuple[str, int, int, Decimal | None, int]]] = defaultdict(list)
    for model, purpose, outcome, tokens_in, tokens_out, cost, milliseconds in rows:
        found[model, purpose].append((outcome, tokens_in or 0, tokens_out or 0, cost, milliseconds))
    return tuple(_cost_line(key, calls) for key, calls in sorted(found.items()))


def _cost_line(key: tuple[str, str], calls: Sequence[tuple[str, int, int, Decimal | None, int]]) -> CostLine:
    known = [cost for _outcome, _in, _out, cost, _ms in calls if cost is not None]
    return CostLine(
        key[0], key[1], len(calls), sum(1 for call in calls if call[0] != "ok"), sum(call[1] for call in calls),
        sum(call[2] for call in calls), sum(known, Decimal()) if known else None,
        round(sum(call[4] for call in calls) / len(calls)),
    )  # fmt: skip


def _heat(session: Session, brand: Brand, first: date, last: date) -> dict[tuple[str, int], float]:
    hour = func.substr(Post.time, 1, 2)
    rows = session.execute(
        select(Post.kind, hour, Figure.post_id, _whole())
        .join(Post, Post.id == Figure.post_id)
        .where(Post.brand_id == brand.id, Post.day.between(first, last), Figure.measure == "reads")
        .group_by(Post.kind, hour, Figure.post_id)
    )
    cells: dict[tuple[str, int], list[int]] = defaultdict(list)
    for kind, wall, _post, reads in rows:
        cells[kind, int(wall)].append(int(reads or 0))
    return {key: sum(values) / len(values) for key, values in cells.items()}


def tables(found: Figures) -> dict[str, tuple[list[str], list[list[object]]]]:
    """Every table of the page as header and rows, for export."""
    states = [
        state for state in (*_REAL, "planned", "claimed", "sending", "retry_wait") if found.touches.get(state)
    ]
    return {
        "days": (["day", *states], [[line.day, *(line.states.get(state, 0) for state in states)] for line in found.days]),
        "kinds": (
            ["kind", "posts", "released", "approved", "untouched", "distance", *MEASURES],
            [
                [line.kind, line.posts, line.released, line.approved, line.untouched, line.distance,
                 *(line.counts.get(measure, "") for measure in MEASURES)]
                for line in found.kinds
            ],
        ),
        "lateness": (
            ["channel", "count", "p50_ms", "p99_ms", "worst_ms", "over_1s"],
            [[line.channel, line.count, line.p50, line.p99, line.worst, line.late] for line in found.lateness],
        ),
        "models": (
            ["model", "purpose", "calls", "failed", "tokens_in", "tokens_out", "yuan", "mean_ms"],
            [
                [line.model, line.purpose, line.calls, line.failed, line.tokens_in, line.tokens_out, line.yuan,
                 line.milliseconds]
                for line in found.costs
            ],
        ),
        "heat": (["kind", "hour", "mean_reads"], [[kind, hour, mean] for (kind, hour), mean in sorted(found.heat.items())]),
    }  # fmt: skip


def document(found: Figures) -> dict[str, Any]:
    """Everything as a program reads it: counts by state, and each table as a list of objects."""
    rows = {
        name: [dict(zip(head, map(_plain, row), strict=True)) for row in body]
        for name, (head, body) in tables(found).items()
    }
    return {
        "from": found.first.isoformat(), "to": found.last.isoformat(), "posts": dict(found.posts),
        "deliveries": dict(found.touches), **rows,
    }  # fmt: skip


def _plain(value: object) -> object:
    if value == "":
        return None
    return str(value) if isinstance(value, date | Decimal) else value
