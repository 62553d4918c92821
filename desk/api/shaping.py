"""From what queries give to what the API shows."""

from __future__ import annotations

from typing import Any

from content_calendar.tables import Brand
from desk.api import models
from desk.queries.cards import Card
from desk.queries.post import PostView
from desk.web import i18n
from desk.web.visit import Visit


def post(card: Card, brand: Brand, visit: Visit) -> models.PostOut:
    """A post in a list."""
    return models.PostOut(**_post(card, brand, visit))


def _post(card: Card, brand: Brand, visit: Visit) -> dict[str, Any]:
    i18n.use(visit.lang)
    return {
        "id": card.id, "day": card.day, "time": card.time, "zone": brand.zone, "at": card.due_at.astimezone(visit.zone),
        "kind": card.kind, "tier": card.tier, "lane": card.lane, "state": card.state, "state_reason": card.state_reason,
        "first_line": card.line if card.has_text else "", "has_text": card.has_text, "author": card.author,
        "revision_hash": card.revision_hash, "groups": card.groups, "campaign": card.campaign, "stage": card.stage,
        "angle": card.angle, "offer": card.offer, "blocks": card.blocks, "warns": card.warns,
        "risks": [models.RiskOut(code=risk.code, text=i18n._(risk.text, n=risk.number)) for risk in card.risks],
    }  # fmt: skip


def full(view: PostView, brand: Brand, visit: Visit) -> models.PostFull:
    """A post with everything an editor needs to decide."""
    return models.PostFull(
        **_post(view.card, brand, visit),
        theme=view.post.theme,
        owner=view.post.owner,
        revision=revision(view),
        approval=_approval(view),
        comments=[models.CommentOut.model_validate(remark) for remark in view.remarks],
        deliveries=view.by_state,
    )


def revision(view: PostView) -> models.RevisionFull | None:
    """The revision looked at, with findings and facts."""
    if view.revision is None:
        return None
    plain = models.RevisionOut.model_validate(view.revision).model_dump()
    return models.RevisionFull(
        **plain,
        findings=[models.FindingOut.model_validate(row) for row in view.findings],
        facts=[models.FactOut.model_validate(fact) for fact in view.facts],
    )


def _approval(view: PostView) -> models.ApprovalOut | None:
    row = view.approval
    if row is None:
        return None
    return models.ApprovalOut(
        revision_hash=row.revision_hash, by=view.approved_by, due_at=row.due_at, decided_at=row.decided_at,
        expires_at=row.expires_at, override_reason=row.override_reason,
    )  # fmt: skip
