"""Prompt versions: the words behind a template hash, kept when first used, so that a revision can say who asked for it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from content_calendar.errors import CalendarError, NotFound
from content_calendar.tables import PromptVersion
from prompts.library.words import Words

SHORTEST = 6  # so much of a hash must be written to mean one


def keep_words(session: Session, words: Words, *, now: datetime) -> None:
    """Keep ``words`` unless they are known; safe against another process that keeps the same."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    row = {
        "hash": words.hash, "template": words.template[:160], "chain": list(words.chain), "body": words.body,
        "first_used_at": now,
    }  # fmt: skip
    session.execute(insert(PromptVersion).values(row).on_conflict_do_nothing(index_elements=["hash"]))


def known(session: Session, hashes: Sequence[str]) -> frozenset[str]:
    """Those of ``hashes`` whose words are kept."""
    return frozenset(session.scalars(select(PromptVersion.hash).where(PromptVersion.hash.in_(hashes))))


def find(session: Session, written: str) -> PromptVersion:
    """The version whose hash begins with ``written``; NotFound when there is none, CalendarError when there are several."""
    start = written.strip().lower()
    if len(start) < SHORTEST or not all(sign in "0123456789abcdef" for sign in start):
        raise NotFound(
            f"版本号要写前 {SHORTEST} 位以上（0-9、a-f），「{written[:20]}」不是。",
            code="version.missing",
            english=f"A version is named by at least {SHORTEST} hex digits of its hash.",
        )
    found = session.scalars(
        select(PromptVersion).where(PromptVersion.hash >= start, PromptVersion.hash < f"{start}g").limit(2)
    ).all()
    if not found:
        raise NotFound(
            f"没有版本「{written[:20]}」，请到「学习 › 模板版本」看看有哪些。",
            code="version.missing",
            english=f"There is no prompt version {written[:20]!r}.",
        )
    if len(found) > 1:
        raise CalendarError(
            f"版本「{written[:20]}」不止一个，请多写几位。",
            code="version.ambiguous",
            english=f"Several versions begin with {written[:20]!r}; write more of it.",
        )
    return found[0]
