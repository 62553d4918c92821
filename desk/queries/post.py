"""One post with everything an editor needs to decide: text, findings, facts, versions, deliveries, history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content_calendar import facts, four_eyes, revised, tables
from content_calendar.lanes import CHANNELS, channel_for
from content_calendar.occasions import LIMITS
from content_calendar.states import PostState
from content_calendar.tables import (
    Approval,
    AuditEvent,
    Brand,
    Comment,
    Delivery,
    FindingRow,
    Group,
    Post,
    Revision,
    User,
)
from desk.errors import Missing
from desk.queries import cards, diffing, marking
from desk.queries.cards import Card

P = PostState
DECIDABLE = frozenset({P.in_review})
EDITABLE = frozenset({P.in_review, P.changes_requested, P.approved, P.held, P.rejected, P.planned, P.missed})
HOLDABLE = frozenset({P.in_review, P.changes_requested, P.approved, P.planned, P.releasing})
MOVABLE = frozenset({P.planned, P.in_review, P.changes_requested, P.approved, P.held, P.rejected, P.missed})
HISTORY = 80  # newest audit events shown
DELIVERIES = 60  # deliveries listed; all of them are one link away


@dataclass(frozen=True, slots=True)
class ShownFact:
    """A fact the text stands on: what it said then, what its source says now."""

    id: str
    label: str
    value: str
    unit: str
    source: str
    now: str | None
    kind: str

    @property
    def changed(self) -> bool:
        """True when the source no longer says what the text was written from (live values always move)."""
        return self.kind != "live" and self.now != self.value


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment and who made it."""

    id: int
    who: str
    text: str
    at: datetime
    resolved: bool
    quote: str = ""  # the words it is about; empty for the whole post
    number: int | None = None  # the revision it was said of


@dataclass(frozen=True, slots=True)
class Sent:
    """One delivery of the post."""

    id: str
    group: str
    group_code: str
    lane: str
    state: str
    reason: str
    sent_at: datetime | None
    late_ms: int | None


@dataclass(frozen=True, slots=True)
class Eyes:
    """Who wrote an offer and who allowed it first; neither may be the second to allow it."""

    author: str
    first_id: int | None
    first_by: str

    def bars(self, visitor_id: int, visitor_name: str) -> bool:
        """True when this person cannot give the approval that is missing."""
        return self.author == f"user:{visitor_name}" or self.first_id == visitor_id


@dataclass(frozen=True)
class PostView:
    """Everything the post page shows. ``revision`` is the one looked at, by default the newest."""

    post: Post
    card: Card
    revision: Revision | None
    revisions: tuple[Revision, ...]
    findings: tuple[FindingRow, ...]
    pieces: tuple[marking.Piece, ...]
    facts: tuple[ShownFact, ...]
    against: int | None
    changes: tuple[diffing.Change, ...]
    remarks: tuple[Remark, ...]
    history: tuple[AuditEvent, ...]
    deliveries: tuple[Sent, ...]
    by_state: dict[str, int]
    approval: Approval | None
    approved_by: str
    reaches: int
    max_bytes: int
    eyes: Eyes | None = None
    seen: int | None = None  # number of the revision the viewer last saw
    allowed: int | None = None  # number of the revision last approved

    @property
    def unseen(self) -> bool:
        """True when the newest revision is shown and the viewer has not seen it before."""
        return self.newest and self.revision is not None and self.seen != self.revision.number

    @property
    def newest(self) -> bool:
        """True when the newest revision is looked at: only that one can be decided on."""
        return self.revision is not None and self.revision.id == self.post.revision_id

    @property
    def was(self) -> str:
        """What an open page compares to notice that somebody changed the post."""
        return was(self.post.state, self.post.revision_id)

    @property
    def blocks(self) -> int:
        """Findings that forbid approval."""
        return sum(1 for finding in self.findings if finding.verdict == "block")

    @property
    def stale(self) -> int:
        """Facts whose source says something else now: the text must be mended first (promise 4)."""
        return sum(1 for fact in self.facts if fact.changed)

    @property
    def size(self) -> int:
        """UTF-8 bytes of the text."""
        return len(self.revision.text.encode()) if self.revision else 0

    @property
    def characters(self) -> int:
        """Characters of the text without white space."""
        return len("".join(self.revision.text.split())) if self.revision else 0


def get(session: Session, brand: Brand, post_id: int) -> Post:
    """The brand's post with this id; Missing for any other brand's."""
    post = session.get(Post, post_id)
    if post is None or post.brand_id != brand.id:
        raise Missing(
            f"没有编号为 {post_id} 的内容。", code="post.not_found", english=f"There is no post {post_id}."
        )
    return post


def load(
    session: Session,
    brand: Brand,
    post_id: int,
    *,
    now: datetime,
    number: int | None = None,
    against: int | None = None,
    viewer: int | None = None,
) -> PostView:
    """The post, at revision ``number`` (default: the newest), compared with ``against``.

    Without ``against`` it is compared with what ``viewer`` last saw, or else with the revision before.
    """
    post = get(session, brand, post_id)
    revisions = tuple(
        session.scalars(select(Revision).where(Revision.post_id == post.id).order_by(Revision.number))
    )
    revision = _chosen(post, revisions, number)
    found = _findings(session, revision)
    seen = _seen(session, post, revisions, viewer)
    compared, changes = _compare(revisions, revision, against or _older(seen, revision))
    deliveries, by_state = _deliveries(session, post)
    approval, approved_by = _approval(session, post)
    newest = next((row for row in revisions if row.id == post.revision_id), None)
    reaches, max_bytes = _reach(session, brand, post)
    return PostView(
        post=post,
        card=cards.load(session, brand, Post.id == post.id, now=now)[0],
        revision=revision,
        revisions=revisions,
        findings=found,
        pieces=marking.pieces(revision.text, found) if revision else (),
        facts=_facts(session, brand, revision, now),
        against=compared,
        changes=changes,
        remarks=_remarks(session, post, revisions),
        history=_history(session, post),
        deliveries=deliveries,
        by_state=by_state,
        approval=approval,
        approved_by=approved_by,
        reaches=reaches,
        max_bytes=max_bytes,
        eyes=_eyes(session, brand, post, newest, now),
        seen=seen,
        allowed=_allowed(session, post, revisions),
    )


def _seen(session: Session, post: Post, revisions: Sequence[Revision], viewer: int | None) -> int | None:
    """Number of the revision this person last had before their eyes."""
    if viewer is None:
        return None
    row = session.get(tables.PostView, (viewer, post.id))
    return next((item.number for item in revisions if row and item.id == row.revision_id), None)


def _older(seen: int | None, revision: Revision | None) -> int | None:
    return seen if seen is not None and revision is not None and seen < revision.number else None


def _allowed(session: Session, post: Post, revisions: Sequence[Revision]) -> int | None:
    """Number of the revision that was approved last, also when that approval no longer stands."""
    last = session.scalar(
        select(Approval.revision_id).where(Approval.post_id == post.id).order_by(Approval.id.desc()).limit(1)
    )
    return next((item.number for item in revisions if item.id == last), None)


def looked(session: Session, post: Post, *, viewer: int, now: datetime) -> None:
    """Keep that ``viewer`` has now seen the newest revision."""
    session.merge(tables.PostView(user_id=viewer, post_id=post.id, revision_id=post.revision_id, at=now))


def _eyes(session: Session, brand: Brand, post: Post, newest: Revision | None, now: datetime) -> Eyes | None:
    """What stands of the two approvals an offer needs; None where one is enough."""
    if newest is None or four_eyes.steps(brand, post) == 1:
        return None
    given = four_eyes.first(session, post, newest, now)
    return Eyes(
        newest.author, given[1].id if given else None, (given[1].display or given[1].name) if given else ""
    )


def was(state: str, revision_id: int | None) -> str:
    """A post's state and newest revision as one word."""
    return f"{state}.{revision_id or 0}"


def _chosen(post: Post, revisions: Sequence[Revision], number: int | None) -> Revision | None:
    if number is None:
        return next((row for row in revisions if row.id == post.revision_id), None)
    wanted = next((row for row in revisions if row.number == number), None)
    if wanted is None:
        raise Missing(
            f"内容 {post.id} 没有第 {number} 版。",
            code="revision.not_found",
            english=f"Post {post.id} has no revision {number}.",
        )
    return wanted


def _findings(session: Session, revision: Revision | None) -> tuple[FindingRow, ...]:
    """In the order of the text, those that block first where two begin together."""
    if revision is None:
        return ()
    rows = session.scalars(select(FindingRow).where(FindingRow.revision_id == revision.id))
    return tuple(sorted(rows, key=lambda row: (row.end == 0, row.start, row.verdict, row.id)))


def _compare(
    revisions: Sequence[Revision], revision: Revision | None, against: int | None
) -> tuple[int | None, tuple[diffing.Change, ...]]:
    if revision is None:
        return None, ()
    texts = {row.number: row.text for row in revisions}
    shown, other = diffing.neighbours(list(texts), revision.number, against)
    return other, diffing.changes(texts[other], texts[shown]) if other is not None else ()


def _facts(session: Session, brand: Brand, revision: Revision | None, now: datetime) -> tuple[ShownFact, ...]:
    if revision is None:
        return ()
    stood = revised.facts_of(revision)
    present = facts.current(session, brand.id, [fact.id for fact in stood], now=now)
    return tuple(
        ShownFact(fact.id, fact.label, fact.value, fact.unit, fact.source, present.get(fact.id), fact.kind)
        for fact in stood
    )


def _remarks(session: Session, post: Post, revisions: Sequence[Revision]) -> tuple[Remark, ...]:
    rows = session.execute(
        select(Comment, User)
        .join(User, User.id == Comment.user_id)
        .where(Comment.post_id == post.id)
        .order_by(Comment.id)
    )
    known = {revision.id: revision for revision in revisions}
    return tuple(_remark(row, user, known.get(row.revision_id or 0)) for row, user in rows)


def _remark(row: Comment, user: User, about: Revision | None) -> Remark:
    return Remark(
        row.id, user.display or user.name, row.text, row.created_at, row.resolved_at is not None,
        about.text[row.start : row.end] if about else "", about.number if about else None,
    )  # fmt: skip


def _history(session: Session, post: Post) -> tuple[AuditEvent, ...]:
    return tuple(
        session.scalars(
            select(AuditEvent)
            .where(AuditEvent.subject == "post", AuditEvent.subject_id == str(post.id))
            .order_by(AuditEvent.id.desc())
            .limit(HISTORY)
        )
    )


def _deliveries(session: Session, post: Post) -> tuple[tuple[Sent, ...], dict[str, int]]:
    counted = session.execute(
        select(Delivery.state, func.count()).where(Delivery.post_id == post.id).group_by(Delivery.state)
    )
    rows = session.execute(
        select(Delivery, Group.name, Group.code)
        .join(Group, Group.id == Delivery.group_id)
        .where(Delivery.post_id == post.id)
        .order_by(Group.id)
        .limit(DELIVERIES)
    )
    listed = tuple(
        Sent(row.id, name, code, row.lane, row.state, row.state_reason, row.sent_at, row.late_ms)
        for row, name, code in rows
    )
    return listed, {row[0]: row[1] for row in counted}


def _approval(session: Session, post: Post) -> tuple[Approval | None, str]:
    found = session.execute(
        select(Approval, User)
        .join(User, User.id == Approval.user_id)
        .where(Approval.post_id == post.id, Approval.revoked_at.is_(None))
        .order_by(Approval.id.desc())
        .limit(1)
    ).first()
    return (found[0], found[1].display or found[1].name) if found else (None, "")


def _reach(session: Session, brand: Brand, post: Post) -> tuple[int, int]:
    """How many groups the post is for, and the bytes the narrowest of their channels carries (a welcome: its own)."""
    if post.occasion in LIMITS:
        return 0, LIMITS[post.occasion].text_bytes
    rows = session.execute(
        select(Group.channel, func.count())
        .where(Group.brand_id == brand.id, Group.active, Group.paused_at.is_(None), Group.tier == post.tier)
        .group_by(Group.channel)
    ).all()
    wanted = "wecom_mass" if post.lane == "confirm" else "sidebar"
    limits = [
        CHANNELS[channel_for(channel, wanted)].max_bytes for channel, _count in rows if channel in CHANNELS
    ]
    return sum(count for _channel, count in rows), min(limits, default=4000)


def place(session: Session, post: Post, quote: str) -> tuple[int, int]:
    """Where ``quote`` stands in the newest text, line ends aside; (0, 0), the whole, when it is empty or not there."""
    newest = revised.newest(session, post)
    wanted = quote.replace("\r\n", "\n").strip()
    start = newest.text.find(wanted) if newest and wanted else -1
    return (start, start + len(wanted)) if start >= 0 else (0, 0)
