"""A draft was checked again: its findings are replaced, and an approved one that may no longer go out is held.

The post is locked first and looked at anew; one that moved on meanwhile (edited, frozen, sent back) is left alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from content_calendar import audit, notices
from content_calendar.rules import overrides, runs
from content_calendar.rules.drafts import OPEN
from content_calendar.rules.runs import Checked
from content_calendar.states import PostState, move_post
from content_calendar.tables import Approval, CheckRun, FindingRow, Post
from prompts.draft import Finding

ACTOR = "system:checks"
_WHY = {"facts": "商品或活动资料变了", "rules": "规则变了", "door": "发送前复查"}


@dataclass(frozen=True)
class Rechecked:
    """What came of it: the verdict before and after, and whether the post was held."""

    post_id: int
    before: str
    after: str
    held: bool = False


def findings_of_many(session: Session, revision_ids: Sequence[int]) -> dict[int, tuple[Finding, ...]]:
    """Revision id → its findings as plain data, in the order they were found; one statement."""
    query = select(FindingRow).where(FindingRow.revision_id.in_(revision_ids)).order_by(FindingRow.id)
    found: dict[int, list[Finding]] = {}
    for row in session.scalars(query):
        plain = Finding(**{name: getattr(row, name) for name in Finding.model_fields})
        found.setdefault(row.revision_id, []).append(plain)
    return {number: tuple(rows) for number, rows in found.items()}


def replace(
    session: Session, post_id: int, revision_id: int, checked: Checked, *, now: datetime
) -> Rechecked | None:
    """Put ``checked`` in the place of what was found before; None when the post has moved on."""
    post = session.get(Post, post_id, with_for_update=True, populate_existing=True)
    if post is None or post.revision_id != revision_id or post.state not in OPEN:
        return None
    run = session.get(CheckRun, revision_id)
    before, rules = (run.verdict, run.rules) if run else ("", "")
    write(session, revision_id, checked, now=now)
    audit.note(
        session, brand_id=post.brand_id, now=now, actor=ACTOR, action="post.rechecked", subject="post",
        subject_id=post.id, detail={
            "cause": checked.cause, "rules": {"before": rules[:12], "after": checked.rules[:12]},
            "verdict": {"before": before, "after": runs.verdict(checked.findings)},
            "blocks": sorted({item.rule for item in checked.findings if item.verdict == "block"}),
        },
    )  # fmt: skip
    held = post.state == PostState.approved and _hold(session, post, checked, now)
    return Rechecked(post.id, before, runs.verdict(checked.findings), held)


def write(session: Session, revision_id: int, checked: Checked, *, now: datetime) -> None:
    """The findings as rows, in the place of the old ones, and by what they were found."""
    session.execute(delete(FindingRow).where(FindingRow.revision_id == revision_id))
    rows = [{"revision_id": revision_id, **item.model_dump()} for item in checked.findings]
    if rows:
        session.execute(insert(FindingRow), rows)
    runs.note(session, revision_id, checked, now=now)


def reason(cause: str, findings: Iterable[Finding]) -> str:
    """Why a post is held, for a person: what changed, and the first thing that forbids it."""
    found = list(findings)
    words = f"「{found[0].excerpt[:20]}」" if found[0].excerpt else ""
    more = f"等 {len(found)} 处" if len(found) > 1 else ""
    return f"{_WHY.get(cause, '复查')}，{words}{more}现在不能发：{found[0].reason}请修改后重新审核。"


def _hold(session: Session, post: Post, checked: Checked, now: datetime) -> bool:
    """Hold an approved post for blocks its approval does not cover; False when there are none."""
    approval = session.scalar(
        select(Approval)
        .where(Approval.post_id == post.id, Approval.revoked_at.is_(None))
        .order_by(Approval.id.desc())
        .limit(1)
    )
    lifted = overrides.lifted(session, [approval] if approval else [])
    allowed = lifted.get(approval.id, overrides.NOTHING) if approval else overrides.NOTHING
    barred = [
        item
        for item in checked.findings
        if item.verdict == "block" and (item.rule, item.excerpt) not in allowed
    ]
    if not barred:
        return False
    why = reason(checked.cause, barred)
    move_post(
        session, post, PostState.held, expected=PostState.approved, actor=ACTOR, now=now, reason=why,
        detail={"code": f"recheck.{checked.cause}"},
    )  # fmt: skip
    notices.tell(
        session, brand_id=post.brand_id, code="post.held", subject=f"post:{post.id}", now=now, again=True,
        text=f"{post.day:%m-%d} {post.time} 的内容 {post.id} 已暂缓：{why}",
    )  # fmt: skip
    return True
