"""Four eyes: where a brand asks for it, an offer goes out only when two people allowed the same revision.

Neither of them may have written it. The first approval stands as step 1 while the post stays in review; the
second makes it approved. Turning the switch on holds back what only one person had allowed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.tables import Approval, Brand, Post, Revision, User

BOTH = 2


def steps(brand: Brand, post: Post) -> int:
    """How many people must allow this post: 1 or 2."""
    return BOTH if brand.offers_need_two and post.offer else 1


def doubled(session: Session, posts: Iterable[Post]) -> frozenset[int]:
    """Those of ``posts`` that need two: one statement, none when no offer is among them."""
    offers = [post for post in posts if post.offer]
    if not offers:
        return frozenset()
    strict = set(
        session.scalars(
            select(Brand.id).where(Brand.id.in_({post.brand_id for post in offers}), Brand.offers_need_two)
        )
    )
    return frozenset(post.id for post in offers if post.brand_id in strict)


def first(session: Session, post: Post, revision: Revision, now: datetime) -> tuple[Approval, User] | None:
    """The standing step 1 of exactly this revision at exactly this moment, and who gave it."""
    row = session.execute(
        select(Approval, User)
        .join(User, User.id == Approval.user_id)
        .where(
            Approval.post_id == post.id, Approval.revoked_at.is_(None), Approval.revision_hash == revision.hash,
            Approval.due_at == post.due_at, Approval.expires_at > now, Approval.step == 1,
        )
        .order_by(Approval.id.desc())
        .limit(1)
    ).first()  # fmt: skip
    return (row[0], row[1]) if row else None


def wrote(revisions: Sequence[Revision], user: User) -> bool:
    """True when ``user`` wrote any of ``revisions`` by hand."""
    return any(revision.author == f"user:{user.name}" for revision in revisions)
