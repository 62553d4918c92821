"""Figures tell per source, stance and version how often suggestions were used and how far they were changed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from content_calendar.database import Database
from content_calendar.replies import figures, history, records
from content_calendar.tables import Brand

NOW = datetime.fromisoformat("2026-11-24T10:00+08:00")
SOURCE = {"sheet": "话术", "row": 49, "key": "k49"}


def one(stance: str, text: str, *sources: dict[str, Any], author: str = "offline") -> dict[str, Any]:
    return {"stance": stance, "text": text, "findings": [], "sources": list(sources), "author": author}


PROPOSED = [
    one("answer", "两天内发出。", SOURCE, author="script"),
    one("reassure", "别急，两天内发出。", SOURCE),
    one("order", "现在拍今晚能发。"),
]


@pytest.fixture
def brand(database: Database) -> Brand:
    """An empty brand."""
    with database.write() as session:
        session.add(made := Brand(uid="x", name="沐禾"))
        session.flush()
        session.expunge(made)
        return made


@pytest.fixture
def keep(database: Database, brand: Brand) -> Callable[..., int]:
    """Keep a reply with what was done: (kind, place, text)."""

    def keep(
        *done: tuple[str, int | None, str], at: datetime = NOW, user: int | None = None, **more: Any
    ) -> int:
        document = {
            "risk": "none",
            "escalate": False,
            "gap": False,
            "sources": [SOURCE],
            "suggestions": PROPOSED,
        } | more
        with database.write() as session:
            asked = records.Asked("什么时候发货", True, user_id=user)
            number = records.record(session, brand, asked, document, now=at)
            for kind, place, text in done:
                records.event(session, brand, number, kind, now=at, place=place, text=text)
            return number

    return keep


def table(
    database: Database, brand: Brand, by: figures.By, **more: Any
) -> dict[tuple[str, str], tuple[Any, ...]]:
    with database.read() as session:
        found = figures.load(session, brand, since=NOW - timedelta(days=1), by=by, **more)
    return {
        line.name: (line.shown, line.unchanged, line.edited, line.dismissed, line.escalated) for line in found.lines
    }  # fmt: skip


@pytest.mark.databases
def test_each_source_and_stance_is_counted_by_what_became_of_it(
    database: Database, brand: Brand, keep: Callable[..., int]
) -> None:
    keep(("shown", 0, ""), ("copied", 0, ""))
    keep(("shown", 0, ""), ("copied", 1, "别急，明天就发。"), ("dismissed", 2, ""))
    keep(("escalated", None, ""))
    keep(("dismissed", None, ""))
    keep()  # a program asked and told nothing
    assert table(database, brand, "stance") == {
        ("answer", ""): (4, 1, 0, 1, 1), ("reassure", ""): (4, 0, 1, 1, 1), ("order", ""): (4, 0, 0, 2, 1),
    }  # fmt: skip
    assert table(database, brand, "source") == {("话术", "k49"): (8, 1, 1, 2, 2), ("", ""): (4, 0, 0, 2, 1)}
    with database.read() as session:
        found = figures.load(session, brand, since=NOW - timedelta(days=1))
    assert found.replies == 4 and found.total.shown == 12 and found.lines[0].accepted == 0.25
    assert found.lines[0].distance == pytest.approx(
        0.5 * figures.distance("别急，两天内发出。", "别急，明天就发。")
    )
    assert found.lines[1].distance is None


def test_versions_tell_models_from_reviewed_words(
    database: Database, brand: Brand, keep: Callable[..., int]
) -> None:
    said = [
        one("answer", "两天内发出。", SOURCE, author="qwen-plus"),
        one("reassure", "别急。", author="care"),
    ]
    keep(("copied", 0, ""), suggestions=said, prompt_version="ab" * 32)
    assert table(database, brand, "version") == {
        ("ab" * 32, "qwen-plus"): (1, 1, 0, 0, 0),
        ("care", ""): (1, 0, 0, 0, 0),
    }


def test_older_replies_and_other_brands_do_not_count(
    database: Database, brand: Brand, keep: Callable[..., int]
) -> None:
    keep(("copied", 0, ""), at=NOW - timedelta(days=2))
    assert table(database, brand, "source") == {}
    keep(("copied", 0, ""))
    with database.write() as session:
        other = Brand(uid="y", name="别家")
        session.add(other)
        session.flush()
        assert figures.load(session, other, since=NOW - timedelta(days=1)).lines == ()


def test_they_are_sorted_as_asked(database: Database, brand: Brand, keep: Callable[..., int]) -> None:
    keep(("copied", 2, ""), ("dismissed", 0, ""))
    assert next(iter(table(database, brand, "stance", sort="accepted"))) == ("order", "")
    assert next(iter(table(database, brand, "stance", sort="dismissed"))) == ("answer", "")


def test_they_take_three_statements_however_many(
    database: Database, brand: Brand, keep: Callable[..., int]
) -> None:
    for _ in range(12):
        keep(("copied", 0, ""))
    seen: list[str] = []
    event.listen(database.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    with database.read() as session:
        figures.load(session, brand, since=NOW - timedelta(days=1))
    assert len([text for text in seen if text.lstrip().upper().startswith("SELECT")]) == 3


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_distance_lies_between_nothing_and_all(proposed: str, copied: str) -> None:
    assert 0 <= figures.distance(proposed, copied) <= 1
    assert figures.distance(proposed, proposed) == 0


def test_a_days_replies_come_newest_first_in_pages_and_by_operator(
    database: Database, brand: Brand, keep: Callable[..., int]
) -> None:
    numbers = [keep(at=NOW + timedelta(minutes=minute)) for minute in (0, 1, 1, 2)]
    keep(at=NOW - timedelta(days=1))
    day = {"start": NOW, "end": NOW + timedelta(hours=12)}
    with database.read() as session:
        first = history.of_day(session, brand, **day, limit=2)
        rest = history.of_day(session, brand, **day, after=(first[-1].created_at, first[-1].id))
        assert [row.id for row in (*first, *rest)] == numbers[::-1]
        assert history.of_day(session, brand, **day, user_id=5) == []


@pytest.mark.parametrize(
    ("done", "outcome"),
    [
        ((), ""), ((("shown", 0, ""),), ""), ((("dismissed", 1, ""),), ""), ((("dismissed", None, ""),), "dismissed"),
        ((("copied", 0, ""),), "copied"), ((("copied", 0, ""), ("copied", 0, "明天发出去。")), "edited"),
        ((("copied", 0, ""), ("escalated", None, "")), "escalated"),
    ],
)  # fmt: skip
def test_a_reply_has_one_outcome(
    done: tuple[tuple[str, int | None, str], ...], outcome: str, database: Database, keep: Callable[..., int]
) -> None:
    number = keep(*done)
    with database.read() as session:
        assert history.outcome(history.events(session, [number]).get(number, ())) == outcome
