"""The canary: every minute one delivery of our own goes the whole way, so that silence is noticed within minutes.

It is a real post of a hidden brand with one simulated group: revision, approval bound to its hash, frozen
audience, claim, attempt, demo channel, settlement. Nothing on that road knows it is a canary. Each round removes the traces of
the one before, so the tables do not grow. The approval is signed by a disabled account that nobody can sign in with and that has
nothing but this brand to approve.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from content_calendar.brands import CANARY_UID
from content_calendar.states import PostState, move_post
from content_calendar.tables import (
    Approval,
    Attempt,
    AuditEvent,
    Brand,
    Delivery,
    DemoMessage,
    Group,
    Heartbeat,
    Notice,
    Post,
    QuotaEntry,
    Release,
    Revision,
    Tier,
    User,
)
from prompts.draft import revision_hash
from workers import pulse

ACTOR = "system:canary"
USER = "canary"
AHEAD = timedelta(seconds=8)  # the dispatcher must find it before its moment, not after
STUCK = timedelta(minutes=5)  # a round that has not ended by then is given up and its traces removed
ENDED = frozenset({PostState.released, PostState.held, PostState.missed, PostState.cancelled})


def arrived(session: Session) -> datetime | None:
    """When the newest canary arrived: as stamped, or as the delivery itself says."""
    stamped = session.scalar(select(Heartbeat.at).where(Heartbeat.name == "canary"))
    newest = session.scalar(
        select(func.max(Delivery.sent_at))
        .join(Brand, Brand.id == Delivery.brand_id)
        .where(Brand.uid == CANARY_UID)
    )
    return max((at for at in (stamped, newest) if at is not None), default=None)


def collect(session: Session) -> None:
    """Stamp the heartbeat ``canary``, so that it outlives the traces of its round."""
    at = arrived(session)
    if at is not None:
        pulse.stamp(session, "canary", now=at)


def launch(session: Session, *, now: datetime, pace: float = 1.0) -> bool:
    """Send the next canary on its way; False while the one before is still on the road."""
    brand = _brand(session) or _make_brand(session, now)
    last = session.scalar(select(Post).where(Post.brand_id == brand.id).order_by(Post.id.desc()).limit(1))
    if last is not None and last.state not in ENDED and abs(now - last.due_at) < STUCK * pace:
        return False
    sweep(session, brand)
    group = session.scalars(select(Group).where(Group.brand_id == brand.id)).one()
    user = session.scalars(select(User).where(User.name == USER)).one()
    _approved_post(session, brand, group, user, now, now + AHEAD * pace)
    return True


def _brand(session: Session) -> Brand | None:
    return session.scalar(select(Brand).where(Brand.uid == CANARY_UID))


def _make_brand(session: Session, now: datetime) -> Brand:
    """The hidden brand: no quiet hours, no cap worth the name, one simulated group."""
    brand = Brand(
        uid=CANARY_UID, name="（系统探针）", zone="UTC", quiet_from="00:00", quiet_to="00:00", demo=True
    )
    session.add(brand)
    session.flush()
    session.add(Tier(brand_id=brand.id, level="low", name="探针", daily_cap=1_000_000))
    session.add(Group(brand_id=brand.id, code="canary", name="探针", tier="low", channel="demo"))
    if session.scalar(select(User.id).where(User.name == USER)) is None:
        session.add(User(name=USER, display="系统探针", role="editor", active=False, created_at=now))
    session.flush()
    return brand


def _approved_post(
    session: Session, brand: Brand, group: Group, user: User, now: datetime, due_at: datetime
) -> None:
    text = f"探针 {due_at.isoformat()}"
    post = Post(
        brand_id=brand.id, slot_key=f"canary:{due_at.isoformat()}", tier=group.tier, kind="reminder", lane="demo",
        day=due_at.date(), time=f"{due_at:%H:%M}", zone=brand.zone, due_at=due_at, state_since=now,
        created_at=now, late_policy="send_late",
    )  # fmt: skip
    session.add(post)
    session.flush()
    revision = Revision(
        post_id=post.id, number=1, hash=revision_hash(text, ()), text=text, author="canary", created_at=now
    )
    session.add(revision)
    session.flush()
    for before, after in (
        (PostState.planned, PostState.in_review),
        (PostState.in_review, PostState.approved),
    ):
        move_post(session, post, after, expected=before, actor=ACTOR, now=now, revision_id=revision.id)
    session.add(
        Approval(
            post_id=post.id, revision_id=revision.id, revision_hash=revision.hash, due_at=due_at,
            user_id=user.id, decided_at=now, expires_at=due_at + timedelta(hours=1),
        )
    )  # fmt: skip
    session.flush()


def sweep(session: Session, brand: Brand) -> None:
    """Remove every trace of earlier rounds. Of this brand only: nobody else's history may ever be removed."""
    posts = select(Post.id).where(Post.brand_id == brand.id)
    deliveries = select(Delivery.id).where(Delivery.brand_id == brand.id)
    for statement in (
        delete(DemoMessage).where(DemoMessage.delivery_id.in_(deliveries)),
        delete(Attempt).where(Attempt.delivery_id.in_(deliveries)),
        delete(Delivery).where(Delivery.brand_id == brand.id),
        delete(Release).where(Release.brand_id == brand.id),
        delete(QuotaEntry).where(QuotaEntry.post_id.in_(posts)),
        delete(Approval).where(Approval.post_id.in_(posts)),
        delete(Revision).where(Revision.post_id.in_(posts)),
        delete(Post).where(Post.brand_id == brand.id),
        delete(AuditEvent).where(AuditEvent.brand_id == brand.id),
        delete(Notice).where(Notice.brand_id == brand.id),
    ):
        session.execute(statement.execution_options(synchronize_session=False))
    session.expire_all()
