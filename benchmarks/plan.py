"""Planning 7 days: seconds for 1,600 groups on SQLite, how it grows with groups, and what hangs on it.

    .venv/bin/python benchmarks/plan.py [groups ...]

Groups are never listed at planning (caps are per tier, groups are counted in one statement), so the figure hardly
moves with them. Beside it the time to make one row per (post, group) and store it, which is what a plan that
listed its audience would do.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import delete, insert, select, text

from content_calendar import workbook
from content_calendar.database import Database, migrate
from content_calendar.plan import audience, briefs, planner, rehearsal
from content_calendar.tables import AuditEvent, Brand, Group, Post
from content_calendar.workbook.shift import EXAMPLE

START = date(2026, 11, 23)
NOW = datetime.fromisoformat("2026-11-22T12:00+08:00")
DAYS = 7
BAR = 5.0  # seconds for 1,600 groups
ROUNDS = 3


def best(work: Callable[[], object]) -> float:
    """The shortest of a few rounds, in seconds."""
    taken = []
    for _ in range(ROUNDS):
        begun = time.perf_counter()
        work()
        taken.append(time.perf_counter() - begun)
    return min(taken)


def fill(database: Database, groups: int) -> None:
    """The reference brand with ``groups`` groups, an even mix of tiers and channels."""
    content = workbook.read(EXAMPLE).content
    assert content is not None
    with database.write() as session:
        workbook.apply(session, content, now=NOW, actor="system:bench")
        brand_id = session.scalars(select(Brand.id)).one()
        session.execute(delete(Group))
        tiers, channels = ("high", "mid", "low"), ("wecom_mass", "sidebar", "demo", "wecom_bot")
        rows = [
            {
                "brand_id": brand_id, "code": f"G{n:06d}", "name": f"宠粉群{n}", "tier": tiers[n % 3], "owner": f"宠粉官{n % 6}号",
                "channel": channels[n % 4], "address": f"wr{n}", "tags": [f"标签{n % 50}", "偏干皮"], "row": n + 2,
            }
            for n in range(groups)
        ]  # fmt: skip
        session.execute(insert(Group), rows)


def plan(database: Database) -> None:
    """Plan the week from nothing."""
    with database.write() as session:
        session.execute(delete(AuditEvent))
        session.execute(delete(Post))
        planner.plan(session, session.scalars(select(Brand)).one(), start=START, days=DAYS, now=NOW)


def again(database: Database) -> None:
    """Plan a week that is planned already."""
    with database.write() as session:
        planner.plan(session, session.scalars(select(Brand)).one(), start=START, days=DAYS, now=NOW)


def listed(database: Database) -> None:
    """The peer: one stored row per (post, group)."""
    with database.write() as session:
        session.execute(
            text("CREATE TABLE IF NOT EXISTS listed (post_id INTEGER, group_id INTEGER, lane TEXT)")
        )
        session.execute(text("DELETE FROM listed"))
        posts = session.scalars(select(Post)).all()
        rows = [
            {"post_id": post_id, "group_id": seat.group_id, "lane": seat.lane}
            for post_id, seats in audience.seats_of(session, posts).items()
            for seat in seats
        ]
        session.execute(text("INSERT INTO listed VALUES (:post_id, :group_id, :lane)"), rows)


def rehearse(database: Database) -> None:
    """Rehearse the week."""
    with database.read() as session:
        rehearsal.rehearse(session, session.scalars(select(Brand)).one(), start=START, days=DAYS, now=NOW)


def brief(database: Database) -> None:
    """The briefs of the whole week."""
    with database.read() as session:
        briefs.build_many(session, session.scalars(select(Post)).all(), now=NOW)


def measure(groups: int) -> float:
    """Print one line for ``groups`` groups; the seconds of the first planning."""
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'bench.db'}"
        migrate(url)
        database = Database(url)
        fill(database, groups)
        works = (plan, again, listed, rehearse, brief)
        first, *rest = [best(lambda work=work: work(database)) for work in works]
        database.dispose()
    figures = " ".join(f"{seconds:9.3f}" for seconds in (first, *rest))
    print(f"{groups:7,d} {figures} {rest[1] / first:8.1f}x")
    return first


def main(asked: Sequence[str]) -> None:
    """Print the table and the growth."""
    sizes = [int(item) for item in asked] or [400, 800, 1600, 3200]
    print(f"planning {DAYS} days on SQLite, seconds (best of {ROUNDS})")
    print(" groups      plan     again    listed  rehearse    briefs  listed/plan")
    taken = {size: measure(size) for size in sizes}
    small, large = min(sizes), max(sizes)
    print(
        f"growth from {small:,} to {large:,} groups ({large / small:.0f}x): {taken[large] / taken[small]:.2f}x"
    )
    if 1600 in taken:
        print(
            f"1,600 groups: {taken[1600]:.3f} s, bar {BAR:.0f} s: {'ok' if taken[1600] < BAR else 'MISSED'}"
        )


if __name__ == "__main__":
    main(sys.argv[1:])
