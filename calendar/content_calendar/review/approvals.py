"""Approving: a person allows one exact revision for one exact moment, until it expires or is revoked."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from content_calendar import audit, four_eyes, lateness, occasions, revised
from content_calendar.errors import CalendarError, StateConflict
from content_calendar.learning import pairs
from content_calendar.ledger import door
from content_calendar.review import hold_still, people
from content_calendar.rules import overrides
from content_calendar.states import POST_NAMES, PostState, move_post
from content_calendar.tables import Approval, Brand, FindingRow, Post, Revision, User


class Unapprovable(CalendarError):
    """This post cannot be approved as it is; the message says why and what to do."""

    code = "approval.refused"


def approve(
    session: Session,
    post: Post,
    *,
    revision_hash: str,
    user: User,
    now: datetime,
    override_reason: str = "",
) -> Approval:
    """Allow exactly this revision to go out at exactly its moment.

    NotAllowed unless an editor or the lead; StateConflict when the post moved on or has a newer revision;
    Unapprovable with a code: ``approval.too_late``, ``approval.blocked`` (a lead may lift it with
    ``override_reason``, which is logged), ``approval.facts_changed``, ``approval.hash_broken``; where four eyes are
    asked for, ``approval.own_text`` and ``approval.second_needed``. The first of two leaves the post in review.
    """
    actor = people.require(user, people.EDITORS, "批准内容", "approve")
    state = hold_still.take(session, post)
    if state is not PostState.in_review:
        raise StateConflict(
            f"内容 {post.id} 处于「{POST_NAMES[state]}」，只有待审的内容可以批准。",
            english=f"Post {post.id} is {state}; only a post in review can be approved.",
        )
    revision = revised.newest(session, post)
    if revision is None or revision.hash != revision_hash:
        raise _newer(post, revision)
    override = override_reason.strip()[:400] if user.role == "lead" else ""
    brand = session.get_one(Brand, post.brand_id)
    refused = _obstacle(session, post, brand, revision, now=now, override=bool(override))
    if refused is not None:
        raise refused
    step = _step(session, post, brand, revision, user, now)
    approval = Approval(
        post_id=post.id, revision_id=revision.id, revision_hash=revision.hash, due_at=post.due_at,
        user_id=user.id, decided_at=now, expires_at=lateness.window_end(post.due_at, brand),
        override_reason=override, step=step,
    )  # fmt: skip
    if step == 1:
        revoke(session, post, actor=actor, now=now, reason="重新批准")
    session.add(approval)
    session.flush()
    detail: dict[str, Any] = {
        "revision": revision.hash, "approval": approval.id, "override": override, "step": step,
    }  # fmt: skip
    if override:  # what was lifted: nothing that is found later
        hits = overrides.blocks_of(session, [revision.id]).get(revision.id, overrides.NOTHING)
        detail["overridden"] = overrides.written(hits)
    audit.note(
        session, brand_id=post.brand_id, now=now, actor=actor, action="post.approved", subject="post",
        subject_id=post.id, detail=detail,
    )  # fmt: skip
    if step < four_eyes.steps(brand, post):
        return approval
    move_post(session, post, PostState.approved, expected=state, actor=actor, now=now, detail=detail)
    pairs.keep(session, post, revision, user=user, now=now)
    return approval


def _step(session: Session, post: Post, brand: Brand, revision: Revision, user: User, now: datetime) -> int:
    """Which approval this would be; refused from whoever wrote the text, and twice from the same person."""
    if four_eyes.steps(brand, post) == 1:
        return 1
    if four_eyes.wrote([revision], user):
        raise Unapprovable(
            f"内容 {post.id} 的这一版是你写的，优惠内容要由别的编辑来批准。",
            code="approval.own_text",
            english=f"You wrote this revision of post {post.id}; an offer is approved by somebody else.",
        )
    given = four_eyes.first(session, post, revision, now)
    if given is None:
        return 1
    if given[1].id == user.id:
        raise Unapprovable(
            f"内容 {post.id} 你已批准过，优惠内容还要另一位编辑批准。",
            code="approval.second_needed",
            english=f"You approved post {post.id} already; an offer needs a second person.",
        )
    return four_eyes.BOTH


def unapprovable(session: Session, post: Post, now: datetime) -> str | None:
    """Why this post cannot be approved right now, in one sentence; None when it can."""
    if post.state != PostState.in_review:
        return f"处于「{POST_NAMES[PostState(post.state)]}」，只有待审的内容可以批准。"
    revision = revised.newest(session, post)
    if revision is None:
        return "还没有内容版本，请先撰写。"
    brand = session.get_one(Brand, post.brand_id)
    refused = _obstacle(session, post, brand, revision, now=now, override=False)
    return str(refused) if refused is not None else None


def too_late(post: Post, brand: Brand, now: datetime) -> bool:
    """True when its moment has passed, or is nearer than the brand's cut-off."""
    cutoff = timedelta(minutes=brand.approval_cutoff_minutes)
    return now >= post.due_at or now > post.due_at - cutoff


def revoke(session: Session, post: Post, *, actor: str, now: datetime, reason: str) -> list[int]:
    """Take back every approval of the post that still stands; their ids."""
    standing = list(
        session.scalars(select(Approval.id).where(Approval.post_id == post.id, Approval.revoked_at.is_(None)))
    )
    if standing:
        _revoke(session, standing, now, reason)
        audit.note(
            session, brand_id=post.brand_id, now=now, actor=actor, action="post.approval_revoked",
            subject="post", subject_id=post.id, detail={"approvals": standing, "reason": reason},
        )  # fmt: skip
    return standing


def revoke_one(
    session: Session, post: Post, approval_id: int, *, actor: str, now: datetime, reason: str
) -> None:
    """Take back one approval; another that stands beside it stays."""
    _revoke(session, [approval_id], now, reason)
    audit.note(
        session, brand_id=post.brand_id, now=now, actor=actor, action="post.approval_revoked",
        subject="post", subject_id=post.id, detail={"approvals": [approval_id], "reason": reason},
    )  # fmt: skip


def _revoke(session: Session, ids: Collection[int], now: datetime, reason: str) -> None:
    session.execute(
        update(Approval)
        .where(Approval.id.in_(ids), Approval.revoked_at.is_(None))
        .values(revoked_at=now, revoke_reason=reason[:200])
        .execution_options(synchronize_session=False)
    )


def _obstacle(
    session: Session, post: Post, brand: Brand, revision: Revision, *, now: datetime, override: bool
) -> Unapprovable | None:
    if too_late(post, brand, now):
        return Unapprovable(
            f"内容 {post.id} {_how_late(post, brand, now)}，请先改到新的时间。",
            code="approval.too_late",
            english=f"Post {post.id} is past its moment or its cut-off; give it a new time first.",
        )
    if revised.recomputed_hash(revision) != revision.hash:
        return Unapprovable(
            f"内容 {post.id} 与其版本指纹不符，请重新编辑后再批准。",
            code="approval.hash_broken",
            english=f"The stored text of post {post.id} does not match its hash.",
        )
    wrong = occasions.unfit(post.occasion, revision.text)
    if wrong is not None:
        return Unapprovable(f"{wrong[0]}。", code="approval.unfit", english=f"{wrong[1]}.")
    blocks = session.scalars(
        select(FindingRow.reason).where(FindingRow.revision_id == revision.id, FindingRow.verdict == "block")
    ).all()
    if blocks and not override:
        return Unapprovable(
            f"内容 {post.id} 有 {len(blocks)} 处禁止发布的问题（{blocks[0]}），请修改，或由主管写明理由放行。",
            code="approval.blocked",
            english=f"Post {post.id} has {len(blocks)} blocking finding(s); mend it, or a lead gives a reason.",
        )
    stale = door.stale_facts(session, post, revision, now)
    if stale:
        return Unapprovable(
            f"内容 {post.id} 所依据的事实已变：{stale[0].sentence()}，请修改后再批准。",
            code="approval.facts_changed",
            english=f"Facts behind post {post.id} have changed ({stale[0].fact_id}); mend it first.",
        )
    return None


def _how_late(post: Post, brand: Brand, now: datetime) -> str:
    if now >= post.due_at:
        return "的发送时间已过"
    return f"离发送不足 {brand.approval_cutoff_minutes} 分钟"


def _newer(post: Post, revision: Revision | None) -> StateConflict:
    if revision is None:
        return StateConflict(
            f"内容 {post.id} 还没有版本，请先撰写。", english=f"Post {post.id} has no revision yet."
        )
    who = revision.author.removeprefix("user:")
    return StateConflict(
        f"内容 {post.id} 已有 {who} 的新版本（第 {revision.number} 版），请看过新版再批准。",
        code="review.base_changed",
        english=f"Post {post.id} has a newer revision by {who} (number {revision.number}); look at it first.",
    )
