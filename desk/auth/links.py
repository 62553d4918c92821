"""One-time sign-in links: for the first start, for a new user, for a forgotten password.

Opening the link shows a page; only pressing its button uses it up, so that a chat program which fetches the address for a
preview does not burn it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from content_calendar.tables import SignInLink, User
from desk.auth import users
from desk.auth.secret import fingerprint, fresh
from desk.errors import DeskError

LIFE = timedelta(hours=24)


def issue(session: Session, user_name: str, *, now: datetime, life: timedelta = LIFE) -> str:
    """A new token for ``/link/<token>``; the user's older unused links stop working."""
    user = users.by_name(session, user_name)
    if not user.active:
        raise DeskError(
            f"用户「{user.name}」已停用，请先启用。",
            code="user.disabled",
            english=f"{user.name!r} is disabled; enable it first.",
        )
    if user.role == "service":
        raise DeskError(
            f"「{user.name}」是程序账号，只能用令牌，不能登录。",
            code="user.service",
            english=f"{user.name!r} is a service account: it uses tokens and cannot sign in.",
        )
    session.execute(
        update(SignInLink)
        .where(SignInLink.user_id == user.id, SignInLink.used_at.is_(None))
        .values(used_at=now)
    )
    token = fresh()
    session.add(
        SignInLink(
            hash=fingerprint(token), user_id=user.id, created_at=now, expires_at=now + life, used_at=None
        )
    )
    session.flush()
    return token


def peek(session: Session, token: str, *, now: datetime) -> User:
    """Whose link this is, without using it up; DeskError when it is unknown, used or too old."""
    user = session.scalar(
        select(User)
        .join(SignInLink, SignInLink.user_id == User.id)
        .where(
            SignInLink.hash == fingerprint(token),
            SignInLink.used_at.is_(None),
            SignInLink.expires_at > now,
            User.active,
        )
    )
    if user is None:
        raise _dead()
    return user


def redeem(session: Session, token: str, *, now: datetime) -> User:
    """Use the link up and return its user; of two requests at once exactly one succeeds."""
    user = peek(session, token, now=now)
    changed = session.execute(
        update(SignInLink)
        .where(
            SignInLink.hash == fingerprint(token), SignInLink.used_at.is_(None), SignInLink.expires_at > now
        )
        .values(used_at=now)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise _dead()
    return user


def _dead() -> DeskError:
    return DeskError(
        "这个登录链接已经用过或过期，请让主管再发一个，或在服务器上运行 chongfen users link。",
        code="auth.link_dead",
        english="This sign-in link was used or has expired; ask the lead for another or run chongfen users link.",
    )
