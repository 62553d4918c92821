"""Server-side sessions: 32 random bytes in the cookie, their SHA-256 in the table.

A session can therefore be ended from outside, all at once too. The id is always made here: one that a browser
brings is only ever looked up, so nobody can plant a session in somebody else's browser.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, select, update
from sqlalchemy.orm import Session

from content_calendar.tables import Session as SessionRow
from content_calendar.tables import User
from desk.auth.secret import fingerprint, fresh

LIFE = timedelta(days=14)  # from sign-in
IDLE = timedelta(days=3)  # since last seen
SEEN_EVERY = timedelta(minutes=10)  # how often "last seen" is worth a write
# Made once: it runs for every page.
_WHOSE = (
    select(User, SessionRow)
    .join(SessionRow, SessionRow.user_id == User.id)
    .where(
        SessionRow.id == bindparam("cookie"),
        SessionRow.expires_at > bindparam("now", type_=SessionRow.expires_at.type),
        SessionRow.seen_at > bindparam("since", type_=SessionRow.seen_at.type),
        User.active,
    )
)


def open_(session: Session, user: User, *, now: datetime, replaces: str = "") -> str:
    """Sign ``user`` in and return the cookie's value; ``replaces`` is the cookie the browser had before."""
    if replaces:
        end(session, replaces)
    session.execute(delete(SessionRow).where(SessionRow.expires_at <= now))
    cookie = fresh()
    session.add(
        SessionRow(
            id=fingerprint(cookie), user_id=user.id, created_at=now, seen_at=now, expires_at=now + LIFE
        )
    )
    session.flush()
    return cookie


def find(session: Session, cookie: str, *, now: datetime) -> tuple[User, SessionRow] | None:
    """Who this cookie belongs to, or None when it is unknown, too old, unused too long or its user is disabled."""
    told = {"cookie": fingerprint(cookie), "now": now, "since": now - IDLE}
    found = session.execute(_WHOSE, told).first()
    return (found[0], found[1]) if found else None


def stale(row: SessionRow, *, now: datetime) -> bool:
    """True when "last seen" is old enough to be written again."""
    return now - row.seen_at > SEEN_EVERY


def seen(session: Session, session_id: str, *, now: datetime) -> None:
    """Note that the session is in use."""
    session.execute(update(SessionRow).where(SessionRow.id == session_id).values(seen_at=now))


def end(session: Session, cookie: str) -> None:
    """Sign this browser out."""
    session.execute(delete(SessionRow).where(SessionRow.id == fingerprint(cookie)))


def end_all(session: Session, user: User, *, except_cookie: str = "") -> None:
    """Sign ``user`` out everywhere, or everywhere else."""
    condition = [SessionRow.user_id == user.id]
    if except_cookie:
        condition.append(SessionRow.id != fingerprint(except_cookie))
    session.execute(delete(SessionRow).where(*condition))
