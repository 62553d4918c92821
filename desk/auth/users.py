"""Users: made by the lead (or the first start), never deleted, only disabled: the audit trail names them."""

from __future__ import annotations

import re
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from content_calendar.tables import ApiToken, AuditEvent, User
from content_calendar.tables import Session as SessionRow
from desk.auth import passwords
from desk.auth.roles import Role
from desk.errors import DeskError, Missing

FIRST_LEAD = "lead"
_NAME = re.compile(r"[\w.\-]{2,40}")


def by_name(session: Session, name: str) -> User:
    """The user called ``name``; Missing otherwise."""
    user = session.scalar(select(User).where(User.name == name))
    if user is None:
        raise Missing(f"没有用户「{name}」。", code="user.not_found", english=f"There is no user {name!r}.")
    return user


def by_id(session: Session, user_id: int) -> User:
    """The user with this id; Missing otherwise."""
    user = session.get(User, user_id)
    if user is None:
        raise Missing(
            f"没有编号为 {user_id} 的用户。", code="user.not_found", english=f"There is no user {user_id}."
        )
    return user


def ensure_lead(session: Session, now: datetime) -> User:
    """The first active lead; makes one called ``lead`` when nobody can administer the desk yet."""
    lead = session.scalar(select(User).where(User.role == Role.lead, User.active).order_by(User.id).limit(1))
    if lead is not None:
        return lead
    kept = session.scalar(select(User).where(User.name == FIRST_LEAD))
    name = FIRST_LEAD if kept is None else f"{FIRST_LEAD}-{now:%Y%m%d%H%M%S}"
    return create(session, name=name, role=Role.lead, now=now, actor="system:start")


def create(
    session: Session,
    *,
    name: str,
    role: str,
    now: datetime,
    actor: str,
    display: str = "",
    password: str = "",
) -> User:
    """Add a user; without a password they come in through a one-time link."""
    name = name.strip()
    if not _NAME.fullmatch(name):
        raise DeskError(
            "用户名要 2 到 40 个字，只用文字、数字、点、横线和下划线，请换一个。",
            code="user.name",
            english="A user name has 2 to 40 letters, digits, dots, hyphens or underscores; choose another.",
        )
    if session.scalar(select(User.id).where(func.lower(User.name) == name.lower())) is not None:
        raise DeskError(
            f"用户名「{name}」已经有人用了，请换一个。",
            code="user.taken",
            english=f"{name!r} is taken; choose another.",
        )
    user = User(
        name=name,
        display=display.strip()[:80],
        role=_role(role),
        password=passwords.hash_of(password) if password else "",
        active=True,
        created_at=now,
    )
    session.add(user)
    session.flush()
    _audit(session, user, "user.created", actor, now, after=user.role)
    return user


def set_password(session: Session, user: User, password: str, *, now: datetime, actor: str) -> None:
    """Keep a new password."""
    user.password = passwords.hash_of(password)
    _audit(session, user, "user.password", actor, now)


def set_display(session: Session, user: User, display: str) -> None:
    """How the person is called in the interface."""
    user.display = " ".join(display.split())[:80]
    session.flush()


def set_role(session: Session, user: User, role: str, *, now: datetime, actor: str) -> None:
    """Give another role; the last lead stays lead."""
    wanted = _role(role)
    if user.role == Role.lead and wanted != Role.lead:
        _not_the_last_lead(session, user)
    before, user.role = user.role, wanted
    _audit(session, user, "user.role", actor, now, before=before, after=wanted)


def disable(session: Session, user: User, *, now: datetime, actor: str) -> None:
    """Shut a user out: sessions end and tokens are revoked in the same transaction."""
    if user.role == Role.lead:
        _not_the_last_lead(session, user)
    user.active = False
    session.query(SessionRow).filter(SessionRow.user_id == user.id).delete()
    session.execute(
        update(ApiToken)
        .where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))
        .values(revoked_at=now)
    )
    _audit(session, user, "user.disabled", actor, now)


def enable(session: Session, user: User, *, now: datetime, actor: str) -> None:
    """Let a disabled user in again (through a link or the old password; old tokens stay revoked)."""
    user.active = True
    _audit(session, user, "user.enabled", actor, now)


def _role(written: str) -> Role:
    try:
        return Role(written)
    except ValueError as error:
        raise DeskError(
            f"没有角色「{written}」，可用 editor、operator、lead、service。",
            code="user.role",
            english=f"There is no role {written!r}; use editor, operator, lead or service.",
        ) from error


def _not_the_last_lead(session: Session, user: User) -> None:
    others = session.scalar(
        select(func.count()).select_from(User).where(User.role == Role.lead, User.active, User.id != user.id)
    )
    if not others:
        raise DeskError(
            "这是最后一位主管，请先任命另一位。",
            code="user.last_lead",
            english="This is the last lead; appoint another one first.",
        )


def _audit(
    session: Session, user: User, action: str, actor: str, now: datetime, *, before: str = "", after: str = ""
) -> None:
    session.add(
        AuditEvent(
            brand_id=None, at=now, actor=actor, action=action, subject="user", subject_id=str(user.id),
            before=before, after=after, detail={"name": user.name},
        )
    )  # fmt: skip
    session.flush()
