"""Heartbeats: each part of the machine stamps its own row, so that silence can be told from idleness."""

from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from sqlalchemy import delete, update
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import Session

from content_calendar.tables import Heartbeat
from workers.process import Process

EVERY = 10.0  # real seconds
FORGET = timedelta(days=1)  # a worker that has been silent so long is gone, not ill
log = logging.getLogger("chongfen.pulse")


def stamp(session: Session, name: str, *, now: datetime, **detail: object) -> None:
    """Say that ``name`` is alive at ``now``."""
    changed = session.execute(
        update(Heartbeat)
        .where(Heartbeat.name == name[:80])
        .values(at=now, detail=detail)
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount == 1:  # type: ignore[attr-defined]
        return
    try:
        with session.begin_nested():
            session.add(Heartbeat(name=name[:80], at=now, detail=detail))
    except IntegrityError:  # somebody stamped it for the first time in the same moment
        return


def forget(session: Session, *, now: datetime) -> None:
    """Drop the rows of processes that ended long ago."""
    for prefix in ("worker:", "dispatcher:"):
        session.execute(
            delete(Heartbeat).where(Heartbeat.name.startswith(prefix), Heartbeat.at < now - FORGET)
        )


def start(process: Process, name: str) -> threading.Thread:
    """Stamp ``name`` every ten seconds until the process stops."""
    thread = threading.Thread(target=_beat, args=(process, name), name="pulse", daemon=True)
    thread.start()
    return thread


def _beat(process: Process, name: str) -> None:
    while True:
        try:
            runtime = process.runtime
            with runtime.database.write() as session:
                stamp(session, name, now=runtime.clock.now())
        except SQLAlchemyError as error:  # the database may be away for a while; the silence is the message
            log.warning("no heartbeat: %s", type(error).__name__)
        if process.stop.wait(EVERY):
            return
