"""The clerk: what nobody waits for costs no commit of its own, and is done all the same."""

from __future__ import annotations

import pytest
from sqlalchemy.orm import Session

from content_calendar.database import Database
from workers import clerk
from workers.clerk import Clerk

SOON = 30.0  # seconds; nothing here takes so long


def test_what_nobody_waits_for_is_written_with_what_somebody_does(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clerk, "LINGER", SOON)
    desk, seen = Clerk(), list[Session]()
    trailing = desk.ask(database, seen.append, waited_for=False)
    desk.ask(database, seen.append).result(SOON)
    trailing.result(SOON)
    assert len(seen) == 2 and seen[0] is seen[1]


def test_what_nobody_waits_for_is_done_without_company(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clerk, "LINGER", 0.0)
    assert Clerk().ask(database, lambda _: "done", waited_for=False).result(SOON) == "done"


def test_the_order_of_what_was_asked_is_kept(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clerk, "LINGER", SOON)
    desk, seen = Clerk(), list[int]()
    for number in range(6):
        last = desk.ask(database, lambda _, n=number: seen.append(n), waited_for=number == 5)  # type: ignore[misc]
    last.result(SOON)
    assert seen == list(range(6))
