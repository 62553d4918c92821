"""What happens to a post the door refused: held or missed, with its reason, and the lead is told."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from content_calendar import notices
from content_calendar.ledger.door import Refusal
from content_calendar.rules import rechecked
from content_calendar.states import PostState, move_post
from content_calendar.tables import Post

ACTOR = "system:dispatcher"


def refuse(session: Session, post_id: int, refusal: Refusal, *, now: datetime) -> PostState | None:
    """Hold the post (or mark it missed when only its time ran out before anything left).

    Returns the new state; None when somebody else moved the post meanwhile and there is nothing to do.
    """
    post = session.get(Post, post_id, with_for_update=True, populate_existing=True)
    if post is None or post.state not in {PostState.approved, PostState.releasing}:
        return None
    state = PostState(post.state)
    if refusal.checked is not None and post.revision_id is not None:
        rechecked.write(session, post.revision_id, refusal.checked, now=now)
    missed = refusal.code == "expired" and state is PostState.approved
    to = PostState.missed if missed else PostState.held
    move_post(
        session, post, to, expected=state, actor=ACTOR, now=now, reason=refusal.reason,
        detail={"code": refusal.code},
    )  # fmt: skip
    notices.tell(
        session, brand_id=post.brand_id, code=f"post.{to}", subject=f"post:{post.id}", now=now, again=True,
        level="alarm" if refusal.code == "hash_broken" else "warn", text=_sentence(post, to, refusal.reason),
    )  # fmt: skip
    return to


def _sentence(post: Post, to: PostState, reason: str) -> str:
    what = f"{post.day:%m-%d} {post.time} 的内容 {post.id}"
    return (
        f"{what} 已错过发送时间：{reason}" if to is PostState.missed else f"{what} 已暂缓，没有发出：{reason}"
    )
