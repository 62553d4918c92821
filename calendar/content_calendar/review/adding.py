"""A post a person adds: into an empty slot of the calendar, where the SOP has none or its post fell away.

It starts planned, like the planner's, and is marked as touched, so that planning again leaves it alone.
"""

from __future__ import annotations

from datetime import date, datetime, time

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar import audit, zones
from content_calendar.errors import CalendarError
from content_calendar.plan.slots import lane_for
from content_calendar.review import moment, people
from content_calendar.states import PostState
from content_calendar.tables import Brand, Campaign, Post, SopRow, User
from prompts.brief import LEVELS
from prompts.kinds import all_kinds

LONGEST_THEME = 200  # characters


class BadPost(CalendarError):
    """Such a post cannot be added; the message says what to change."""

    code = "post.unusable"


def add(
    session: Session,
    brand: Brand,
    *,
    day: date,
    time: time,
    tier: str,
    kind: str,
    theme: str,
    key: str,
    user: User,
    now: datetime,
    row_id: int | None = None,
    campaign_id: int | None = None,
) -> Post:
    """Add a post of ``kind`` for ``tier`` at wall ``time`` on ``day``; ``key`` is a random word that makes its slot.

    ``row_id`` names the SOP row whose slot it fills: lane, owner and wishes come from there. Refused for an unknown
    kind or tier, and for a moment a post could not be moved to.
    """
    actor = people.require(user, people.EDITORS, "新建内容", "add posts")
    found = all_kinds().get(kind)
    if found is None or tier not in LEVELS:
        raise BadPost("请选内容类型和层级。", english="Choose a kind and a tier.")
    row = (
        session.scalar(select(SopRow).where(SopRow.brand_id == brand.id, SopRow.id == row_id))
        if row_id
        else None
    )
    campaign = _campaign(session, brand, campaign_id)
    placed = zones.place(day, time, zones.zone(brand.zone))
    moment.must_suit(session, brand, tier, placed.instant, time, now=now)
    wall = placed.instant.astimezone(zones.zone(brand.zone))
    post = Post(
        brand_id=brand.id, slot_key=f"own:{key}"[:160], sop_row_id=row.id if row else None,
        campaign_id=campaign.id if campaign else None, tier=tier, kind=kind,
        kind_written=row.kind_written if row and row.kind == kind else "", lane=_lane(row), day=wall.date(),
        time=f"{wall:%H:%M}", zone=brand.zone, due_at=placed.instant, theme=theme.strip()[:LONGEST_THEME],
        remark=row.remark if row else "", owner=row.owner if row else "", offer=found.offer,
        state=PostState.planned, state_since=now, touched=True, created_at=now,
    )  # fmt: skip
    session.add(post)
    session.flush()
    audit.note(
        session, brand_id=brand.id, now=now, actor=actor, action="post.added", subject="post", subject_id=post.id,
        detail={"day": post.day.isoformat(), "time": post.time, "tier": tier, "kind": kind},
    )  # fmt: skip
    return post


def _campaign(session: Session, brand: Brand, campaign_id: int | None) -> Campaign | None:
    if campaign_id is None:
        return None
    return session.scalar(select(Campaign).where(Campaign.brand_id == brand.id, Campaign.id == campaign_id))


def _lane(row: SopRow | None) -> str:
    """The row's lane; without one the owner sends it, the lane every customer group has."""
    return lane_for(row.channel) if row else "hand_off"
