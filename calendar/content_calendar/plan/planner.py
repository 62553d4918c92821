"""Planning a window: the outline becomes posts. What is missing is added, what nobody touched follows the workbook.

Posts a person changed, and posts that are further than planned, are never altered; when their source changed they
only carry a conflict that says so. Running it twice changes nothing.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, update
from sqlalchemy.orm import Session

from content_calendar import states
from content_calendar.plan import standing
from content_calendar.plan.outline import Outline, draw
from content_calendar.plan.report import Conflict, PlanReport
from content_calendar.plan.slots import Slot
from content_calendar.states import PostState
from content_calendar.tables import AuditEvent, Brand, Post

ACTOR = "system:plan"
_SETTLED = frozenset({PostState.releasing, PostState.released, PostState.cancelled, PostState.missed})
_FOLLOWED = (
    "sop_row_id", "campaign_id", "tier", "kind", "kind_written", "lane", "day", "time", "zone", "due_at",
    "theme", "remark", "owner", "stage", "angle", "aidma", "touch", "touches", "offer",
)  # fmt: skip


def plan(
    session: Session, brand: Brand, *, start: date, days: int, now: datetime,
    installed: frozenset[str] | None = None,
) -> PlanReport:  # fmt: skip
    """Plan ``days`` days from ``start`` for ``brand`` in the caller's transaction.

    ``installed``: keys of the channels that can carry something (None: all). The number of statements depends on
    posts that change, never on the number of groups.
    """
    outline = draw(session, brand, start=start, days_ahead=days, now=now, installed=installed)
    free = {slot.key: slot for slot in outline.slots if slot.standing == "free"}
    created = _create(session, brand, [slot for key, slot in free.items() if key not in outline.posts], now)
    existing = [(outline.posts[key], slot) for key, slot in free.items() if key in outline.posts]
    updated = sum(_follow(session, post, slot, now) for post, slot in existing)
    window = (start, start + timedelta(days=days - 1))
    cancelled = _cancel(session, outline, free, window, now)
    changed = _source_changes(session, outline, window, now)
    session.flush()
    ids = {key: post.id for key, post in outline.posts.items()} | created
    fixed = [slot for slot in outline.slots if slot.standing == "fixed"]
    standing_now = [*free.values(), *fixed]
    told = (*outline.conflicts, *changed)
    return PlanReport(
        created=len(created), kept=len(existing) - updated + len(fixed), updated=updated, cancelled=cancelled,
        past=outline.past, posts=len(standing_now),
        by_day=dict(sorted(Counter(slot.day for slot in standing_now).items())),
        by_tier=dict(sorted(Counter(slot.tier for slot in standing_now).items())),
        conflicts=tuple(replace(item, post_id=ids.get(item.slot or "", item.post_id)) for item in told),
    )  # fmt: skip


def _values(slot: Slot) -> dict[str, Any]:
    """The columns of a post that follow its slot."""
    return {
        "sop_row_id": slot.row_id, "campaign_id": slot.campaign_id, "tier": slot.tier, "kind": slot.kind,
        "kind_written": slot.kind_written, "lane": slot.lane, "day": slot.day, "time": slot.time, "zone": slot.zone,
        "due_at": slot.due_at, "theme": slot.theme, "remark": slot.remark, "owner": slot.owner, "stage": slot.stage,
        "angle": slot.angle, "aidma": slot.aidma, "touch": slot.touch, "touches": slot.touches, "offer": slot.offer,
    }  # fmt: skip


def _create(session: Session, brand: Brand, slots: Sequence[Slot], now: datetime) -> dict[str, int]:
    """Insert the posts that are missing, with one audit event each; slot key → post id."""
    if not slots:
        return {}
    rows = [
        _values(slot) | {
            "brand_id": brand.id, "slot_key": slot.key, "state": PostState.planned.value, "state_since": now,
            "created_at": now, "conflicts": [note.stored() for note in slot.notes],
        }
        for slot in slots
    ]  # fmt: skip
    made = session.execute(insert(Post).returning(Post.slot_key, Post.id), rows)
    ids = dict(made.tuples().all())
    events = [
        {
            "brand_id": brand.id, "at": now, "actor": ACTOR, "action": "post.planned", "subject": "post",
            "subject_id": str(post_id), "before": "", "after": PostState.planned.value, "detail": {"slot": key},
        }
        for key, post_id in ids.items()
    ]  # fmt: skip
    session.execute(insert(AuditEvent), events)
    return ids


def _follow(session: Session, post: Post, slot: Slot, now: datetime) -> bool:
    """Bring an untouched planned post up to its slot; True when something a reader sees changed."""
    wanted = _values(slot)
    changes = {name: wanted[name] for name in _FOLLOWED if getattr(post, name) != wanted[name]}
    notes = [note.stored() for note in slot.notes]
    if post.state == PostState.cancelled:
        states.move_post(
            session, post, PostState.planned, expected=PostState.cancelled, actor=ACTOR, now=now,
            reason="工作簿里又有了这一条", conflicts=notes, **changes,
        )  # fmt: skip
        return True
    if changes or post.conflicts != notes:
        session.execute(
            update(Post)
            .where(Post.id == post.id, Post.state == PostState.planned, Post.touched.is_(False))
            .values(**changes, conflicts=notes)
        )
    if changes:
        session.add(
            AuditEvent(
                brand_id=post.brand_id, at=now, actor=ACTOR, action="post.replanned", subject="post",
                subject_id=str(post.id), detail={"changed": sorted(changes)},
            )
        )  # fmt: skip
    return bool(changes)


def _cancel(
    session: Session, outline: Outline, wanted: Mapping[str, Slot], window: tuple[date, date], now: datetime
) -> int:
    """Cancel untouched planned posts of the window, still to come, that nothing asks for any more."""
    orphans = [
        post
        for key, post in outline.posts.items()
        if key not in wanted and standing.of(post) == "free" and post.state == PostState.planned
        and window[0] <= post.day <= window[1] and post.due_at > now
    ]  # fmt: skip
    for post in orphans:
        states.move_post(
            session, post, PostState.cancelled, expected=PostState.planned, actor=ACTOR, now=now,
            reason=standing.NO_LONGER_ASKED,
        )  # fmt: skip
    return len(orphans)


def _source_changes(
    session: Session, outline: Outline, window: tuple[date, date], now: datetime
) -> list[Conflict]:
    """Mark posts of the window that planning leaves alone although the workbook changed under them."""
    asked_days = [slot.day for slot in outline.asked.values()]
    span = (min(asked_days), max(asked_days)) if asked_days else window
    found = []
    for key, post in outline.posts.items():
        day = standing.asked_day(post)
        if standing.of(post) != "fixed" or post.state in _SETTLED or day is None or post.due_at <= now:
            continue
        if not (window[0] <= post.day <= window[1] and span[0] <= day <= span[1]):
            continue
        text = standing.source_changed(post, outline.asked.get(key))
        notes = [item for item in post.conflicts if item["kind"] != "source_changed"]
        if text:
            conflict = Conflict("source_changed", "warning", text, post.day, post.tier, post.id, key)
            found.append(conflict)
            notes.append(conflict.stored())
        if notes != post.conflicts:
            session.execute(update(Post).where(Post.id == post.id).values(conflicts=notes))
    return found
