"""Signing in with a name and a password, without telling anybody which of the two was wrong."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.tables import User
from desk.auth import passwords
from desk.errors import DeskError


def check(session: Session, name: str, password: str) -> User:
    """The user with this name and password. One refusal, after the same work, for every other case.

    Call :meth:`desk.auth.throttle.Throttle.try_sign_in` first.
    """
    user = session.scalar(select(User).where(User.name == name.strip()))
    kept = user.password if user is not None and user.active and user.role != "service" else ""
    if not passwords.matches(password, kept) or user is None:
        raise DeskError(
            "用户名或密码不对，请再试一次；忘了密码请让主管发一个登录链接。",
            code="auth.wrong",
            english="Name or password is wrong; try again, or ask the lead for a sign-in link.",
        )
    return user
