"""Writing one post again because an editor wishes it: with the wish as instruction and the old text beside it."""

from __future__ import annotations

import threading
import time

from content_calendar.errors import StateConflict
from content_calendar.states import POST_NAMES, PostState
from content_calendar.tables import Post
from workers.batches import claims, selection
from workers.batches.bench import Bench
from workers.batches.report import WriteReport, untold
from workers.batches.write import Batch
from workers.runtime import Runtime

AGAIN = (
    PostState.planned,
    PostState.in_review,
    PostState.changes_requested,
    PostState.rejected,
    PostState.held,
)


def rewrite(
    runtime: Runtime, post_id: int, *, instruction: str, user_name: str, stop: threading.Event | None = None
) -> WriteReport:
    """Write the post again for ``user_name``; StateConflict when it is in no state to be written."""
    began = time.monotonic()
    report = WriteReport(wanted=1)
    with runtime.database.read() as session:
        brand = selection.brand_of(session, [post_id])
    batch = Batch(
        runtime, Bench(runtime, brand), report, untold, stop or threading.Event(), actor=f"user:{user_name}"
    )
    with runtime.database.write() as session:
        now = runtime.clock.now()
        claimed = claims.take(session, [post_id], owner=batch.owner, now=now, states=AGAIN, actor=batch.actor)
        if not claimed:
            state = POST_NAMES[PostState(session.get_one(Post, post_id).state)]
            raise StateConflict(
                f"内容 {post_id} 处于「{state}」，不能重写；已批准的请先要求修改。",
                english=f"Post {post_id} cannot be written again in its state; request changes first.",
            )
    batch.write(claimed, {post_id: instruction} if instruction.strip() else None)
    report.seconds = time.monotonic() - began
    return report
