"""Where posts that exist already stand in a new plan: free to be planned again, fixed, or gone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date

from content_calendar.plan.slots import Slot, Standing
from content_calendar.states import PostState
from content_calendar.tables import Post

# What planning writes when it cancels: only such a post may come back by planning.
NO_LONGER_ASKED = "排期有变，不再需要这一条"
_GONE = frozenset({PostState.cancelled, PostState.rejected, PostState.missed})


def of(post: Post) -> Standing:
    """``free``: untouched and not yet written, or cancelled by planning itself. A person's word stands."""
    if post.state == PostState.planned and not post.touched:
        return "free"
    if post.state == PostState.cancelled and not post.touched and post.state_reason == NO_LONGER_ASKED:
        return "free"
    return "gone" if post.state in _GONE else "fixed"


def stand(slots: Iterable[Slot], posts: Mapping[str, Post], codes: Mapping[int, str]) -> list[Slot]:
    """The slots with fixed and gone posts in their place; posts no slot asks for stand beside them.

    ``codes``: campaign id → code. Free posts need no slot of their own: the slot that asks for one is enough.
    """
    wanted = {slot.key: slot for slot in slots}
    for key, post in posts.items():
        standing = of(post)
        if standing == "free":
            continue
        wanted[key] = as_slot(post, standing, codes, wanted.get(key))
    return list(wanted.values())


def as_slot(post: Post, standing: Standing, codes: Mapping[int, str], asked: Slot | None = None) -> Slot:
    """A post as the rules see it; ``asked`` is what its row asks for now, where it still does."""
    slot = Slot(
        key=post.slot_key, tier=post.tier, kind=post.kind, kind_written=post.kind_written, lane=post.lane,
        day=post.day, time=post.time, due_at=post.due_at, zone=post.zone, theme=post.theme, remark=post.remark,
        owner=post.owner, row_id=post.sop_row_id, campaign=codes.get(post.campaign_id or 0),
        campaign_id=post.campaign_id, stage=post.stage, angle=post.angle, aidma=post.aidma, touch=post.touch,
        touches=post.touches, standing=standing,
    )  # fmt: skip
    return replace(slot, row=asked.row, dated=asked.dated, daily=asked.daily) if asked else slot


def source_changed(post: Post, asked: Slot | None) -> str:
    """What the workbook now says otherwise about a post that planning leaves alone; empty when nothing."""
    if asked is None:
        return "排好以后，工作簿里对应的 SOP 行已经没有了。请看要不要取消这一条。"
    pairs = [
        ("内容类型", post.kind, asked.kind),
        ("主题", post.theme, asked.theme),
        ("备注", post.remark, asked.remark),
    ]
    if not post.touched:
        pairs.append(("时间", post.time, asked.time))
    changed = [name for name, old, new in pairs if old != new]
    return (
        f"排好以后，SOP 第 {asked.row} 行的{'、'.join(changed)}改过。请看要不要重写这一条。"
        if changed
        else ""
    )


def asked_day(post: Post) -> date | None:
    """The day a SOP post was first asked for, whatever day it stands on now; None for the planner's own touches."""
    if not post.slot_key.startswith("sop:"):
        return None
    return date.fromisoformat(post.slot_key.rsplit(":", 2)[1])
