"""Groups and what each has received: the simulator's chats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from content_calendar.tables import Brand, DemoMessage, Group
from desk.errors import Missing

PAGE = 120
MESSAGES = 60


@dataclass(frozen=True, slots=True)
class Chat:
    """A group and its newest message."""

    group: Group
    last_text: str
    last_at: datetime | None
    messages: int


@dataclass(frozen=True, slots=True)
class Chats:
    """A page of chats; ``total`` groups match."""

    chats: tuple[Chat, ...]
    total: int
    number: int
    more: bool


def load(session: Session, brand: Brand, *, tier: str = "", text: str = "", number: int = 1) -> Chats:
    """Groups whose name, code, owner or tier match, those that heard something last first; two statements."""
    where = [Group.brand_id == brand.id, Group.active]
    if tier:
        where.append(Group.tier == tier)
    if text:
        where.append(
            or_(*(column.contains(text, autoescape=True) for column in (Group.name, Group.code, Group.owner)))
        )
    latest = (
        select(DemoMessage.group_id, func.max(DemoMessage.id).label("last"), func.count().label("many"))
        .group_by(DemoMessage.group_id)
        .subquery()
    )
    total = session.scalar(select(func.count()).where(*where)) or 0
    rows = session.execute(
        select(Group, DemoMessage.text, DemoMessage.at, func.coalesce(latest.c.many, 0))
        .outerjoin(latest, latest.c.group_id == Group.id)
        .outerjoin(DemoMessage, DemoMessage.id == latest.c.last)
        .where(*where)
        .order_by(DemoMessage.id.is_(None), DemoMessage.at.desc(), Group.id)
        .limit(PAGE)
        .offset((number - 1) * PAGE)
    )
    chats = tuple(Chat(group, text or "", at, many) for group, text, at, many in rows)
    return Chats(chats, total, number, total > number * PAGE)


def get(session: Session, brand: Brand, code: str) -> Group:
    """The brand's group with this code; Missing otherwise."""
    group = session.scalar(select(Group).where(Group.brand_id == brand.id, Group.code == code))
    if group is None:
        raise Missing(
            f"没有编号为「{code[:80]}」的社群。",
            code="group.not_found",
            english=f"There is no group {code[:80]!r}.",
        )
    return group


def messages(session: Session, group: Group, *, after: int = 0) -> Sequence[DemoMessage]:
    """The newest messages of a group, oldest first; only those after message ``after``."""
    rows = session.scalars(
        select(DemoMessage)
        .where(DemoMessage.group_id == group.id, DemoMessage.id > after)
        .order_by(DemoMessage.id.desc())
        .limit(MESSAGES)
    )
    return list(rows)[::-1]
