"""New friends the platform told us of: each once, and what became of the welcome, from waiting to one honest end.

A row is claimed by a conditional update before anything is said, and the welcome's code is forgotten at the end.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from content_calendar.tables import PlatformEvent

LIFE = timedelta(seconds=20)  # of a welcome code, from the moment the event was made
LEASE = timedelta(seconds=90)  # a call that took longer has died with its process
KEPT = timedelta(days=90)
STATES: Mapping[str, str] = {
    "waiting": "等着发", "sending": "正在发", "sent": "已发出", "too_late": "没赶上", "refused": "被拒", "unknown": "结果未知",
    "skipped": "没有发",
}  # fmt: skip

REASONS: Mapping[str, str] = {  # code → what a person reads; any other code is shown as it is
    "paused": "品牌暂停中", "no_text": "没有批准过的欢迎语", "waited": "等到过了时限", "died": "发到一半程序停了",
    "no_code": "平台没给机会：后台另设了欢迎语，或已经开聊", "no_account": "没接通企业微信应用", "picture_missing": "图片不在图库里",
    "door.changed": "刚被改过", "wecom.41050": "平台说已经过期", "wecom.41051": "已经开聊，或别的应用先发了",
    "wecom.60020": "这台机器不在可信 IP 里", "wecom.48002": "应用没有这个权限",
}  # fmt: skip


@dataclass(frozen=True)
class NewFriend:
    """An event, as far as it is kept. ``identity``: what makes it this event and no other; only its hash is stored."""

    event: str
    identity: tuple[str, ...]
    member: str
    welcome_code: str
    happened_at: datetime


def note(session: Session, brand_id: int, friend: NewFriend, *, owner: str, now: datetime) -> int | None:
    """Write the event down; its id when it is new, None when the platform has told us before."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    code = friend.welcome_code
    row: dict[str, Any] = {
        "brand_id": brand_id, "key": _hash("event", *friend.identity), "event": friend.event[:40],
        "code_key": _hash("code", str(brand_id), code) if code else None, "member": friend.member[:64],
        "owner": owner[:80], "welcome_code": code, "happened_at": friend.happened_at, "received_at": now,
        "state": "waiting" if code else "skipped", "code": "" if code else "no_code", "tries": 0, "revision_hash": "",
    }  # fmt: skip
    statement = insert(PlatformEvent).values(**row).on_conflict_do_nothing().returning(PlatformEvent.id)
    return session.scalar(statement)


def claim(session: Session, event_id: int, *, now: datetime, **said: Any) -> bool:
    """Take a waiting event in hand; False when somebody else has it. ``said``: post_id and revision_hash."""
    changed = session.execute(
        update(PlatformEvent)
        .where(PlatformEvent.id == event_id, PlatformEvent.state == "waiting")
        .values(state="sending", claimed_at=now, tries=PlatformEvent.tries + 1, **said)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def again(session: Session, event_id: int, *, code: str) -> None:
    """Proved not to have been said: it may be tried again while its code lives."""
    _from(session, event_id, ("sending",), state="waiting", code=code[:80])


def end(session: Session, event_id: int, state: str, *, code: str, now: datetime) -> None:
    """The one end of an event; its code is forgotten."""
    _from(
        session, event_id, ("waiting", "sending"), state=state, code=code[:80], ended_at=now, welcome_code=""
    )


def _from(session: Session, event_id: int, expected: Sequence[str], **values: Any) -> None:
    session.execute(
        update(PlatformEvent)
        .where(PlatformEvent.id == event_id, PlatformEvent.state.in_(expected))
        .values(**values)
        .execution_options(synchronize_session=False)
    )


def left(session: Session, *, older_than: datetime, limit: int = 50) -> Sequence[int]:
    """Events nobody has taken in hand since ``older_than``, oldest first."""
    query = select(PlatformEvent.id).where(
        PlatformEvent.state == "waiting", PlatformEvent.received_at < older_than
    )
    return session.scalars(query.order_by(PlatformEvent.received_at).limit(limit)).all()


def tidy(session: Session, *, now: datetime) -> Counter[str]:
    """What died in a call is unknown, what waited too long came too late, what is old is forgotten; how many of each."""
    done: Counter[str] = Counter()
    ending = {"ended_at": now, "welcome_code": ""}
    for name, condition, values in (
        ("unknown", (PlatformEvent.state == "sending", PlatformEvent.claimed_at < now - LEASE), {"code": "died"}),
        ("too_late", (PlatformEvent.state == "waiting", PlatformEvent.received_at < now - LIFE), {"code": "waited"}),
    ):  # fmt: skip
        changed = session.execute(
            update(PlatformEvent)
            .where(*condition)
            .values(state=name, **values, **ending)
            .execution_options(synchronize_session=False)
        )
        done[name] = changed.rowcount  # type: ignore[attr-defined]
    old = delete(PlatformEvent).where(
        PlatformEvent.state.in_(("sent", "too_late", "refused", "unknown", "skipped")),
        PlatformEvent.received_at < now - KEPT,
    )
    session.execute(old.execution_options(synchronize_session=False))
    return +done


def counts(session: Session, brand_id: int, *, since: datetime) -> Mapping[str, int]:
    """State → how many events since then."""
    query = (
        select(PlatformEvent.state, func.count())
        .where(PlatformEvent.brand_id == brand_id, PlatformEvent.received_at >= since)
        .group_by(PlatformEvent.state)
    )
    return dict(session.execute(query).tuples().all())


def newest(session: Session, brand_id: int, *, limit: int = 30) -> Sequence[PlatformEvent]:
    """The latest events, newest first."""
    query = select(PlatformEvent).where(PlatformEvent.brand_id == brand_id)
    return session.scalars(
        query.order_by(PlatformEvent.received_at.desc(), PlatformEvent.id.desc()).limit(limit)
    ).all()


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()
