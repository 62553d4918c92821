"""From the example workbook to a brief that has learned: import, plan, write offline, mend five tips alike, accept, write again."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from content_calendar import review, revised, workbook
from content_calendar.clock import FixedClock
from content_calendar.database import Database
from content_calendar.learning import notes
from content_calendar.plan import planner
from content_calendar.tables import Brand, BriefRow, EditPair, HouseNote, Post, PromptVersion, Revision, User
from generator.offline import version
from prompts.brief import Brief
from prompts.library import Library
from workers import learning
from workers.batches.write import write_posts
from workers.runtime import Runtime
from workers.settings import Settings

BOOK = Path(__file__).resolve().parents[3] / "examples" / "沐禾.xlsx"
NOW = datetime.fromisoformat("2026-11-22T12:00+08:00")
CLOSING = "拿不准的，拍张照群里喊我。"


@pytest.fixture
def runtime(database: Database, tmp_path: Path) -> Runtime:
    """The example brand with two weeks planned."""
    content = workbook.read(BOOK).content
    assert content is not None
    with database.write() as session:
        workbook.apply(session, content, now=NOW, actor="user:li")
        session.add(User(name="li", role="editor", created_at=NOW))
        brand = session.scalars(select(Brand)).one()
        planner.plan(session, brand, start=NOW.date() + timedelta(days=1), days=14, now=NOW)
    return Runtime(Settings(data_dir=tmp_path, database_url=database.url), database, FixedClock(NOW))


def tips(runtime: Runtime) -> list[int]:
    """The tips of the middle tier in order of time."""
    with runtime.database.read() as session:
        mine = select(Post.id).where(Post.kind == "tip", Post.tier == "mid").order_by(Post.due_at)
        return list(session.scalars(mine))


def mend(runtime: Runtime, post_id: int) -> None:
    """As an editor would: the same closing line under every tip, then approve."""
    with runtime.database.write() as session:
        post, user = (
            session.get_one(Post, post_id),
            session.scalars(select(User).where(User.name == "li")).one(),
        )
        base = revised.newest(session, post)
        assert base is not None
        text = f"{base.text}\n{CLOSING}"
        made = review.edit(session, post, text, base_hash=base.hash, user=user, findings=(), now=NOW)
        review.approve(session, post, revision_hash=made.hash, user=user, now=NOW)


def stored_brief(runtime: Runtime, post_id: int) -> tuple[Brief, dict[str, Any]]:
    """What the newest text of a post was written from, and its provenance."""
    with runtime.database.read() as session:
        row = session.get_one(Revision, session.get_one(Post, post_id).revision_id)
        body = session.get_one(BriefRow, row.brief_id).body
        return Brief.model_validate(body), row.provenance


def test_five_tips_mended_alike_teach_the_sixth(runtime: Runtime) -> None:
    first, following = tips(runtime)[:5], tips(runtime)[5]
    assert write_posts(runtime, first).written == 5
    with runtime.database.read() as session:
        kept = {row.hash: row for row in session.scalars(select(PromptVersion))}
    words = kept[version.words("tip").hash]
    assert words.template == "offline/tip" and "offline/grammar/tip.yaml" in words.chain
    assert stored_brief(runtime, first[0])[1]["template_hash"] == words.hash

    for post_id in first:
        mend(runtime, post_id)
    with runtime.database.write() as session:
        brand, user = (
            session.scalars(select(Brand)).one(),
            session.scalars(select(User).where(User.name == "li")).one(),
        )
        pairs = session.scalars(select(EditPair)).all()
        assert len(pairs) == 5 and all(0 < pair.distance < 0.5 for pair in pairs)
        assert {pair.template_hash for pair in pairs} == {words.hash} and {
            pair.persona for pair in pairs
        } == {"chongfenguan"}
        assert learning.refresh(session, brand, now=NOW) >= 1
        (note,) = session.scalars(select(HouseNote).where(HouseNote.note.contains("拍张照群里喊我")))
        assert (note.kind, note.count, note.state) == ("tip", 5, "offered") and note.note.startswith(
            "结尾写一句"
        )
        notes.accept(session, brand, note.id, user=user, now=NOW)

    assert write_posts(runtime, [following]).written == 1
    brief, provenance = stored_brief(runtime, following)
    assert (
        brief.house_notes == ("结尾写一句“拿不准的，拍张照群里喊我”",)
        and provenance["brief_hash"] == brief.digest()
    )
    assert len(brief.examples) == 3
    for example in brief.examples:
        assert example.text.endswith(CLOSING) and example.edited_from and CLOSING not in example.edited_from
    prompt = Library.load().render(brief)
    assert "结尾写一句“拿不准的，拍张照群里喊我”" in prompt.user and CLOSING in prompt.user
    assert "house_notes 的那一块是编辑部点过头的写法习惯" in prompt.system
