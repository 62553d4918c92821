"""The door: the last look at a post before anything of it may go out.

Looked at when the audience is frozen and again right before each batch of calls. It trusts no state: the
newest valid approval must be of the newest revision, whose stored text must still have the hash that was
approved, for this very moment, not expired, by a person; and every fact must still be true. What a lead lifted
stays lifted; what was found since does not. Whether the filled text is lawful by today's rules is asked of an
:data:`Inspector`, which the workers hand in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar import four_eyes, revised
from content_calendar.rules import overrides
from content_calendar.rules.overrides import Hit
from content_calendar.rules.runs import Checked
from content_calendar.tables import Approval, Post, Revision, User
from prompts.brief import FactKind

# A live fact has no value to compare: its token is filled in from the source at send time.
_UNCOMPARED = frozenset({FactKind.live})


@dataclass(frozen=True)
class Granted:
    """May go out: this revision, by this approval, which lifted these hits of the checks."""

    revision: Revision
    approval: Approval
    lifted: frozenset[Hit] = overrides.NOTHING


@dataclass(frozen=True)
class Refusal:
    """May not go out. ``code`` is stable; ``reason`` is for a person, with what to do.

    ``checked``: what the last check of this revision found, to be shown where the post is held.
    """

    code: str
    reason: str
    checked: Checked | None = None


@dataclass(frozen=True)
class Stale:
    """A fact that changed since the text was written; ``new`` is None when it is gone."""

    fact_id: str
    label: str
    old: str
    new: str | None

    def sentence(self) -> str:
        """What changed, in the interface's words."""
        return f"{self.label}由「{self.old}」变为「{self.new if self.new is not None else '已删除'}」"


Verdict = Granted | Refusal


@dataclass(frozen=True)
class Outbound:
    """A granted text as it is about to be said: live tokens filled in, with the ``values`` they were filled with."""

    post: Post
    revision: Revision
    text: str
    values: Mapping[str, str] = field(default_factory=dict)
    lifted: frozenset[Hit] = overrides.NOTHING


# A last check of the exact text by the facts and rules of this moment; None when it may go.
Inspector = Callable[[Session, Outbound, datetime], Refusal | None]


def check(session: Session, post: Post, now: datetime) -> Verdict:
    """The verdict for one post."""
    return check_many(session, [post], now)[post.id]


def check_many(session: Session, posts: Sequence[Post], now: datetime) -> dict[int, Verdict]:
    """Post id → verdict; the statements do not grow with the posts (facts are read once per brand)."""
    revisions = revised.newest_many(session, posts)
    approvals = _newest_approvals(session, [post.id for post in posts])
    blocked = overrides.blocks_of(session, [revision.id for revision in revisions.values()])
    lifted = overrides.lifted(session, [approval for approval, _ in approvals.values()])
    stale = _stale_by_brand(session, posts, revisions, now)
    doubled = four_eyes.doubled(session, posts)
    verdicts: dict[int, Verdict] = {}
    for post in posts:
        revision, found = revisions.get(post.id), approvals.get(post.id)
        hits = blocked.get(revision.id, overrides.NOTHING) if revision else overrides.NOTHING
        allowed = lifted.get(found[0].id, overrides.NOTHING) if found else overrides.NOTHING
        if found and post.id in doubled and found[0].step < four_eyes.BOTH:
            verdicts[post.id] = Refusal(
                "second_missing", "优惠内容要两位编辑批准，现在只有一位，请再找一位审核。"
            )
            continue
        verdicts[post.id] = _verdict(post, revision, found, hits, allowed, stale.get(post.id, []), now)
    return verdicts


def stale_facts(session: Session, post: Post, revision: Revision, now: datetime) -> list[Stale]:
    """The facts of ``revision`` that are no longer true."""
    return _stale_by_brand(session, [post], {post.id: revision}, now).get(post.id, [])


def _verdict(
    post: Post,
    revision: Revision | None,
    found: tuple[Approval, User] | None,
    blocked: frozenset[Hit],
    lifted: frozenset[Hit],
    stale: list[Stale],
    now: datetime,
) -> Verdict:
    if revision is None:
        return Refusal("no_revision", "还没有内容版本，请先撰写并审核。")
    if revised.recomputed_hash(revision) != revision.hash:
        return Refusal("hash_broken", "内容与其版本指纹不符，可能被直接改动过，请重新编辑并审核。")
    if found is None or found[0].revision_hash != revision.hash or found[0].revision_id != revision.id:
        return Refusal("not_approved", "最新版本没有有效的批准，请审核最新版本。")
    approval, approver = found
    if approver.role not in {"editor", "lead"}:
        return Refusal("not_a_person", "批准人不是编辑或主管，请由编辑或主管重新审核。")
    if approval.due_at != post.due_at:
        return Refusal("moved", "批准之后改过发送时间，请按新的时间重新审核。")
    if now > approval.expires_at:
        return Refusal("expired", "批准已过有效期（已过发送时间），请改到新的时间重新审核。")
    if blocked - lifted:
        return Refusal("blocked", "存在禁止发布的检查结果，请修改后重新审核。")
    if stale:
        return Refusal("facts_changed", "；".join(item.sentence() for item in stale) + "。请核对后修改内容。")
    return Granted(revision, approval, lifted)


def _newest_approvals(session: Session, post_ids: Sequence[int]) -> dict[int, tuple[Approval, User]]:
    query = (
        select(Approval, User)
        .join(User, User.id == Approval.user_id)
        .where(Approval.post_id.in_(post_ids), Approval.revoked_at.is_(None))
        .order_by(Approval.id)  # the newest comes last and wins
    )
    return {row.Approval.post_id: (row.Approval, row.User) for row in session.execute(query)}


def _stale_by_brand(
    session: Session, posts: Sequence[Post], revisions: dict[int, Revision], now: datetime
) -> dict[int, list[Stale]]:
    wanted: dict[int, list[Post]] = defaultdict(list)
    for post in posts:
        if post.id in revisions:
            wanted[post.brand_id].append(post)
    found: dict[int, list[Stale]] = {}
    for brand_id, of_brand in wanted.items():
        facts = {post.id: revised.facts_of(revisions[post.id]) for post in of_brand}
        ids = {fact.id for group in facts.values() for fact in group if fact.kind not in _UNCOMPARED}
        now_true = _current(session, brand_id, sorted(ids), now) if ids else {}
        for post_id, group in facts.items():
            found[post_id] = [
                Stale(fact.id, fact.label, fact.value, now_true[fact.id])
                for fact in group
                if fact.id in now_true and now_true[fact.id] != fact.value
            ]
    return found


def _current(session: Session, brand_id: int, ids: Sequence[str], now: datetime) -> dict[str, str | None]:
    """The values of these facts as they are in the brand's tables now; None for one that is gone."""
    from content_calendar import facts  # the seam to the brand's tables: only asked when there are facts

    return facts.current(session, brand_id, ids, now=now)
