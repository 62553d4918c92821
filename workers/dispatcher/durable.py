"""A database whose commits survive a power cut: an attempt that is on record must stay on record.

SQLite's usual setting of ours (synchronous=NORMAL) keeps commits through a crash of the process but may
lose the newest ones with the power; a lost attempt row would let a message go out twice.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import event

from content_calendar.database import Database


def durable(url: str) -> Database:
    """A database of its own for the dispatcher, which waits for the disk at every commit: intents and results alike.

    Results that a crash of PostgreSQL could take back would leave messages unknown whose calls had long ended.
    """
    database = Database(url)
    if database.sqlite:
        event.listen(database.engine, "connect", _wait_for_the_disk)
    return database


def _wait_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=FULL")
