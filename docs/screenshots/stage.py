"""Sets the stage for the screenshots: the example brand on a Tuesday afternoon, with a week in every state.

Everything is made by the product itself (import, plan, write, approve, dispatch) at a fixed clock, so that two runs
look alike; only the one delivery with an unknown outcome is staged by hand.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import replied
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from content_calendar import figures, notices, review, revised, send_desk, workbook
from content_calendar.clock import FixedClock
from content_calendar.database import Database, migrate
from content_calendar.plan import planner
from content_calendar.tables import Attempt, Brand, Delivery, DemoMessage, Group, Post, User
from content_calendar.workbook.shift import EXAMPLE, shifted
from desk.acts import bulk, editing
from desk.auth import links, sessions, tokens, users
from workers.batches.write import write_posts
from workers.dispatcher import dispatch_until
from workers.runtime import Runtime
from workers.settings import Settings

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
EARLY = datetime(2026, 11, 22, 18, 0, tzinfo=ZONE)
TUESDAY = datetime(2026, 11, 24, 15, 20, tzinfo=ZONE)


@dataclass(frozen=True)
class Stage:
    """The runtime at the moment shown, the cookie of the lead, and pages worth a picture."""

    runtime: Runtime
    cookie: str
    post: int
    blocked: int
    group: str
    link: str
    owner: str


def build(folder: Path) -> Stage:
    """Import, plan, write, approve, dispatch; a minute of work at most."""
    settings = Settings(data_dir=folder, models="")
    migrate(settings.db_url)
    runtime = Runtime(settings=settings, database=Database(settings.db_url), clock=FixedClock(EARLY))
    lead = _people(runtime)
    _brand(runtime, folder)
    _write(runtime)
    _approve(runtime, lead, until=date(2026, 11, 27))
    dispatch_until(runtime, TUESDAY)
    runtime = replace(runtime, clock=FixedClock(TUESDAY))
    replied.make(runtime)
    return _finish(runtime, lead)


def _people(runtime: Runtime) -> int:
    with runtime.database.write() as session:
        lead = users.create(
            session, name="lixiao", role="lead", display="李晓", now=EARLY, actor="system:start"
        )
        for name, role, display in (
            ("zhouning", "editor", "周宁"),
            ("chenyu", "operator", "陈雨"),
            ("kanban", "service", "数据看板"),
        ):
            made = users.create(
                session, name=name, role=role, display=display, now=EARLY, actor="user:lixiao"
            )
            if role == "service":
                tokens.create(session, made, "每日报表", now=EARLY, actor="user:lixiao")
        return lead.id


def _brand(runtime: Runtime, folder: Path) -> None:
    moved = folder / "example.xlsx"
    shifted(EXAMPLE, moved, today=MONDAY)
    reading = workbook.read(moved, today=MONDAY)
    assert reading.content is not None, reading.errors
    with runtime.database.write() as session:
        workbook.apply(
            session, reading.content, now=EARLY, actor="user:lixiao", demo=True, source=EXAMPLE.name
        )
        brand = session.scalars(select(Brand)).one()
        planner.plan(session, brand, start=MONDAY, days=7, now=EARLY)


def _write(runtime: Runtime) -> None:
    with runtime.database.read() as session:
        ids = list(
            session.scalars(
                select(Post.id).where(Post.day < MONDAY + timedelta(days=6)).order_by(Post.due_at)
            )
        )
    write_posts(runtime, ids)


def _approve(runtime: Runtime, user_id: int, *, until: date) -> None:
    with runtime.database.read() as session:
        brand = session.scalars(select(Brand)).one()
        found = _in_review(
            session.execute(select(Post).where(Post.day < until).order_by(Post.due_at)).scalars().all()
        )
        wanted = [
            (post.id, _hash(session, post))
            for number, post in enumerate(found)
            if post.day < date(2026, 11, 25) or number % 3
        ]
    bulk.approve(runtime, brand, wanted, user_id=user_id, now=EARLY)


def _in_review(posts: Sequence[Post]) -> list[Post]:
    return [post for post in posts if post.state == "in_review"]


def _hash(session: Session, post: Post) -> str:
    newest = revised.newest(session, post)
    return newest.hash if newest else ""


def _finish(runtime: Runtime, lead_id: int) -> Stage:
    now = runtime.clock.now()
    with runtime.database.write() as session:
        lead = session.get_one(User, lead_id)
        editor = session.scalars(select(User).where(User.name == "zhouning")).one()
        review.mark_missed(session, now=now)
        waiting = list(
            session.scalars(
                select(Post).where(Post.state == "in_review", Post.due_at > now).order_by(Post.due_at)
            )
        )
        offer = next(post for post in waiting if post.offer)
        _blocked(session, offer, editor, now)
        others = [post for post in waiting if post.id != offer.id]
        review.comment(session, offer, "首发价和日常价一样，别写成优惠。", user=lead, now=now)
        review.request_changes(
            session, others[3], user=lead, reason="第二句像广告，换成一个生活场景", now=now
        )
        review.hold(session, others[5], user=lead, reason="等商品页改完价格", now=now)
        _unknown(session, now)
        shown = _edited(session, others[1], editor, now)
        group = session.scalars(select(DemoMessage.group_id).order_by(DemoMessage.id.desc())).first()
        code = _code(session, group)
        cookie = sessions.open_(session, lead, now=now)
        _read(session, now)
        owner = _handed(session, lead, now)
    with runtime.database.write() as session:
        link = links.issue(session, "zhouning", now=now)
    return Stage(runtime, cookie, shown, offer.id, code, link, owner)


def _handed(session: Session, lead: User, now: datetime) -> str:
    """Two posts of the day handed to their owners, one of whom has begun to tell; the busiest owner's name."""
    brand = session.scalars(select(Brand)).one()
    posts = list(
        session.scalars(
            select(Post.id).where(Post.day == now.astimezone(ZONE).date(), Post.state == "released").order_by(Post.due_at.desc())
        )
    )[:2]  # fmt: skip
    rows = session.execute(
        select(Delivery.id, Delivery.post_id, Group.owner)
        .join(Group, Group.id == Delivery.group_id)
        .where(Delivery.post_id.in_(posts), Delivery.state == "sent")
    ).all()
    session.execute(
        update(Delivery)
        .where(Delivery.id.in_([row.id for row in rows]))
        .values(state="handed_over", lane="hand_off", channel="sidebar", sent_at=None)
    )
    owner = Counter(row.owner for row in rows).most_common(1)[0][0]
    first = next(row.post_id for row in rows if row.owner == owner)
    mine = [row.id for row in rows if row.owner == owner and row.post_id == first]
    send_desk.report(
        session, brand, first, send_desk.Said("done"), owners=[owner], user=lead, now=now, deliveries=mine[:1]
    )
    return owner


def _read(session: Session, now: datetime) -> None:
    """Reads, clicks and orders of what went out, as an operator hands them in."""
    brand = session.scalars(select(Brand)).first()
    rows = []
    for post in session.scalars(select(Post).where(Post.state == "released").order_by(Post.id)):
        reads = (
            900
            + 53 * (post.id % 17)
            + (700 if post.time >= "20:00" else 0)
            + (260 if post.kind == "game" else 0)
        )
        counts = {
            "reads": reads,
            "clicks": reads // 9,
            "replies": reads // 31,
            "orders": reads // 60 if post.offer else 0,
        }
        rows.append(figures.Row(post.id + 1, post.id, None, "", "", "", counts))
    figures.take(
        session, brand, figures.Sheet(tuple(rows), ()), source="11月数据.csv", now=now, actor="user:lixiao"
    )


def _blocked(session: Session, post: Post, user: User, now: datetime) -> None:
    base = _hash(session, post)
    text = revised.newest(session, post).text
    editing.save(session, post, text + "\n全网最低价，只要 159 元！", base_hash=base, user=user, now=now)


def _edited(session: Session, post: Post, user: User, now: datetime) -> int:
    base = _hash(session, post)
    text = revised.newest(session, post).text
    lines = text.split("\n")
    editing.save(
        session,
        post,
        "\n".join([lines[0].rstrip("。！？") + "？", *lines[1:]]),
        base_hash=base,
        user=user,
        now=now,
    )
    return post.id


def _unknown(session: Session, now: datetime) -> None:
    """One delivery nobody knows about, as after a cut connection."""
    row = session.scalars(
        select(Delivery).where(Delivery.state == "sent").order_by(Delivery.due_at.desc())
    ).first()
    session.execute(delete(DemoMessage).where(DemoMessage.delivery_id == row.id))
    session.execute(
        update(Delivery)
        .where(Delivery.id == row.id)
        .values(state="unknown", state_reason="连接中断", sent_at=None)
    )
    session.execute(
        update(Attempt).where(Attempt.delivery_id == row.id).values(outcome="unknown", code="timeout")
    )
    notices.tell(
        session, brand_id=row.brand_id, code="delivery.unknown", subject=f"post:{row.post_id}", now=now, level="alarm",
        text=f"内容 {row.post_id} 有 1 个社群的发送结果未知，请到群里看一眼，回答是否已送达。",
    )  # fmt: skip


def _code(session: Session, group_id: int | None) -> str:
    return session.get_one(Group, group_id).code
