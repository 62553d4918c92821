"""How punctual is the release: 5,000 demo deliveries due in one minute, and all at one instant, on SQLite.

    .venv/bin/python benchmarks/release.py [--deliveries 5000] [--url postgresql://...]

Lateness is the moment a message stands in its simulated group minus the moment it was due. Beside it a bare
loop that only writes the same messages, with no approval, no claim, no attempt and no ledger.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from content_calendar import ledger, review
from content_calendar.clock import SystemClock
from content_calendar.database import Database, migrate
from content_calendar.tables import Brand, Delivery, DemoMessage, Group, Post, Tier, User
from prompts.brief import Brief, TierSheet, Voice
from prompts.draft import Draft, Provenance
from workers.dispatcher import Dispatcher
from workers.runtime import Runtime
from workers.settings import Settings

TEXT = "早安，禾苗们～\n洗完脸先别急着擦干，留一点水分再抹面霜。\n昨天问水温的几位，答案写在群公告里了。"


@dataclass(frozen=True)
class Figures:
    """Seconds, except ``rate`` (messages a second from the first due moment to the last message)."""

    count: int
    first: float
    p50: float
    p99: float
    worst: float
    rate: float


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--deliveries", type=int, default=5000)
    parser.add_argument("--url", default="", help="another database; default: a fresh SQLite file")
    parser.add_argument("--skip-minute", action="store_true", help="only the burst at one instant")
    chosen = parser.parse_args()
    if not chosen.skip_minute:
        show("over one minute (50 posts)", run(chosen.url, chosen.deliveries, posts=50, spread=60.0))
    burst = run(chosen.url, chosen.deliveries, posts=5, spread=0.0)
    show("at one instant (5 posts)", burst)
    bare = bare_loop(chosen.url, chosen.deliveries)
    print(f"bare loop, writing only       {bare:8.0f}/s   ours at one instant: {burst.rate / bare:.0%} of it")


def show(name: str, f: Figures) -> None:
    print(
        f"{name:28s}  {f.count} messages  first {f.first:6.3f} s  p50 {f.p50:6.3f} s  p99 {f.p99:6.3f} s"
        f"  max {f.worst:6.3f} s  {f.rate:8.0f}/s"
    )


def run(url: str, deliveries: int, *, posts: int, spread: float) -> Figures:
    """Approve ``posts`` posts due over ``spread`` seconds, dispatch them on the machine's clock, measure."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_fresh(url, Path(folder))
        clock = SystemClock()
        first = clock.now() + timedelta(seconds=8)
        with database.write() as session:
            seed(session, deliveries, posts, first, spread, clock.now())
        runtime = Runtime(Settings(data_dir=Path(folder)), database, clock)
        Dispatcher(runtime, "bench").run_until(first + timedelta(seconds=spread + 15))
        with database.read() as session:
            figures = measure(session, first)
            brand = session.scalars(select(Brand).order_by(Brand.id.desc())).first()
            assert brand is not None
            day = ledger.day_sum(session, brand, first.date(), now=clock.now())
            assert day.holds and day.by_state == {"sent": figures.count}, day
        database.dispose()
    return figures


def open_fresh(url: str, folder: Path) -> Database:
    url = url or f"sqlite:///{folder / 'bench.db'}"
    migrate(url)
    return Database(url)


def seed(
    session: Session,
    deliveries: int,
    posts: int,
    first: datetime,
    spread: float,
    now: datetime,
    *,
    url: str = "",
) -> int:
    """A brand with ``posts`` approved posts due over ``spread`` seconds, each for the groups of its own tier; the brand's id.

    ``url``: where the groups' webhook is; without it they are demo groups of a demo brand.
    """
    stamp = f"{time.time_ns():x}"
    brand = Brand(
        uid=stamp, name=f"bench {stamp}", demo=not url, zone="UTC", quiet_from="00:00", quiet_to="00:00"
    )
    user = User(name=f"u{stamp}", role="editor", created_at=now)
    session.add_all([brand, user])
    session.flush()
    reached = {"channel": "webhook", "address": url} if url else {}
    each = deliveries // posts
    for number in range(posts):
        session.add(Tier(brand_id=brand.id, level=f"t{number}", daily_cap=1000))
        session.execute(insert(Group), [group_row(brand.id, number, n) | reached for n in range(each)])
        due_at = first + timedelta(seconds=spread * number / posts)
        approve(session, brand, user, f"t{number}", due_at, now)
    return brand.id


def group_row(brand_id: int, tier: int, n: int) -> dict[str, object]:
    return {
        "brand_id": brand_id, "code": f"{tier}-{n}", "name": f"群 {tier}-{n}", "tier": f"t{tier}", "source": "",
        "customer_type": "", "members": 200, "tags": [], "owner": "", "channel": "demo", "address": "",
        "active": True, "row": n,
    }  # fmt: skip


def approve(
    session: Session, brand: Brand, user: User, tier: str, due_at: datetime, now: datetime, *, key: str = ""
) -> None:
    post = Post(
        brand_id=brand.id, slot_key=f"bench:{key or tier}", tier=tier, kind="tip", lane="auto", day=due_at.date(),
        time=f"{due_at:%H:%M}", zone="UTC", due_at=due_at, state="planned", state_since=now, created_at=now,
    )  # fmt: skip
    session.add(post)
    session.flush()
    draft = Draft(text=TEXT, provenance=Provenance(author="bench"))
    voice = Voice(brand=brand.name, industry="护肤", persona="chongfenguan", nickname="宠粉官")
    brief = Brief(
        post=post.slot_key, voice=voice, tier=TierSheet(level="mid"), kind="tip", at=due_at, zone="UTC", lane="auto"
    )  # fmt: skip
    revision = review.submit(session, post, draft, brief, actor="system:bench", now=now)
    review.approve(session, post, revision_hash=revision.hash, user=user, now=now)


def measure(session: Session, first: datetime) -> Figures:
    """From the messages themselves: when each stood in its group against when its post was due."""
    due = {
        row.id: row.due_at
        for row in session.execute(select(Delivery.id, Delivery.due_at).where(Delivery.due_at >= first))
    }
    at = {
        row.delivery_id: row.at
        for row in session.execute(select(DemoMessage.delivery_id, DemoMessage.at))
        if row.delivery_id in due
    }
    late = sorted((at[key] - due[key]).total_seconds() for key in at)
    assert late and late[0] >= 0, "a message left before its moment"
    lasted = (max(at.values()) - first).total_seconds()
    return Figures(
        count=len(late), first=late[0], p50=late[len(late) // 2], p99=late[int(len(late) * 0.99)],
        worst=late[-1], rate=len(late) / max(lasted, 1e-6),
    )  # fmt: skip


def bare_loop(url: str, deliveries: int) -> float:
    """Messages a second when nothing but the messages is written, in batches of 500."""
    with tempfile.TemporaryDirectory() as folder:
        database = open_fresh(url, Path(folder))
        with database.write() as session:
            brand = Brand(uid=f"{time.time_ns():x}", name=f"bare {time.time_ns():x}")
            session.add(brand)
            session.flush()
            session.execute(insert(Group), [group_row(brand.id, 0, n) for n in range(deliveries)])
            groups = session.scalars(select(Group.id).where(Group.brand_id == brand.id)).all()
        begun = time.perf_counter()
        for start in range(0, deliveries, 500):
            rows = [
                {
                    "delivery_id": f"{begun:.0f}-{group}", "group_id": group, "at": datetime.now(UTC),
                    "sender": "", "lane": "demo", "text": TEXT,
                }
                for group in groups[start : start + 500]
            ]  # fmt: skip
            with database.write() as session:
                session.execute(insert(DemoMessage), rows)
        rate = deliveries / (time.perf_counter() - begun)
        with database.write() as session:
            session.execute(delete(DemoMessage).where(DemoMessage.sender == ""))
        database.dispose()
    return rate


if __name__ == "__main__":
    main()
