"""Opening attempts: the last look at the door, then the attempt rows, committed before any call is made.

For a batch of claims: whoever lost its lease, whose brand or group is paused, or whose post may no longer
go on is left out; for the rest the live values are filled in, an attempt row is written and the delivery
is ``sending``. Only after this transaction has been committed may the caller make exactly one call each.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
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

    brand: str
    sender: str
    deadline: datetime
    revision: str  # hash of the revision the release is bound to
    text: str = ""
    back: str = ""  # the claims of this post are handed back, for this reason
    refusal: door.Refusal | None = None

    @cached_property
    def size(self) -> int:
        """Bytes of the text, UTF-8."""
        return len(self.text.encode())


@dataclass(frozen=True)
class _Row:
    """One delivery of the batch, under our lock, with what its call needs of its group."""

    id: str
    post_id: int
    brand_id: int
    tries: int
    lane: str
    channel: str
    due_at: datetime
    fence: int
    group_id: int
    group_code: str
    group_name: str
    owner: str
    address: str
    group_paused: datetime | None
    claim: Claim


@dataclass
class _Plan:
    """What shall happen to each delivery of the batch."""

    go: list[_Row] = field(default_factory=list)
    moves: list[moves.Move] = field(default_factory=list)


def open_attempts(
    session: Session,
    claims: Sequence[Claim],
    *,
    owner: str,
    now: datetime,
    lease: timedelta,
    max_bytes: int = 20_000,
    inspect: door.Inspector | None = None,
) -> Opened:
    """Open an attempt for each claim that may go on; see the module. ``max_bytes``: of the channel, UTF-8.

    ``inspect``: the last check of each post's filled text, once a post, not once a group. The caller commits, then calls; ``Opened.refusals`` are posts to be held in a transaction of their own.
    """
    pages = _pages(
        session, {claim.post_id for claim in claims}, now, inspect
    )  # locks posts before deliveries
    rows = _still_ours(session, claims, owner)
    held = {row.id: (DeliveryState.claimed.value, row.fence, row.brand_id) for row in rows}
    already = _already_sent(session, [row.id for row in rows])
    plan = _Plan()
    for row in rows:
        _decide(plan, pages[row.post_id], row, max_bytes, now)
    actor = f"system:{owner}"[:80]
    moves.apply(session, plan.moves, actor=actor, now=now, held=held)
    _send(session, plan.go, pages, already, held, actor=actor, now=now, lease=lease)
    ended = [move.to for move in plan.moves]
    return Opened(
        calls=tuple(_call(pages[row.post_id], row) for row in plan.go if row.id not in already),
        refusals={key: page.refusal for key, page in pages.items() if page.refusal is not None},
        skipped=ended.count(DeliveryState.skipped),
        expired=ended.count(DeliveryState.expired),
    )


def _pages(
    session: Session, post_ids: set[int], now: datetime, inspect: door.Inspector | None
) -> dict[int, _Page]:
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
    pages = {}
    for post, brand, bound in rows:
        blank = _Page(brand.name, senders.get(brand.id, brand.name), lateness.deadline(post, brand), bound)
        pages[post.id] = _page(session, blank, post, brand, bound, verdicts[post.id], inspect, now)
    return pages


def _page(
    session: Session,
    page: _Page,
    post: Post,
    brand: Brand,
    bound: str,
    verdict: door.Verdict,
    inspect: door.Inspector | None,
    now: datetime,
) -> _Page:
    if brand.paused_at is not None:
        return replace(page, back="品牌已暂停发送")
    if post.state != PostState.releasing:
        return replace(page, back="内容已不在发送中")
    if isinstance(verdict, door.Refusal):
        return replace(page, back=verdict.reason, refusal=verdict)
    if bound != verdict.revision.hash:
        changed = door.Refusal("other_revision", "发送途中换了版本，请核对后恢复。")
        return replace(page, back=changed.reason, refusal=changed)
    said = texts.said(session, brand, post, verdict.revision, now=now)
    outbound = door.Outbound(post, verdict.revision, said.text, said.values, verdict.lifted)
    refusal = inspect(session, outbound, now) if inspect is not None and said.text.strip() else None
    return replace(page, text=said.text, back=refusal.reason if refusal else "", refusal=refusal)


def _senders(session: Session, brand_ids: set[int]) -> Mapping[int, str]:
    query = select(Persona.brand_id, Persona.nickname).where(Persona.brand_id.in_(brand_ids))
    return dict(session.execute(query.order_by(Persona.id.desc())).tuples().all())


def _still_ours(session: Session, claims: Sequence[Claim], owner: str) -> list[_Row]:
    by_id = {claim.delivery_id: claim for claim in claims}
    query = (
        select(
            Delivery.id, Delivery.post_id, Delivery.brand_id, Delivery.tries, Delivery.lane, Delivery.channel,
            Delivery.due_at, Delivery.fence, Delivery.group_id, Group.code.label("group_code"),
            Group.name.label("group_name"), Group.owner, Group.address, Group.paused_at.label("group_paused"),
        )
        .join(Group, Group.id == Delivery.group_id)
        .where(
            Delivery.id.in_(by_id), Delivery.state == DeliveryState.claimed, Delivery.lease_owner == owner
        )
        .order_by(Delivery.id)
        .with_for_update(of=Delivery)
    )  # fmt: skip
    found = [_Row(**row._asdict(), claim=by_id[row.id]) for row in session.execute(query)]
    return [row for row in found if row.fence == row.claim.fence]


def _decide(plan: _Plan, page: _Page, row: _Row, max_bytes: int, now: datetime) -> None:
    def end(to: DeliveryState, reason: str) -> None:
        plan.moves.append(moves.Move(row.id, DeliveryState.claimed, to, row.fence, reason, dict(_FREE)))

    if page.back or row.group_paused is not None:
        end(DeliveryState.planned, page.back or "群已暂停")
    elif now > page.deadline:
        end(DeliveryState.expired, "已过补发时限")
    elif not page.text.strip():
        end(DeliveryState.skipped, "实时数据未知，内容没有可发的文字")
    elif page.size > max_bytes:
        end(DeliveryState.skipped, f"文字超过通道上限 {max_bytes} 字节")
    else:
        plan.go.append(row)


def _already_sent(session: Session, ids: Sequence[str]) -> set[str]:
    """Deliveries an earlier attempt proved sent although nobody could write it down in time."""
    query = select(Attempt.delivery_id).where(
        Attempt.delivery_id.in_(ids),
        or_(Attempt.outcome.in_(("sent", "handed_over")), Attempt.code == ANSWERED),
    )
    return set(session.scalars(query))


def _send(
    session: Session,
    go: Sequence[_Row],
    pages: Mapping[int, _Page],
    already: set[str],
    held: moves.Held,
    *,
    actor: str,
    now: datetime,
    lease: timedelta,
) -> None:
    """The attempt rows and the move to ``sending``; what had been sent before ends here without a call."""
    fresh = [
        {
            "delivery_id": row.id, "number": row.tries + 1, "fence": row.fence, "started_at": now,
            "revision_hash": pages[row.post_id].revision,
        }
        for row in go
        if row.id not in already
    ]  # fmt: skip
    if fresh:
        session.connection().execute(insert(Attempt.__table__), fresh)  # type: ignore[arg-type]
    sending = [
        moves.Move(
            row.id, DeliveryState.claimed, DeliveryState.sending, fence=row.fence,
            values={"tries": row.tries + (row.id not in already), "lease_until": now + lease},
        )
        for row in go
    ]  # fmt: skip
    moves.apply(session, sending, actor=actor, now=now, held=held)
    known = [
        moves.Move(
            row.id, DeliveryState.sending, DeliveryState.sent, fence=row.fence, reason="先前一次已送达",
            values={"sent_at": now, **_FREE},
        )
        for row in go
        if row.id in already
    ]  # fmt: skip
    moves.apply(session, known, actor=actor, now=now)


def _call(page: _Page, row: _Row) -> Outgoing:
    return Outgoing(
        delivery_id=row.id, fence=row.fence, number=row.tries + 1, post_id=row.post_id, group_id=row.group_id,
        group_code=row.group_code, group_name=row.group_name, brand=page.brand, sender=page.sender,
        lane=row.lane, channel=row.channel, address=row.address, text=page.text, due_at=row.due_at,
        fire_at=row.claim.fire_at, brand_id=row.brand_id, owner=row.owner,
    )  # fmt: skip
