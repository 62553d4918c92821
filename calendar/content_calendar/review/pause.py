"""The panic button: pause everything of a brand, and come back without a burst.

While a brand is paused nothing is frozen, claimed or called. On resuming, everything that fell due
meanwhile is laid before a person: send (late and paced), drop, or hold; what nobody chose for is held.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content_calendar import audit, lateness
from content_calendar.errors import CalendarError, StateConflict
from content_calendar.ledger import begun, cancel_rest, close_finished, withdraw
from content_calendar.review import approvals, hold_still, people
from content_calendar.states import OPEN, DeliveryState, PostState, move_post
from content_calendar.tables import Brand, Delivery, Post, User

Choice = Literal["send", "drop", "hold"]
P = PostState


@dataclass(frozen=True)
class Overdue:
    """A post that fell due during the pause. ``waiting``: deliveries not yet sent (None: not yet frozen).

    ``sendable`` is false when its window has passed: it needs a new time and a new approval.
    """

    post_id: int
    due_at: datetime
    kind: str
    tier: str
    theme: str
    state: str
    waiting: int | None
    sendable: bool


def pause_brand(session: Session, brand: Brand, *, user: User, reason: str, now: datetime) -> None:
    """Stop everything of this brand within one call. Any person may."""
    actor = people.require(user, people.PEOPLE, "暂停发送", "pause")
    reason = people.reason_given(reason, "暂停")[:200]
    session.refresh(brand, with_for_update=True)
    if brand.paused_at is not None:
        raise StateConflict(
            f"{brand.name} 已由 {brand.paused_by} 暂停。", english=f"{brand.name} is already paused."
        )
    brand.paused_at, brand.paused_by, brand.pause_reason = now, user.name, reason
    _note(session, brand, actor, "brand.paused", now, {"reason": reason})


def resume_preview(session: Session, brand: Brand, now: datetime) -> list[Overdue]:
    """What fell due meanwhile and has not been sent, oldest first."""
    waiting = (
        select(func.count()).where(Delivery.post_id == Post.id, Delivery.state.in_(OPEN)).scalar_subquery()
    )
    query = (
        select(Post, waiting)
        .where(Post.brand_id == brand.id, Post.state.in_((P.approved, P.releasing)), Post.due_at <= now)
        .order_by(Post.due_at, Post.id)
        .execution_options(populate_existing=True)
    )
    return [
        Overdue(
            post_id=post.id, due_at=post.due_at, kind=post.kind, tier=post.tier, theme=post.theme,
            state=post.state, waiting=count if post.state == P.releasing else None,
            sendable=now <= lateness.window_end(post.due_at, brand),
        )
        for post, count in session.execute(query)
    ]  # fmt: skip


def resume_brand(
    session: Session, brand: Brand, *, user: User, choices: Mapping[int, Choice], now: datetime
) -> dict[int, Choice]:
    """Go on. ``choices``: post id → what becomes of it; a post without one is held. What was done.

    CalendarError when a choice names a post that is not overdue, or "send" for one whose window has passed.
    """
    actor = people.require(user, people.EDITORS, "恢复发送", "resume")
    session.refresh(brand, with_for_update=True)
    if brand.paused_at is None:
        raise StateConflict(f"{brand.name} 没有暂停。", english=f"{brand.name} is not paused.")
    overdue = {item.post_id: item for item in resume_preview(session, brand, now)}
    _must_fit(overdue, choices)
    done: dict[int, Choice] = {post_id: choices.get(post_id, "hold") for post_id in overdue}
    for post_id, choice in done.items():
        post = session.get_one(Post, post_id)
        state = hold_still.take(session, post)
        _carry_out(session, post, state, choice, actor=actor, now=now)
    paused_at = brand.paused_at
    brand.paused_at, brand.paused_by, brand.pause_reason = None, "", ""
    detail: dict[str, object] = {
        "since": paused_at.isoformat(),
        "choices": {str(key): value for key, value in done.items()},
    }
    _note(session, brand, actor, "brand.resumed", now, detail)
    return done


def _must_fit(overdue: Mapping[int, Overdue], choices: Mapping[int, Choice]) -> None:
    for post_id, choice in choices.items():
        if post_id not in overdue:
            raise CalendarError(
                f"内容 {post_id} 不在暂停期间到点的内容里。",
                code="resume.unknown_post",
                english=f"Post {post_id} is not among those that fell due during the pause.",
            )
        if choice == "send" and not overdue[post_id].sendable:
            raise CalendarError(
                f"内容 {post_id} 已过补发时限，不能直接补发，请选择暂缓后改到新的时间。",
                code="resume.too_late",
                english=f"Post {post_id} is past its window; hold it and give it a new time.",
            )


def _carry_out(
    session: Session, post: Post, state: PostState, choice: Choice, *, actor: str, now: datetime
) -> None:
    if choice == "send":
        # Somebody has just decided to send it late: the policy must neither ask again nor drop it.
        hold_still.change(
            session, post, expected=state, actor=actor, now=now, action="post.send_late", detail={},
            late_policy="send_late",
        )  # fmt: skip
    elif choice == "hold":
        move_post(session, post, P.held, expected=state, actor=actor, now=now, reason="暂停期间到点")
    elif state is P.releasing and begun(session, post):
        cancel_rest(
            session, post, actor=actor, now=now, reason="暂停期间到点，不再补发", to=DeliveryState.expired
        )
        close_finished(session, now=now, post_id=post.id)
    else:
        _drop_whole(session, post, state, actor=actor, now=now)


def _drop_whole(session: Session, post: Post, state: PostState, *, actor: str, now: datetime) -> None:
    withdraw(session, post, actor=actor, now=now)
    approvals.revoke(session, post, actor=actor, now=now, reason="暂停期间到点，不再补发")
    if state is P.releasing:
        move_post(session, post, P.held, expected=state, actor=actor, now=now, reason="暂停期间到点")
        state = P.held
    move_post(
        session, post, P.cancelled, expected=state, actor=actor, now=now, reason="暂停期间到点，不再补发"
    )


def _note(
    session: Session, brand: Brand, actor: str, action: str, now: datetime, detail: dict[str, object]
) -> None:
    audit.note(
        session, brand_id=brand.id, now=now, actor=actor, action=action, subject="brand",
        subject_id=brand.id, detail=detail,
    )  # fmt: skip
    session.flush()
