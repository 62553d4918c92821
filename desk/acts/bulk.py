"""Approving many posts at once: each in its own transaction, so that one refusal does not stop the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from content_calendar import review
from content_calendar.tables import Brand, User
from desk.errors import REFUSALS, code_of
from desk.queries import post as posts
from workers.runtime import Runtime

MOST = 200  # posts in one go


@dataclass(frozen=True)
class Result:
    """What became of one post of the bundle; ``error`` is None when it was approved."""

    post_id: int
    code: str
    error: Exception | None


def approve(
    runtime: Runtime, brand: Brand, wanted: Sequence[tuple[int, str]], *, user_id: int, now: datetime
) -> list[Result]:
    """Approve each (post id, revision hash) of ``wanted``; one result per post, in their order."""
    return [_one(runtime, brand, post_id, digest, user_id, now) for post_id, digest in wanted[:MOST]]


def _one(runtime: Runtime, brand: Brand, post_id: int, digest: str, user_id: int, now: datetime) -> Result:
    try:
        with runtime.database.write() as session:
            post = posts.get(session, brand, post_id)
            user = session.get_one(User, user_id)
            review.approve(session, post, revision_hash=digest, user=user, now=now)
    except REFUSALS as error:
        return Result(post_id, code_of(error), error)
    return Result(post_id, "approved", None)
