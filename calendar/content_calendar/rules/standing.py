"""The brief a draft is judged by now: what it was written from, with every value read again.

A brief built anew may choose other know-how than the one the draft was written from, so a true number would look
made up. A brief as stored may hold a price that has changed. So both are joined: chosen things as they were, values as
they are, and what is gone is gone.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar import facts as source
from content_calendar import revised
from content_calendar.plan import briefs
from content_calendar.tables import BriefRow, Post, Revision
from prompts.brief import Brief, Fact, Note


@dataclass(frozen=True)
class Standing:
    """A draft with what it is judged by. ``values``: the facts its text names, as they are now."""

    post: Post
    revision: Revision
    brief: Brief
    values: Mapping[str, str | None]


def standing(session: Session, posts: Sequence[Post], *, now: datetime) -> list[Standing]:
    """Those of ``posts`` (of one brand) that have a text; the statements do not grow with their number."""
    revisions = revised.newest_many(session, posts)
    drafted = [post for post in posts if post.id in revisions]
    if not drafted:
        return []
    stored = _stored(session, revisions.values())
    named = {post.id: revised.facts_of(revisions[post.id]) for post in drafted}
    every = [fact for facts in named.values() for fact in facts]
    every += [fact for brief in stored.values() for fact in brief.facts]
    values = source.current(session, drafted[0].brand_id, {fact.id for fact in every}, now=now)
    return [
        Standing(
            post=post,
            revision=revisions[post.id],
            brief=joined(fresh, stored.get(revisions[post.id].brief_id or 0), named[post.id], values),
            values={fact.id: values.get(fact.id) for fact in named[post.id]},
        )
        for post, fresh in zip(drafted, briefs.build_many(session, drafted, now=now), strict=True)
    ]


def current(session: Session, post: Post, *, now: datetime) -> Brief:
    """The brief one post's text is judged by now; a post without a text gets a plain new one."""
    found = standing(session, [post], now=now)
    return found[0].brief if found else briefs.build(session, post, now=now)


def _stored(session: Session, revisions: Iterable[Revision]) -> dict[int, Brief]:
    ids = {revision.brief_id for revision in revisions if revision.brief_id is not None}
    rows = session.scalars(select(BriefRow).where(BriefRow.id.in_(ids)))
    return {row.id: Brief.model_validate(row.body) for row in rows}


def joined(
    fresh: Brief, stored: Brief | None, named: Sequence[Fact], values: Mapping[str, str | None]
) -> Brief:
    """``fresh`` with what ``stored`` and the text (``named``) stand on, as it is now."""
    before = [*named, *(stored.facts if stored else ())]
    facts = {fact.id: now for fact in before if (now := _as_now(fact, values)) is not None}
    facts |= {fact.id: fact for fact in fresh.facts}
    return fresh.model_copy(
        update={
            "facts": tuple(facts.values()),
            "knowledge": _notes(fresh.knowledge, stored.knowledge if stored else (), "knowledge", values),
            "scripts": _notes(fresh.scripts, stored.scripts if stored else (), "script", values),
        }
    )


def _as_now(fact: Fact, values: Mapping[str, str | None]) -> Fact | None:
    if fact.kind == "live":
        return fact
    value = values.get(fact.id)
    return None if value is None else fact.model_copy(update={"value": value})


def _notes(
    fresh: Sequence[Note], before: Sequence[Note], root: str, values: Mapping[str, str | None]
) -> tuple[Note, ...]:
    """What is chosen now, and what was chosen then and still says the same."""
    known = {note.key for note in fresh}
    same = [
        note for note in before if note.key not in known and values.get(f"{root}.{note.key}") == note.answer
    ]
    return (*fresh, *same)
