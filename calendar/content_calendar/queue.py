"""The queue: one line a post, with everything an editor or a script needs to decide on it.

A constant number of statements, however many posts there are.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from content_calendar.tables import Brand, Campaign, FindingRow, Group, Post, Release, Revision


@dataclass(frozen=True)
class QueueLine:
    """One post as it stands. ``at``: local wall time with its offset; ``groups``: how many it goes to
    (the frozen audience, before that the active groups of its tier); ``revision``: the newest one's hash.
    """

    id: int
    at: str
    due_at: datetime
    kind: str
    kind_written: str
    tier: str
    lane: str
    groups: int
    theme: str
    campaign: str | None
    stage: str | None
    angle: str | None
    state: str
    reason: str
    revision: str | None
    number: int | None
    author: str | None
    fell_back: str
    text: str
    facts: tuple[dict[str, Any], ...]
    findings: tuple[dict[str, Any], ...]
    conflicts: tuple[dict[str, Any], ...]
    touched: bool

    @property
    def clean(self) -> bool:
        """True when a text is there and no check found anything."""
        return self.revision is not None and not self.findings

    @property
    def blocked(self) -> bool:
        """True when a finding forbids approval."""
        return any(finding["verdict"] == "block" for finding in self.findings)

    def document(self) -> dict[str, Any]:
        """The line as plain JSON values."""
        return {key: value for key, value in asdict(self).items() if key != "due_at"}


def entries(
    session: Session,
    brand: Brand,
    *,
    start: date | None = None,
    days: int | None = None,
    states: Collection[str] = (),
    ids: Collection[int] = (),
) -> list[QueueLine]:
    """The brand's posts in order of their moment: ``days`` from ``start`` (wall days), in ``states``, with
    ``ids``; an empty filter lets everything pass.
    """
    query = _posts(brand, start, days, states, ids)
    rows = session.execute(query.execution_options(populate_existing=True)).all()
    groups = _groups(session, brand)
    frozen = _frozen(session, [row.Post.id for row in rows] if len(rows) <= _FEW else None, brand)
    findings = _findings(session, query)
    return [
        _line(
            row.Post, row.Revision, row.campaign,
            groups=frozen.get(row.Post.id, groups.get(row.Post.tier, 0)),
            findings=findings.get(row.Post.revision_id or 0, ()),
        )
        for row in rows
    ]  # fmt: skip


_FEW = 500  # ids named one by one; beyond that the whole brand is read


def _posts(
    brand: Brand,
    start: date | None,
    days: int | None,
    states: Collection[str],
    ids: Collection[int],
) -> Select[*tuple[Any, ...]]:
    query = (
        select(Post, Revision, Campaign.name.label("campaign"))
        .outerjoin(Revision, Revision.id == Post.revision_id)
        .outerjoin(Campaign, Campaign.id == Post.campaign_id)
        .where(Post.brand_id == brand.id)
        .order_by(Post.due_at, Post.tier, Post.id)
    )
    if start is not None:
        query = query.where(Post.day >= start)
        if days is not None:
            query = query.where(Post.day < start + timedelta(days=days))
    if states:
        query = query.where(Post.state.in_(list(states)))
    if ids:
        query = query.where(Post.id.in_(list(ids)))
    return query


def _groups(session: Session, brand: Brand) -> Mapping[str, int]:
    query = select(Group.tier, func.count()).where(Group.brand_id == brand.id, Group.active.is_(True))
    return dict(session.execute(query.group_by(Group.tier)).tuples().all())


def _frozen(session: Session, ids: Sequence[int] | None, brand: Brand) -> Mapping[int, int]:
    """Post id → how many groups its audience was frozen with."""
    query = select(Release.post_id, Release.audience).where(Release.brand_id == brand.id)
    if ids is not None:
        query = query.where(Release.post_id.in_(ids))
    return {post_id: len(audience) for post_id, audience in session.execute(query)}


def _findings(session: Session, posts: Select[*tuple[Any, ...]]) -> Mapping[int, tuple[dict[str, Any], ...]]:
    """Revision id → its findings, blocking ones first."""
    wanted = posts.with_only_columns(Post.revision_id).order_by(None)
    query = (
        select(FindingRow)
        .where(FindingRow.revision_id.in_(wanted))
        .order_by(FindingRow.verdict, FindingRow.start, FindingRow.id)
    )
    found: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in session.scalars(query):
        found[row.revision_id].append(_finding(row))
    return {key: tuple(rows) for key, rows in found.items()}


def _finding(row: FindingRow) -> dict[str, Any]:
    return {
        "rule": row.rule, "verdict": row.verdict, "start": row.start, "end": row.end, "excerpt": row.excerpt,
        "reason": row.reason, "law": row.law, "suggestion": row.suggestion, "replacement": row.replacement,
    }  # fmt: skip


def _line(
    post: Post,
    revision: Revision | None,
    campaign: str | None,
    *,
    groups: int,
    findings: tuple[dict[str, Any], ...],
) -> QueueLine:
    return QueueLine(
        id=post.id, at=post.due_at.astimezone(ZoneInfo(post.zone)).isoformat(), due_at=post.due_at, kind=post.kind,
        kind_written=post.kind_written, tier=post.tier, lane=post.lane, groups=groups, theme=post.theme,
        campaign=campaign, stage=post.stage, angle=post.angle, state=post.state, reason=post.state_reason,
        revision=revision.hash if revision else None, number=revision.number if revision else None,
        author=revision.author if revision else None,
        fell_back=str(revision.provenance.get("fell_back", "")) if revision else "",
        text=revision.text if revision else "", facts=tuple(revision.facts) if revision else (),
        findings=findings, conflicts=tuple(post.conflicts), touched=post.touched,
    )  # fmt: skip
