"""What a lead's exception covers: the very hits it was made for, on the very words, and nothing found since."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.tables import Approval, AuditEvent, FindingRow

Hit = tuple[str, str]  # rule, words
NOTHING: frozenset[Hit] = frozenset()


class Found(Protocol):
    """Anything with a rule, a verdict and words."""

    @property
    def rule(self) -> str: ...
    @property
    def verdict(self) -> str: ...
    @property
    def excerpt(self) -> str: ...


def blocking(findings: Iterable[Found]) -> frozenset[Hit]:
    """The hits that forbid approval."""
    return frozenset((item.rule, item.excerpt) for item in findings if item.verdict == "block")


def blocks_of(session: Session, revision_ids: Sequence[int]) -> dict[int, frozenset[Hit]]:
    """Revision id → its blocking hits; one statement."""
    query = select(FindingRow.revision_id, FindingRow.rule, FindingRow.excerpt).where(
        FindingRow.revision_id.in_(revision_ids), FindingRow.verdict == "block"
    )
    found: dict[int, set[Hit]] = {}
    for revision_id, rule, excerpt in session.execute(query):
        found.setdefault(revision_id, set()).add((rule, excerpt))
    return {revision_id: frozenset(hits) for revision_id, hits in found.items()}


def written(hits: Iterable[Hit]) -> list[list[str]]:
    """Hits as an audit event keeps them."""
    return [list(hit) for hit in sorted(hits)]


def lifted(session: Session, approvals: Iterable[Approval]) -> Mapping[int, frozenset[Hit]]:
    """Approval id → the hits its override lifted; at most one statement, none when nobody overrode anything."""
    ids = {row.id: row.post_id for row in approvals if row.override_reason}
    if not ids:
        return {}
    events = session.scalars(
        select(AuditEvent.detail).where(
            AuditEvent.subject == "post", AuditEvent.subject_id.in_([str(post) for post in ids.values()]),
            AuditEvent.action == "post.approved",
        )
    )  # fmt: skip
    return {
        detail["approval"]: frozenset((str(rule), str(words)) for rule, words in detail.get("overridden", ()))
        for detail in events
        if detail.get("approval") in ids
    }
