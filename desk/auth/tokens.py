"""API tokens: shown once, kept as SHA-256, recognised by their prefix, revocable at any time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from content_calendar.tables import ApiToken, AuditEvent, User
from desk.auth.secret import fingerprint, fresh
from desk.errors import DeskError, Missing

MARK = "cf_"
FEED = "cal_"  # opens one calendar feed and nothing else
USED_EVERY = timedelta(minutes=10)
MOST = 20  # live tokens of one user
# Made once: it runs for every request of a program.
_WHOSE = (
    select(User, ApiToken)
    .join(ApiToken, ApiToken.user_id == User.id)
    .where(ApiToken.hash == bindparam("hash"), ApiToken.revoked_at.is_(None), User.active)
)


@dataclass(frozen=True)
class NewToken:
    """A token just made: ``secret`` is shown now and never again."""

    id: int
    secret: str
    prefix: str


def create(
    session: Session, user: User, name: str, *, now: datetime, actor: str, mark: str = MARK
) -> NewToken:
    """Make a token for ``user``; its ``mark`` says what it opens, and cannot be changed afterwards."""
    name = " ".join(name.split())[:80]
    if not name:
        raise DeskError(
            "请给令牌起个名字，好认得它是谁在用。", code="token.name", english="Give the token a name."
        )
    live = len(
        session.scalars(
            select(ApiToken.id).where(ApiToken.user_id == user.id, ApiToken.revoked_at.is_(None))
        ).all()
    )
    if live >= MOST:
        raise DeskError(
            f"「{user.name}」已有 {MOST} 个令牌，请先吊销不用的。",
            code="token.too_many",
            english=f"{user.name!r} has {MOST} tokens; revoke some first.",
        )
    secret = mark + fresh()
    row = ApiToken(
        user_id=user.id, name=name, prefix=secret[:9], hash=fingerprint(secret), created_at=now, used_at=None,
        revoked_at=None,
    )  # fmt: skip
    session.add(row)
    session.flush()
    _audit(session, row, "token.created", actor, now)
    return NewToken(id=row.id, secret=secret, prefix=row.prefix)


def find(session: Session, secret: str, *, mark: str = MARK) -> tuple[User, ApiToken] | None:
    """Whose token this is, or None when it is unknown, revoked, of another mark or its user disabled."""
    if not secret.startswith(mark):
        return None
    found = session.execute(_WHOSE, {"hash": fingerprint(secret)}).first()
    return (found[0], found[1]) if found else None


def stale(row: ApiToken, *, now: datetime) -> bool:
    """True when "last used" is old enough to be written again."""
    return row.used_at is None or now - row.used_at > USED_EVERY


def used(session: Session, token_id: int, *, now: datetime) -> None:
    """Note that the token is in use."""
    session.execute(update(ApiToken).where(ApiToken.id == token_id).values(used_at=now))


def revoke(session: Session, token_id: int, *, owner: User | None, now: datetime, actor: str) -> None:
    """End a token; ``owner`` limits it to that user's own (None: anybody's)."""
    row = session.get(ApiToken, token_id)
    if row is None or (owner is not None and row.user_id != owner.id):
        raise Missing("没有这个令牌。", code="token.not_found", english="There is no such token.")
    if row.revoked_at is None:
        row.revoked_at = now
        _audit(session, row, "token.revoked", actor, now)


def _audit(session: Session, row: ApiToken, action: str, actor: str, now: datetime) -> None:
    session.add(
        AuditEvent(
            brand_id=None, at=now, actor=actor, action=action, subject="token", subject_id=str(row.id),
            detail={"name": row.name, "prefix": row.prefix, "user": row.user_id},
        )
    )  # fmt: skip
    session.flush()
