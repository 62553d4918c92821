"""Welcome texts: adding one, and finding the approved one that holds now for an owner.

The text is a post's approved revision and nothing else: whoever says it asks the door first.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar import audit, zones
from content_calendar.errors import CalendarError
from content_calendar.occasions import KIND, NAMES
from content_calendar.review import people
from content_calendar.states import PostState, move_post
from content_calendar.tables import Brand, Group, Post, User
from prompts.brief import LEVELS

LAST_MINUTE = time(23, 59)
LONGEST = timedelta(days=366)
LONGEST_THEME = 200  # characters
ACTOR = "system:welcome"


class BadWelcome(CalendarError):
    """Such a welcome cannot be added; the message says what to change."""

    code = "welcome.unusable"


def add(
    session: Session, brand: Brand, *, occasion: str, owner: str, tier: str, until: date, theme: str, key: str,
    user: User, now: datetime,
) -> Post:  # fmt: skip
    """A planned post for a welcome of ``owner`` (empty: of everybody without one of their own), through ``until``.

    ``key`` is a random word. Refused for an unknown occasion, tier or owner, and for a day that is over or far away.
    """
    actor = people.require(user, people.EDITORS, "新建欢迎语", "add welcomes")
    owner = owner.strip()
    if occasion not in NAMES or tier not in LEVELS:
        raise BadWelcome("请选用在哪里和层级。", english="Choose where it is said and a tier.")
    if owner and owner not in owners(session, brand):
        raise BadWelcome(
            f"工作簿里没有群主「{owner[:40]}」。", english=f"The workbook names no owner {owner[:40]}."
        )
    due_at = zones.place(until, LAST_MINUTE, zones.zone(brand.zone)).instant
    if not now < due_at <= now + LONGEST:
        raise BadWelcome(
            "有效期要在今天到一年之内。", english="Choose a last day between today and a year from now."
        )
    post = Post(
        brand_id=brand.id, slot_key=f"welcome:{occasion}:{key}"[:160], occasion=occasion, kind=KIND,
        kind_written="", tier=tier, lane="hand_off", day=until, time=f"{LAST_MINUTE:%H:%M}", zone=brand.zone,
        due_at=due_at, theme=theme.strip()[:LONGEST_THEME], owner=owner, offer=False, state=PostState.planned,
        state_since=now, touched=True, created_at=now,
    )  # fmt: skip
    session.add(post)
    session.flush()
    audit.note(
        session, brand_id=brand.id, now=now, actor=actor, action="post.added", subject="post", subject_id=post.id,
        detail={"occasion": occasion, "owner": owner, "until": until.isoformat()},
    )  # fmt: skip
    return post


def owners(session: Session, brand: Brand) -> Sequence[str]:
    """The owners the workbook names, in order."""
    query = select(Group.owner).where(Group.brand_id == brand.id, Group.active, Group.owner != "")
    return sorted(session.scalars(query.distinct()))


def holding(session: Session, brand_id: int, occasion: str, owner: str) -> Post | None:
    """The approved welcome of this owner, or else of everybody; the newest approved of several."""
    query = (
        select(Post)
        .where(
            Post.brand_id == brand_id, Post.occasion == occasion, Post.state == PostState.approved,
            Post.owner.in_(["", owner]),
        )
        .order_by((Post.owner == "").asc(), Post.state_since.desc(), Post.id.desc())
        .limit(1)
    )  # fmt: skip
    return session.scalar(query)


def posts(session: Session, brand: Brand, *, limit: int = 60) -> Sequence[Post]:
    """The brand's welcomes that are not put away, the newest first."""
    gone = (PostState.cancelled, PostState.rejected, PostState.missed)
    query = select(Post).where(Post.brand_id == brand.id, Post.occasion != "", Post.state.not_in(gone))
    return session.scalars(query.order_by(Post.occasion, Post.owner, Post.id.desc()).limit(limit)).all()


def end(session: Session, *, now: datetime) -> int:
    """Approved welcomes whose last moment has passed: they end, and are said no more; how many."""
    query = select(Post).where(Post.occasion != "", Post.state == PostState.approved, Post.due_at < now)
    over = session.scalars(query.with_for_update(skip_locked=True)).all()
    for post in over:
        move_post(
            session, post, PostState.missed, expected=PostState.approved, actor=ACTOR, now=now,
            reason="有效期已过，不再使用",
        )  # fmt: skip
    return len(over)
