"""Welcomes as the desk shows them: each text with what it stands for, and what became of the last new friends."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar import friends, group_templates, occasions, welcomes
from content_calendar.states import PostState
from content_calendar.tables import Brand, GroupTemplate, PlatformEvent, Post, Revision

SPAN = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Text:
    """One welcome. ``holds``: it is the one that is said now; ``template``: of the groups' welcome, on the platform."""

    post: Post
    first_line: str
    holds: bool
    template: GroupTemplate | None


@dataclass(frozen=True)
class Welcomes:
    """The texts by occasion, the events newest first, and how many ended in which state within :data:`SPAN`."""

    texts: Mapping[str, Sequence[Text]]
    events: Sequence[PlatformEvent]
    counts: Mapping[str, int]


def load(session: Session, brand: Brand, *, now: datetime) -> Welcomes:
    """Everything on the page; the statements do not grow with the texts."""
    posts = welcomes.posts(session, brand)
    ids = [post.revision_id for post in posts if post.revision_id is not None]
    rows = session.execute(select(Revision.post_id, Revision.text).where(Revision.id.in_(ids)))
    lines = {post_id: text.split("\n", 1)[0] for post_id, text in rows.tuples()}
    made = group_templates.rows(session, brand.id)
    holding = _holding(posts)
    texts: dict[str, list[Text]] = {occasion: [] for occasion in occasions.NAMES}
    for post in posts:
        holds = post.id in holding if post.occasion == occasions.FRIEND else post.state == PostState.approved
        texts[post.occasion].append(Text(post, lines.get(post.id, ""), holds, made.get(post.id)))
    counted = friends.counts(session, brand.id, since=now - SPAN)
    return Welcomes(texts, friends.newest(session, brand.id), counted)


def _holding(posts: Sequence[Post]) -> set[int]:
    """Of each owner's approved texts the newest approved: what :func:`welcomes.holding` finds, for all at once."""
    newest: dict[str, Post] = {}
    for post in sorted(posts, key=lambda post: (post.state_since, post.id)):
        if post.occasion == occasions.FRIEND and post.state == PostState.approved:
            newest[post.owner] = post
    return {post.id for post in newest.values()}
