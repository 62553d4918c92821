"""Who writes a post: a claim in the database with an owner and a lease, so that no post is written twice at once.

A claimed post is in the state ``writing``; its reason names the owner, its ``state_since`` is the owner's last
sign of life. A claim ends with the revision, or is given back, or is taken away when its owner is dead.
"""

from __future__ import annotations

import os
import secrets
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from content_calendar.errors import StateConflict
from content_calendar.states import PostState, move_post
from content_calendar.tables import AuditEvent, Post

CLAIMABLE = (PostState.planned, PostState.changes_requested)
ACTOR = "system:writer"
MOST_TRIES = 5  # a post that could not be written so often waits for a person
_MARK = "撰写者 "


@dataclass(frozen=True)
class Owner:
    """Who holds claims: machine, process and batch."""

    host: str = field(default_factory=socket.gethostname)
    pid: int = field(default_factory=os.getpid)
    batch: str = field(default_factory=lambda: secrets.token_hex(4))

    @property
    def reason(self) -> str:
        """As it stands in the post's ``state_reason``."""
        return f"{_MARK}{self.host}/{self.pid}/{self.batch}"


def take(
    session: Session,
    ids: Sequence[int],
    *,
    owner: Owner,
    now: datetime,
    states: Iterable[PostState] = CLAIMABLE,
    actor: str = ACTOR,
) -> list[Post]:
    """Claim those of ``ids`` that stand in one of ``states`` and are still to come; in the order of ``ids``."""
    query = select(Post).where(Post.id.in_(ids), Post.state.in_(list(states)))
    found = {post.id: post for post in session.scalars(query)}
    claimed = []
    for post_id in ids:
        if (post := found.get(post_id)) is None:
            continue
        try:
            move_post(
                session, post, PostState.writing, expected=PostState(post.state), actor=actor, now=now,
                reason=owner.reason,
            )  # fmt: skip
        except StateConflict:  # another writer or an editor was first
            continue
        claimed.append(post)
    return claimed


def held(session: Session, post_id: int, owner: Owner) -> Post | None:
    """The post, locked, if ``owner`` still holds its claim."""
    return session.scalar(
        select(Post)
        .where(Post.id == post_id, Post.state == PostState.writing, Post.state_reason == owner.reason)
        .with_for_update()
    )


def renew(session: Session, ids: Iterable[int], *, owner: Owner, now: datetime) -> None:
    """Show that the owner is alive."""
    session.execute(
        update(Post)
        .where(Post.id.in_(list(ids)), Post.state == PostState.writing, Post.state_reason == owner.reason)
        .values(state_since=now)
        .execution_options(synchronize_session=False)
    )


def give_back(session: Session, ids: Iterable[int], *, owner: Owner, now: datetime, why: str) -> int:
    """Return claims to the plan; how many there were."""
    query = select(Post).where(
        Post.id.in_(list(ids)), Post.state == PostState.writing, Post.state_reason == owner.reason
    )
    return sum(_return(session, post, now=now, why=why) for post in session.scalars(query).all())


def take_away(session: Session, *, now: datetime, lease: timedelta) -> int:
    """Return the claims whose owner is silent for longer than ``lease`` or dead on this machine; how many."""
    writing = session.scalars(select(Post).where(Post.state == PostState.writing)).all()
    return sum(
        _return(session, post, now=now, why="撰写者中断")
        for post in writing
        if abs(now - post.state_since) > lease or _dead(post.state_reason)
    )


def _return(session: Session, post: Post, *, now: datetime, why: str) -> bool:
    """Back to the plan; a post that lay before the editors when it was claimed goes back there."""
    claimed_from = session.scalar(
        select(AuditEvent.before)
        .where(
            AuditEvent.subject == "post",
            AuditEvent.subject_id == str(post.id),
            AuditEvent.after == PostState.writing,
        )
        .order_by(AuditEvent.id.desc())
        .limit(1)
    )
    to = PostState.planned if claimed_from in CLAIMABLE else PostState.in_review
    try:
        move_post(session, post, to, expected=PostState.writing, actor=ACTOR, now=now, reason=why)
    except StateConflict:
        return False
    return True


def _dead(reason: str) -> bool:
    """True when the owner named is a process of this machine that no longer exists."""
    host, _, rest = reason.removeprefix(_MARK).partition("/")
    pid = rest.partition("/")[0]
    if host != socket.gethostname() or not pid.isdigit():
        return False
    try:
        os.kill(int(pid), 0)
    except ProcessLookupError:
        return True
    except PermissionError:  # it lives, and is somebody else's
        return False
    return False
