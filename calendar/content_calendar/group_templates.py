"""The welcome templates of a platform's groups: which of them should stand, and what became of each call about one.

A template says an approved text to newcomers without asking us again. So it is taken away as soon as its post is not
approved any more, and a call whose answer was lost is never made twice where that would make a second template.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from content_calendar import notices
from content_calendar.occasions import GROUP
from content_calendar.states import PostState
from content_calendar.tables import Brand, ChannelAccount, GroupTemplate, Post

LEASE = timedelta(seconds=120)
STATES: Mapping[str, str] = {
    "making": "正在建", "standing": "已建好", "changing": "正在改", "removing": "正在撤下", "removed": "已撤下", "refused": "没建成",
    "unknown": "结果未知",
}  # fmt: skip
_LIVE = ("making", "standing", "changing", "removing")


def brands(session: Session) -> Sequence[Brand]:
    """Brands with an account and anything to do with templates."""
    wanted = select(Post.brand_id).where(Post.occasion == GROUP, Post.state == PostState.approved)
    live = select(GroupTemplate.brand_id).where(GroupTemplate.state.in_(_LIVE))
    query = select(Brand).where(
        Brand.demo.is_(False), or_(Brand.id.in_(wanted), Brand.id.in_(live)),
        Brand.id.in_(select(ChannelAccount.brand_id)),
    )  # fmt: skip
    return session.scalars(query.order_by(Brand.id)).all()


def approved(session: Session, brand_id: int) -> Sequence[Post]:
    """Posts whose text newcomers of groups should read."""
    query = select(Post).where(
        Post.brand_id == brand_id, Post.occasion == GROUP, Post.state == PostState.approved
    )
    return session.scalars(query.order_by(Post.id)).all()


def rows(session: Session, brand_id: int) -> Mapping[int, GroupTemplate]:
    """Post id → what became of its template."""
    query = select(GroupTemplate).where(GroupTemplate.brand_id == brand_id)
    return {row.post_id: row for row in session.scalars(query)}


def begin(session: Session, post: Post, digest: str, *, now: datetime) -> bool:
    """Write down that a template is about to be made; False when somebody else is at it or it was refused as it is."""
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    values: dict[str, Any] = {
        "template_id": "",
        "revision_hash": digest,
        "state": "making",
        "code": "",
        "at": now,
    }
    statement = (
        insert(GroupTemplate)
        .values(post_id=post.id, brand_id=post.brand_id, **values)
        .on_conflict_do_update(
            index_elements=["post_id"], set_=values,
            where=or_(
                GroupTemplate.state == "removed",
                (GroupTemplate.state == "refused") & (GroupTemplate.revision_hash != digest),
            ),
        )
        .returning(GroupTemplate.post_id)
    )  # fmt: skip
    return session.scalar(statement) is not None


def turn(
    session: Session, post_id: int, to: str, *, expected: Sequence[str], now: datetime, **values: Any
) -> bool:
    """Move a row from one of ``expected``; False when it is elsewhere."""
    changed = session.execute(
        update(GroupTemplate)
        .where(GroupTemplate.post_id == post_id, GroupTemplate.state.in_(expected))
        .values(state=to, at=now, **values)
        .execution_options(synchronize_session=False)
    )
    return bool(changed.rowcount == 1)  # type: ignore[attr-defined]


def died(session: Session, *, now: datetime) -> int:
    """A making that never ended: whether there is a template nobody knows, and a person looks; how many."""
    query = select(GroupTemplate).where(GroupTemplate.state == "making", GroupTemplate.at < now - LEASE)
    found = session.scalars(query).all()
    for row in found:
        if turn(session, row.post_id, "unknown", expected=("making",), now=now, code="died"):
            tell(session, row.brand_id, row.post_id, "没有得到回答", now=now)
    return len(found)


def tell(session: Session, brand_id: int, post_id: int, why: str, *, now: datetime) -> None:
    """The lead looks at the platform's console."""
    notices.tell(
        session, brand_id=brand_id, code="welcome.template", subject=f"post:{post_id}", now=now, level="alarm", again=True,
        text=f"内容 {post_id} 的入群欢迎语模板{why}。请到企业微信后台「客户群 → 入群欢迎语」看一眼，再到「欢迎语」页处理。",
    )  # fmt: skip


def make_again(session: Session, brand: Brand, post_id: int, *, now: datetime) -> bool:
    """A person looked and there is no template: it may be made once more."""
    row = session.get(GroupTemplate, post_id)
    if row is None or row.brand_id != brand.id:
        return False
    return turn(
        session, post_id, "removed", expected=("unknown", "refused"), now=now, code="", template_id=""
    )
