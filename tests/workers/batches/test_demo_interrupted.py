"""`chongfen demo` as a newcomer meets it: killed in the middle and run again it goes on, each post written once."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import func, select

from content_calendar.database import Database
from content_calendar.tables import Brand, Post, Revision

DEMO = [sys.executable, "-P", "-m", "desk.cli", "demo", "--no-serve"]


def _revisions(database: Database) -> list[int]:
    """How many revisions each post has."""
    with database.read() as session:
        query = (
            select(func.count(Revision.id)).select_from(Post).outerjoin(Revision, Revision.post_id == Post.id)
        )
        return list(session.scalars(query.group_by(Post.id)))


def _states(database: Database) -> set[str]:
    with database.read() as session:
        return set(session.scalars(select(Post.state)))


@pytest.mark.faults
def test_killed_in_the_middle_it_goes_on_where_it_was(
    tmp_path: Path, sqlite_url: str, make_database: Callable[[str], Database]
) -> None:
    database = make_database(sqlite_url)
    command = [*DEMO, "--data", str(tmp_path)]
    first = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 240
    while sum(_revisions(database)) < 5:
        assert first.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline
        time.sleep(0.02)
    first.kill()
    first.wait()
    before = _revisions(database)
    assert 0 in before, "it was finished already; nothing was interrupted"

    again = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    assert "接着用品牌「沐禾」" in again.stdout
    assert set(_revisions(database)) == {1}
    assert _states(database) == {"in_review"}
    with database.read() as session:
        assert session.scalar(select(func.count()).select_from(Brand)) == 1

    third = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300)
    assert "写好 0 条" in third.stdout
    assert set(_revisions(database)) == {1}
