"""Who speaks and who is here: the brand's persona, the desk's users and their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content_calendar.tables import ApiToken, Brand, Persona, User
from content_calendar.tables import Session as SessionRow


@dataclass(frozen=True, slots=True)
class Account:
    """A user with the number of places they are signed in at and of live tokens."""

    user: User
    sessions: int
    tokens: int


def persona_of(session: Session, brand: Brand) -> str:
    """The nickname the brand speaks under; its name before a persona is known."""
    found = session.scalar(
        select(Persona.nickname).where(Persona.brand_id == brand.id).order_by(Persona.id.desc()).limit(1)
    )
    return found or brand.name


def called(session: Session) -> dict[str, str]:
    """User name → how they are called."""
    return {
        row[0]: row[1] for row in session.execute(select(User.name, User.display).where(User.display != ""))
    }


def accounts(session: Session) -> list[Account]:
    """Every user, the active ones first."""
    sessions = select(func.count()).where(SessionRow.user_id == User.id).scalar_subquery()
    tokens = (
        select(func.count())
        .where(ApiToken.user_id == User.id, ApiToken.revoked_at.is_(None))
        .scalar_subquery()
    )
    rows = session.execute(select(User, sessions, tokens).order_by(User.active.desc(), User.id))
    return [Account(user, open_, live) for user, open_, live in rows]


def tokens_of(session: Session, user_ids: Sequence[int]) -> list[tuple[ApiToken, User]]:
    """Live tokens of these users, newest first."""
    rows = session.execute(
        select(ApiToken, User)
        .join(User, User.id == ApiToken.user_id)
        .where(ApiToken.user_id.in_(user_ids), ApiToken.revoked_at.is_(None))
        .order_by(ApiToken.id.desc())
    )
    return [(row[0], row[1]) for row in rows]
