"""Opening attempts: the last look at the door, then the attempt rows, committed before any call is made.

For a batch of claims: whoever lost its lease, whose brand or group is paused, or whose post may no longer
go on is left out; for the rest the live values are filled in, an attempt row is written and the delivery
is ``sending``. Only after this transaction has been committed may the caller make exactly one call each.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Insert, Select, bindparam, func, insert, literal, or_, select
from sqlalchemy.orm import Session

from content_calendar import lateness
from content_calendar.ledger import bulk, door, moves, texts
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
    text: str = ""
    back: str = ""  # the claims of this post are handed back, for this reason
    refusal: door.Refusal | None = None

    @cached_property
    def size(self) -> int:
        """Bytes of the text, UTF-8."""
        return len(self.text.encode())


Stand = tuple[object, ...]  # what each batch looks at again, see _stands
# Posts the door let pass, when and as what: for the caller to keep for a moment, so that a fan-out in many batches
# does not have the same text judged a hundred times a second.
Seen = dict[int, tuple[Stand, datetime, _Page]]
A_MOMENT = timedelta(
    seconds=1
)  # by the product's clock, which may jump: a verdict of before says nothing then


@dataclass(frozen=True, slots=True)
class _Row:
    """One delivery of the batch, under our lock, with what its call needs of its group."""

    claim: Claim
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
    seen: Seen | None = None,
) -> Opened:
    """Open an attempt for each claim that may go on; see the module. ``max_bytes``: of the channel, UTF-8.

    ``inspect``: the last check of each post's filled text, once a post, not once a group. ``seen``: posts the door has
    let pass a moment ago. The caller commits, then calls; ``Opened.refusals`` are posts to be held in a transaction of their own.
    """
    post_ids = {claim.post_id for claim in claims}
    pages = _pages(session, post_ids, now, inspect, {} if seen is None else seen)  # posts before deliveries
    rows = _still_ours(session, claims, owner)
    held = {row.id: (DeliveryState.claimed.value, row.fence, row.brand_id) for row in rows}
    already = _already_sent(session, [row.id for row in rows if row.tries])
    plan = _Plan()
    for row in rows:
        _decide(plan, pages[row.post_id], row, max_bytes, now)
    actor = f"system:{owner}"[:80]
    moves.apply(session, plan.moves, actor=actor, now=now, held=held)
    _send(session, plan.go, already, held, actor=actor, now=now, lease=lease)
    ended = [move.to for move in plan.moves]
    return Opened(
        calls=tuple(_call(pages[row.post_id], row) for row in plan.go if row.id not in already),
        refusals={key: page.refusal for key, page in pages.items() if page.refusal is not None},
        skipped=ended.count(DeliveryState.skipped),
        expired=ended.count(DeliveryState.expired),
    )


def _pages(
    session: Session, post_ids: set[int], now: datetime, inspect: door.Inspector | None, seen: Seen
) -> dict[int, _Page]:
    """Lock the posts; look again at those that are new to us, or are not what we have seen."""
    stands = _stands(session, post_ids)
    known = {key: seen[key][2] for key in stands if key in seen and _still(seen[key], stands[key], now)}
    pages = _looked_at(session, stands.keys() - known.keys(), now, inspect)
    for key, page in pages.items():
        if page.back or page.refusal is not None:
            seen.pop(key, None)
        else:
            seen[key] = (stands[key], now, page)
    return known | pages


def _still(seen: tuple[Stand, datetime, _Page], stand: Stand, now: datetime) -> bool:
    before, then, _ = seen
    return before == stand and abs(now - then) < A_MOMENT


def _stands(session: Session, post_ids: set[int]) -> dict[int, Stand]:
    """Post id → what decides about every single batch: state, version, moment, pause; the posts are locked."""
    rows = session.connection().execute(_stands_statement(), {"b_posts": sorted(post_ids)})
    return {row[0]: tuple(row) for row in rows}


@lru_cache(maxsize=1)
def _stands_statement() -> Select[*tuple[Any, ...]]:
    """Built once: a fan-out asks it fifty times a second."""
    p, b, r = Post.__table__, Brand.__table__, Release.__table__
    return (
        select(
            p.c.id, p.c.state, p.c.revision_id, p.c.due_at, p.c.state_since, b.c.paused_at, r.c.revision_hash
        )
        .join_from(p, b, b.c.id == p.c.brand_id)
        .join(r, r.c.post_id == p.c.id)
        .where(p.c.id.in_(bindparam("b_posts", expanding=True)))
        .order_by(p.c.id)
        .with_for_update(of=p, read=True)  # an edit waits for us, or we see that it was first
    )


def _looked_at(
    session: Session, post_ids: Collection[int], now: datetime, inspect: door.Inspector | None
) -> dict[int, _Page]:
    if not post_ids:
        return {}
    query = (
        select(Post, Brand, Release.revision_hash)
        .join(Brand, Brand.id == Post.brand_id)
        .join(Release, Release.post_id == Post.id)
        .where(Post.id.in_(post_ids))
        .order_by(Post.id)
        .execution_options(populate_existing=True)
    )
    rows = session.execute(query).all()
    senders = _senders(session, {brand.id for _, brand, _ in rows})
    verdicts = door.check_many(session, [post for post, _, _ in rows], now)
    pages = {}
    for post, brand, bound in rows:
        blank = _Page(brand.name, senders.get(brand.id, brand.name), lateness.deadline(post, brand))
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
    given = {bulk.IDS: bulk.ids(by_id), "b_owner": owner}
    rows = session.connection().execute(_ours_statement(bulk.is_sqlite(session)), given)
    return [_Row(by_id[row[0]], *row) for row in rows if row.fence == by_id[row[0]].fence]


@lru_cache(maxsize=2)
def _ours_statement(sqlite: bool) -> Select[*tuple[Any, ...]]:
    """Columns in the order of :class:`_Row`, behind the claim."""
    d, g = Delivery.__table__.c, Group.__table__.c
    return (
        select(
            d.id, d.post_id, d.brand_id, d.tries, d.lane, d.channel, d.due_at, d.fence, d.group_id, g.code, g.name,
            g.owner, g.address, g.paused_at,
        )
        .join(Group.__table__, g.id == d.group_id)
        .where(
            bulk.among(d.id, sqlite=sqlite), d.lease_owner == bindparam("b_owner"),
            func.coalesce(d.state, "") == DeliveryState.claimed.value,  # by their ids, not by the index over states
        )
        .order_by(d.id)
        .with_for_update(of=Delivery.__table__)
    )  # fmt: skip


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
    if not ids:
        return set()
    found = session.connection().execute(_sent_statement(bulk.is_sqlite(session)), {bulk.IDS: bulk.ids(ids)})
    return {row[0] for row in found}


@lru_cache(maxsize=2)
def _sent_statement(sqlite: bool) -> Select[*tuple[Any, ...]]:
    a = Attempt.__table__.c
    proved = or_(a.outcome.in_(("sent", "handed_over")), a.code == ANSWERED)
    return select(a.delivery_id).where(bulk.among(a.delivery_id, sqlite=sqlite), proved)


def _send(
    session: Session,
    go: Sequence[_Row],
    already: set[str],
    held: moves.Held,
    *,
    actor: str,
    now: datetime,
    lease: timedelta,
) -> None:
    """The attempt rows and the move to ``sending``; what had been sent before ends here without a call."""
    sqlite, fresh = bulk.is_sqlite(session), [row.id for row in go if row.id not in already]
    if fresh:
        given = {bulk.IDS: bulk.ids(fresh), "b_now": now}
        session.connection().execute(_attempt_statement(sqlite), given)
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


@lru_cache(maxsize=2)
def _attempt_statement(sqlite: bool) -> Insert:
    """One attempt for each delivery among the ids given: its next number, of the revision its release is bound to."""
    d, release, attempt = Delivery.__table__.c, Release.__table__.c, Attempt.__table__
    values: dict[str, ColumnElement[Any]] = {
        "delivery_id": d.id,
        "number": d.tries + 1,
        "fence": d.fence,
        "started_at": bindparam("b_now", type_=attempt.c.started_at.type),
        "revision_hash": release.revision_hash,
        **{name: literal("") for name in ("outcome", "code", "remote_id")},
    }
    chosen = (
        select(*values.values())
        .join_from(Delivery.__table__, Release.__table__, release.post_id == d.post_id)
        .where(bulk.among(d.id, sqlite=sqlite))
        .order_by(d.id)
    )
    return insert(attempt).from_select(list(values), chosen)  # type: ignore[arg-type]


def _call(page: _Page, row: _Row) -> Outgoing:
    return Outgoing(
        delivery_id=row.id, fence=row.fence, number=row.tries + 1, post_id=row.post_id, group_id=row.group_id,
        group_code=row.group_code, group_name=row.group_name, brand=page.brand, sender=page.sender,
        lane=row.lane, channel=row.channel, address=row.address, text=page.text, due_at=row.due_at,
        fire_at=row.claim.fire_at, brand_id=row.brand_id, owner=row.owner,
    )  # fmt: skip
