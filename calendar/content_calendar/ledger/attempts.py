"""Opening attempts: the last look at the door, then the attempt rows, committed before any call is made.

For a batch of claims: whoever lost its lease, whose brand or group is paused, or whose post may no longer
go on is left out; for the rest the live values are filled in, an attempt row is written and the delivery
is ``sending``. Only after this transaction has been committed may the caller make exactly one call each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import insert, or_, select
from sqlalchemy.orm import Session

from content_calendar import lateness
from content_calendar.ledger import door, moves, texts
from content_calendar.ledger.outgoing import Claim, Opened, Outgoing
from content_calendar.ledger.unknowns import ANSWERED
from content_calendar.states import DeliveryState, PostState
from content_calendar.tables import Attempt, Brand, Delivery, Group, Persona, Post, Release

_FREE: dict[str, Any] = {"lease_owner": "", "lease_until": None}


@dataclass(frozen=True)
class _Page:
    """One post of the batch and what may be done with it: ``text``, or why nothing goes out now."""

    post: Post
    brand: Brand
    sender: str
    text: str = ""
    back: str = ""  # the claims of this post are handed back, for this reason
    refusal: door.Refusal | None = None


@dataclass
class _Plan:
    """What shall happen to each delivery of the batch."""

    go: list[tuple[Delivery, Group, Claim]] = field(default_factory=list)
    moves: list[moves.Move] = field(default_factory=list)


def open_attempts(
    session: Session,
    claims: Sequence[Claim],
    *,
    owner: str,
    now: datetime,
    lease: timedelta,
    max_bytes: int = 20_000,
) -> Opened:
    """Open an attempt for each claim that may go on; see the module. ``max_bytes``: of the channel, UTF-8.

    The caller commits, then calls; ``Opened.refusals`` are posts to be held in a transaction of their own.
    """
    pages = _pages(session, {claim.post_id for claim in claims}, now)  # locks posts before deliveries
    rows = _still_ours(session, claims, owner)
    already = _already_sent(session, [delivery.id for delivery, _, _ in rows])
    plan = _Plan()
    for delivery, group, claim in rows:
        _decide(plan, pages[delivery.post_id], delivery, group, claim, max_bytes, now)
    actor = f"system:{owner}"[:80]
    moved = moves.apply(session, plan.moves, actor=actor, now=now)
    ended = [move.to for move in plan.moves if move.delivery_id in moved]
    _send(session, plan.go, already, actor=actor, now=now, lease=lease)
    return Opened(
        calls=tuple(_call(pages[d.post_id], d, g, c) for d, g, c in plan.go if d.id not in already),
        refusals={key: page.refusal for key, page in pages.items() if page.refusal is not None},
        skipped=ended.count(DeliveryState.skipped),
        expired=ended.count(DeliveryState.expired),
    )


def _pages(session: Session, post_ids: set[int], now: datetime) -> dict[int, _Page]:
    query = (
        select(Post, Brand, Release.revision_hash)
        .join(Brand, Brand.id == Post.brand_id)
        .join(Release, Release.post_id == Post.id)
        .where(Post.id.in_(post_ids))
        .order_by(Post.id)
        .with_for_update(of=Post, read=True)  # an edit waits for us, or we see that it was first
        .execution_options(populate_existing=True)
    )
    rows = session.execute(query).all()
    senders = _senders(session, {brand.id for _, brand, _ in rows})
    verdicts = door.check_many(session, [post for post, _, _ in rows], now)
    return {
        post.id: _page(session, post, brand, bound, senders.get(brand.id, brand.name), verdicts[post.id], now)
        for post, brand, bound in rows
    }


def _page(
    session: Session, post: Post, brand: Brand, bound: str, sender: str, verdict: door.Verdict, now: datetime
) -> _Page:
    if brand.paused_at is not None:
        return _Page(post, brand, sender, back="品牌已暂停发送")
    if post.state != PostState.releasing:
        return _Page(post, brand, sender, back="内容已不在发送中")
    if isinstance(verdict, door.Refusal):
        return _Page(post, brand, sender, back=verdict.reason, refusal=verdict)
    if bound != verdict.revision.hash:
        changed = door.Refusal("other_revision", "发送途中换了版本，请核对后恢复。")
        return _Page(post, brand, sender, back=changed.reason, refusal=changed)
    return _Page(post, brand, sender, text=texts.filled(session, brand, post, verdict.revision, now=now))


def _senders(session: Session, brand_ids: set[int]) -> Mapping[int, str]:
    query = select(Persona.brand_id, Persona.nickname).where(Persona.brand_id.in_(brand_ids))
    return dict(session.execute(query.order_by(Persona.id.desc())).tuples().all())


def _still_ours(session: Session, claims: Sequence[Claim], owner: str) -> list[tuple[Delivery, Group, Claim]]:
    by_id = {claim.delivery_id: claim for claim in claims}
    query = (
        select(Delivery, Group)
        .join(Group, Group.id == Delivery.group_id)
        .where(Delivery.id.in_(by_id), Delivery.state == DeliveryState.claimed, Delivery.lease_owner == owner)
        .order_by(Delivery.id)
        .with_for_update(of=Delivery)
        .execution_options(populate_existing=True)
    )
    found = [(row[0], row[1], by_id[row[0].id]) for row in session.execute(query)]
    return [item for item in found if item[0].fence == item[2].fence]


def _decide(
    plan: _Plan, page: _Page, delivery: Delivery, group: Group, claim: Claim, max_bytes: int, now: datetime
) -> None:
    def end(to: DeliveryState, reason: str) -> None:
        plan.moves.append(
            moves.Move(delivery.id, DeliveryState.claimed, to, claim.fence, reason, dict(_FREE))
        )

    if page.back or group.paused_at is not None:
        end(DeliveryState.planned, page.back or "群已暂停")
    elif now > lateness.deadline(page.post, page.brand):
        end(DeliveryState.expired, "已过补发时限")
    elif not page.text.strip():
        end(DeliveryState.skipped, "实时数据未知，内容没有可发的文字")
    elif len(page.text.encode()) > max_bytes:
        end(DeliveryState.skipped, f"文字超过通道上限 {max_bytes} 字节")
    else:
        plan.go.append((delivery, group, claim))


def _already_sent(session: Session, ids: Sequence[str]) -> set[str]:
    """Deliveries an earlier attempt proved sent although nobody could write it down in time."""
    query = select(Attempt.delivery_id).where(
        Attempt.delivery_id.in_(ids),
        or_(Attempt.outcome.in_(("sent", "handed_over")), Attempt.code == ANSWERED),
    )
    return set(session.scalars(query))


def _send(
    session: Session,
    go: Sequence[tuple[Delivery, Group, Claim]],
    already: set[str],
    *,
    actor: str,
    now: datetime,
    lease: timedelta,
) -> None:
    """The attempt rows and the move to ``sending``; what had been sent before ends here without a call."""
    fresh = [
        {"delivery_id": delivery.id, "number": delivery.tries + 1, "fence": claim.fence, "started_at": now}
        for delivery, _, claim in go
        if delivery.id not in already
    ]
    if fresh:
        session.execute(insert(Attempt), fresh)
    sending = [
        moves.Move(
            delivery.id, DeliveryState.claimed, DeliveryState.sending, fence=claim.fence,
            values={"tries": delivery.tries + (delivery.id not in already), "lease_until": now + lease},
        )
        for delivery, _, claim in go
    ]  # fmt: skip
    moves.apply(session, sending, actor=actor, now=now)
    known = [
        moves.Move(
            delivery.id, DeliveryState.sending, DeliveryState.sent, fence=claim.fence,
            reason="先前一次已送达", values={"sent_at": now, **_FREE},
        )
        for delivery, _, claim in go
        if delivery.id in already
    ]  # fmt: skip
    moves.apply(session, known, actor=actor, now=now)


def _call(page: _Page, delivery: Delivery, group: Group, claim: Claim) -> Outgoing:
    return Outgoing(
        delivery_id=delivery.id, fence=claim.fence, number=delivery.tries + 1, post_id=delivery.post_id,
        group_id=group.id, group_code=group.code, group_name=group.name, brand=page.brand.name,
        sender=page.sender, lane=delivery.lane, channel=delivery.channel, address=group.address,
        text=page.text, due_at=delivery.due_at, fire_at=claim.fire_at,
    )  # fmt: skip
