"""Freezing: an approved post near its moment becomes a release with one delivery per group.

From here on the audience is fixed and the ledger counts against it. A post that comes back after a hold
in the middle of its fan-out is bound again to its newly approved revision; what already left stays as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from operator import itemgetter
from uuid import UUID, uuid5

from sqlalchemy import ColumnElement, and_, insert, or_, select, update
from sqlalchemy.orm import Session

from content_calendar import audit, lanes
from content_calendar.ledger import door, texts
from content_calendar.ledger.refusing import ACTOR, refuse
from content_calendar.plan.audience import Seat, seats
from content_calendar.states import OPEN, DeliveryState, PostState, move_post
from content_calendar.tables import Brand, Delivery, Post, QuotaEntry, Release

EARLY = ("confirm", "hand_off")  # lanes whose calls are made before the slot
_SPACE = UUID("6f0d1a52-2f0b-5b38-9f43-c40a1c1f0d6e")  # ours alone: delivery ids never meet others' uuid5


def delivery_id(brand_uid: str, post_id: int, group_id: int) -> str:
    """The idempotency key of one (post, group) pair: 32 hex digits, the same on every attempt."""
    return uuid5(_SPACE, f"{brand_uid}:{post_id}:{group_id}").hex


# What a new delivery has not got yet, said once: a default looked up for each column and row is half of a freeze.
_FRESH: dict[str, object] = {
    "lease_owner": "", "lease_until": None, "fence": 0, "next_try_at": None, "tries": 0, "sent_at": None,
    "late_ms": None, "remote_id": "", "proof": "", "confirmed_at": None,
}  # fmt: skip


def due(session: Session, *, by: datetime, limit: int = 50) -> Sequence[int]:
    """Ids of approved posts due by ``by`` whose brand is not paused, soonest first.

    A post that people must send themselves is due some minutes before its slot, so that they can.
    """
    early = and_(Brand.demo.is_(False), Post.lane.in_(EARLY), Post.due_at <= by + lanes.EARLIEST)
    query = (
        select(Post.id)
        .join(Brand, Brand.id == Post.brand_id)
        .where(
            Post.state == PostState.approved,
            Post.occasion == "",
            or_(Post.due_at <= by, early),
            Brand.paused_at.is_(None),
        )
        .order_by(Post.due_at, Post.id)
        .limit(limit)
    )
    return session.scalars(query).all()


def freeze(
    session: Session,
    post_id: int,
    *,
    now: datetime,
    installed: frozenset[str] | None = None,
    inspect: door.Inspector | None = None,
) -> PostState | None:
    """Freeze one post: ``releasing`` when it may go, ``held`` or ``missed`` when the door refused it.

    None when another dispatcher has it, or it is no longer approved. ``installed``: channels there are
    (None: all); groups of another one are skipped, with that reason. ``inspect``: the last check of its text.
    """
    post = session.scalar(
        select(Post)
        .where(Post.id == post_id, Post.state == PostState.approved, Post.occasion == "")
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if post is None:
        return None
    verdict = door.check(session, post, now)
    if isinstance(verdict, door.Granted) and inspect is not None:
        verdict = _inspected(session, post, verdict, inspect, now)
    if isinstance(verdict, door.Refusal):
        return refuse(session, post.id, verdict, now=now)
    release = session.scalar(select(Release).where(Release.post_id == post.id))
    if release is not None:
        _bind_again(session, release, post, verdict, now)
    else:
        places = seats(session, post, at=max(now, post.due_at), installed=installed)
        if not places:
            nobody = door.Refusal("no_audience", "没有可以接收的社群，请检查层级与社群设置。")
            return refuse(session, post.id, nobody, now=now)
        _open(session, post, verdict, places, now)
    move_post(
        session, post, PostState.releasing, expected=PostState.approved, actor=ACTOR, now=now,
        detail={"revision": verdict.revision.hash, "approval": verdict.approval.id},
    )  # fmt: skip
    return PostState.releasing


def _inspected(
    session: Session, post: Post, granted: door.Granted, inspect: door.Inspector, now: datetime
) -> door.Verdict:
    brand = session.get_one(Brand, post.brand_id)
    said = texts.said(session, brand, post, granted.revision, now=now)
    outbound = door.Outbound(post, granted.revision, said.text, said.values, granted.lifted)
    return inspect(session, outbound, now) or granted


def _open(session: Session, post: Post, verdict: door.Granted, places: Sequence[Seat], now: datetime) -> None:
    brand = session.get_one(Brand, post.brand_id)
    release = Release(
        brand_id=brand.id, post_id=post.id, revision_id=verdict.revision.id,
        revision_hash=verdict.revision.hash, audience=[seat.group_id for seat in places],
        due_at=post.due_at, day=post.day, frozen_at=now,
    )  # fmt: skip
    session.add(release)
    session.flush()
    rows = [{**_FRESH, **_row(brand, post, release, seat, now)} for seat in places]
    # In the order they will be claimed: those of one batch lie side by side, so each commit writes few pages.
    rows.sort(key=itemgetter("id"))
    session.connection().execute(insert(Delivery.__table__), rows)  # type: ignore[arg-type]  # no ORM per row
    _count_quota(session, post, places)
    audit.note(
        session, brand_id=brand.id, now=now, actor=ACTOR, action="release.frozen", subject="post",
        subject_id=post.id, detail={"groups": len(places), "skipped": sum(bool(s.skip) for s in places)},
    )  # fmt: skip


def _row(brand: Brand, post: Post, release: Release, seat: Seat, now: datetime) -> dict[str, object]:
    state = DeliveryState.skipped if seat.skip else DeliveryState.planned
    return {
        "id": delivery_id(brand.uid, post.id, seat.group_id), "brand_id": brand.id, "post_id": post.id,
        "release_id": release.id, "group_id": seat.group_id, "lane": seat.lane, "channel": seat.channel,
        "day": post.day, "due_at": _call_at(seat.channel, post.due_at, now), "state": state.value,
        "state_reason": seat.skip[:400],
    }  # fmt: skip


def _call_at(channel: str, slot: datetime, now: datetime) -> datetime:
    """When the call is due: not in the past because a post was approved late, nor then in a crowded minute."""
    if not lanes.CHANNELS[channel].lead:
        return slot
    wanted = lanes.call_at(channel, slot)
    return wanted if wanted >= now else lanes.after_crowd(now)


def _count_quota(session: Session, post: Post, places: Sequence[Seat]) -> None:
    """Each mass-send of the confirm lane counts against its group's allowance."""
    rows = [
        {"group_id": seat.group_id, "post_id": post.id, "day": post.day, "lane": seat.lane}
        for seat in places
        if seat.lane == "confirm" and not seat.skip
    ]
    if rows:
        session.execute(insert(QuotaEntry), rows)


def _bind_again(session: Session, release: Release, post: Post, verdict: door.Granted, now: datetime) -> None:
    """The groups that have not heard it yet get the newly approved revision at its new moment."""
    before = release.revision_hash
    release.revision_id, release.revision_hash = verdict.revision.id, verdict.revision.hash
    release.due_at, release.closed_at = post.due_at, None
    open_rows = (Delivery.post_id == post.id, Delivery.state.in_(OPEN - {DeliveryState.sending}))
    moments: list[tuple[datetime, ColumnElement[bool]]] = [
        (post.due_at, Delivery.channel.not_in(lanes.WHOLE))
    ]
    moments += [(_call_at(channel, post.due_at, now), Delivery.channel == channel) for channel in lanes.WHOLE]
    for moment, only in moments:
        session.execute(
            update(Delivery)
            .where(*open_rows, only)
            .values(due_at=moment, next_try_at=None)
            .execution_options(synchronize_session=False)
        )
    audit.note(
        session, brand_id=post.brand_id, now=now, actor=ACTOR, action="release.bound_again", subject="post",
        subject_id=post.id, detail={"before": before, "after": verdict.revision.hash},
    )  # fmt: skip
