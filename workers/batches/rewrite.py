"""Writing one post again because an editor wishes it: with the wish as instruction and the old text beside it."""

from __future__ import annotations

import threading
import time

from sqlalchemy.orm import Session

from content_calendar.errors import NotFound, StateConflict
from content_calendar.states import POST_NAMES, PostState
from content_calendar.tables import Post
from workers import calling, till
from workers.batches import claims, selection, wishes
from workers.batches.bench import Bench
from workers.batches.report import WriteReport, untold
from workers.batches.write import Batch
from workers.runtime import Runtime

FROM = (
    PostState.planned,
    PostState.in_review,
    PostState.changes_requested,
    PostState.rejected,
    PostState.held,
)


def ask(runtime: Runtime, post_id: int, *, instruction: str, user_name: str) -> None:
    """Note the wish and call a worker; StateConflict when the post is in no state to be written.

    If no worker can be called, the next round of :mod:`workers.batches.nightly` finds the wish.
    """
    with runtime.database.write() as session:
        post = writable(session, post_id)
        wishes.note(session, post, instruction.strip(), actor=f"user:{user_name}", now=runtime.clock.now())
    calling.call(runtime.settings, "rewrite", post_id)


def rewrite(
    runtime: Runtime, post_id: int, *, instruction: str, user_name: str, stop: threading.Event | None = None
) -> WriteReport:
    """Write the post again now for ``user_name``; StateConflict when it is in no state to be written."""
    return _write(runtime, wishes.Wish(post_id, instruction.strip(), f"user:{user_name}"), stop)


def fulfil(runtime: Runtime, post_id: int, *, stop: threading.Event | None = None) -> WriteReport | None:
    """Write the post again as was asked; None when nobody asks any more, or it may not be written now."""
    with runtime.database.read() as session:
        post = session.get(Post, post_id)
        wish = wishes.of(session, [post]).get(post_id) if post is not None else None
    if wish is None:
        return None
    try:
        return _write(runtime, wish, stop)
    except StateConflict:  # approved, sent or being written meanwhile: the wish is overtaken
        return None


def _write(runtime: Runtime, wish: wishes.Wish, stop: threading.Event | None) -> WriteReport:
    began = time.monotonic()
    report = WriteReport(wanted=1)
    with runtime.database.read() as session:
        brand = selection.brand_of(session, [wish.post_id])
    batch = Batch(runtime, Bench(runtime, brand), report, untold, stop or threading.Event(), actor=wish.actor)
    with runtime.database.write() as session:
        writable(session, wish.post_id)
        claimed = claims.take(
            session, [wish.post_id], owner=batch.owner, now=runtime.clock.now(), states=FROM, actor=wish.actor
        )
    batch.write(claimed, {wish.post_id: wish.text} if wish.text else None)
    report.meter = till.metered(runtime, brand)
    report.seconds = time.monotonic() - began
    return report


def writable(session: Session, post_id: int) -> Post:
    """The post; StateConflict when it is in no state to be written again."""
    post = session.get(Post, post_id)
    if post is None:
        raise NotFound(f"没有编号为 {post_id} 的内容。", english=f"There is no post {post_id}.")
    if post.state not in FROM:
        raise StateConflict(
            f"内容 {post_id} 处于「{POST_NAMES[PostState(post.state)]}」，不能重写；已批准的请先要求修改。",
            english=f"Post {post_id} is {post.state} and cannot be written again; request changes first.",
        )
    return post
