"""Notices: what the lead must be told, once for each subject, until somebody reads it.

A notice is written in the transaction of the thing it tells of, so that neither can exist without the
other.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from content_calendar.errors import NotFound
from content_calendar.tables import Notice

Level = Literal["info", "warn", "alarm"]


def tell(
    session: Session,
    *,
    brand_id: int,
    code: str,
    subject: str,
    text: str,
    now: datetime,
    level: Level = "warn",
    again: bool = False,
) -> None:
    """Write a notice unless this ``code`` was told of this ``subject`` before.

    With ``again`` a notice that exists is renewed (new text, unread): for things that happen anew, such as
    a second hold of the same post. One statement, safe against another process telling the same.
    """
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {"at": now, "level": level, "text": text, "read_by": ""}
    statement = insert(Notice).values(brand_id=brand_id, code=code, subject=subject, **row)
    keys = ["brand_id", "code", "subject"]
    if again:
        session.execute(statement.on_conflict_do_update(index_elements=keys, set_={**row, "read_at": None}))
    else:
        session.execute(statement.on_conflict_do_nothing(index_elements=keys))


def unread(session: Session, brand_id: int, *, everything: bool = False) -> Sequence[Notice]:
    """The brand's notices nobody has read (or ``everything``), newest first."""
    query = select(Notice).where(Notice.brand_id == brand_id).order_by(Notice.at.desc(), Notice.id.desc())
    return session.scalars(query if everything else query.where(Notice.read_at.is_(None))).all()


def mark_read(session: Session, brand_id: int, notice_id: int, *, by: str, now: datetime) -> None:
    """Somebody has seen it; the first reader is kept. NotFound when the brand has no such notice."""
    notice = session.get(Notice, notice_id)
    if notice is None or notice.brand_id != brand_id:
        raise NotFound(f"没有编号为 {notice_id} 的提醒。", english=f"There is no notice {notice_id}.")
    session.execute(
        update(Notice).where(Notice.id == notice_id, Notice.read_at.is_(None)).values(read_at=now, read_by=by)
    )
