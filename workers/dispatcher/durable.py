"""A database whose commits survive a power cut: an attempt that is on record must stay on record.

SQLite's usual setting of ours (synchronous=NORMAL) keeps commits through a crash of the process but may
lose the newest ones with the power; a lost attempt row would let a message go out twice.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from content_calendar.database import Database


def durable(url: str) -> Database:
    """A database of its own for the dispatcher, which waits for the disk at every commit."""
    database = Database(url)
    if database.sqlite:
        event.listen(database.engine, "connect", _wait_for_the_disk)
    return database


def soon_durable(url: str) -> Database:
    """The same database for results while more calls follow: the next intent's commit brings them to the disk as well.

    A power cut in between makes an arrived message an unknown one, which a person looks up; it never doubles it. A
    dispatcher that is killed loses nothing by this.
    """
    database = Database(url)
    if not database.sqlite:
        event.listen(database.engine, "connect", _leave_the_disk)
    return database


def _leave_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("SET synchronous_commit TO off")
    connection.commit()


def _wait_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=FULL")
