"""Revisions: a writer submits, a person edits; each makes a new immutable one and sends the post to review.

Whatever approval there was is revoked in the same transaction: nothing that changed can still go out.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from content_calendar import revised
from content_calendar.errors import CalendarError, StateConflict
from content_calendar.ledger import withdraw
from content_calendar.review import approvals, hold_still, people
from content_calendar.states import PostState, move_post
from content_calendar.tables import BriefRow, FindingRow, Post, Revision, User
from prompts.brief import Brief, Fact
from prompts.draft import Draft, Finding, Provenance, revision_hash

P = PostState
_SUBMIT_FROM = frozenset({P.planned, P.writing, P.in_review, P.changes_requested, P.approved, P.rejected})
_EDIT_FROM = _SUBMIT_FROM | {P.held, P.releasing}
MAX_CHARS = 20_000


def submit(
    session: Session,
    post: Post,
    draft: Draft,
    brief: Brief | None,
    *,
    actor: str,
    now: datetime,
    base_hash: str | None = None,
) -> Revision:
    """A writer's draft becomes the newest revision and the post goes to review.

    ``actor``: ``system:writer``, or ``user:<name>`` of whoever asked. With ``base_hash`` (the newest
    revision's hash when the writer began, "" for none) a person's edit made meanwhile wins: StateConflict.
    """
    state = hold_still.take(session, post)
    hold_still.expect(post, _SUBMIT_FROM, "提交新稿", "written again")
    base = revised.newest(session, post)
    if base_hash is not None:
        same_base(base, base_hash)
    revision = _add(
        session, post, text=draft.text, first_line=draft.first_line, action=draft.action,
        picture=draft.picture, facts=draft.facts, provenance=draft.provenance, findings=draft.findings,
        author=draft.provenance.author, brief_id=_brief_id(session, post, brief, now), now=now,
    )  # fmt: skip
    approvals.revoke(session, post, actor=actor, now=now, reason="有了新版本")
    _to_review(session, post, state, revision, actor=actor, now=now)
    return revision


def edit(
    session: Session,
    post: Post,
    text: str,
    *,
    base_hash: str,
    user: User,
    findings: Sequence[Finding],
    now: datetime,
    facts: Sequence[Fact] | None = None,
    picture: str | None = None,
) -> Revision:
    """A person changes the text: a new revision, back to review, approvals revoked, post touched.

    ``base_hash``: the newest revision's hash the person was looking at ("" when there was none);
    StateConflict names who changed it otherwise. ``findings``: of the new text. ``facts``: what the new
    text stands on (see :func:`facts_now`); default: what the old one stood on. ``picture``: its picture idea,
    by default the old one's. A held post stays held.
    The same text with the same facts changes nothing and gives back the newest revision.
    """
    actor = people.require(user, people.EDITORS, "修改内容", "edit")
    state = hold_still.take(session, post)
    hold_still.expect(post, _EDIT_FROM, "修改", "edited")
    base = revised.newest(session, post)
    same_base(base, base_hash)
    text = _clean(text)
    stands_on = tuple(facts) if facts is not None else (revised.facts_of(base) if base else ())
    if picture is None:
        picture = base.picture if base else ""
    if base is not None and revision_hash(text, stands_on, picture) == base.hash:
        return base
    if state in {P.releasing, P.held} and not withdraw(session, post, actor=actor, now=now):
        _only_when_held(post, state)
    revision = _add(
        session, post, text=text, first_line=text.split("\n", 1)[0][:400], action=base.action if base else "",
        picture=picture, facts=stands_on, provenance=_by_hand(base), findings=findings,
        author=actor, brief_id=base.brief_id if base else None, now=now,
    )  # fmt: skip
    approvals.revoke(session, post, actor=actor, now=now, reason=f"{user.name} 修改了内容")
    if state is P.held:
        hold_still.change(
            session, post, expected=P.held, actor=actor, now=now, action="post.edited",
            detail={"revision": revision.hash}, revision_id=revision.id, touched=True,
        )  # fmt: skip
        return revision
    if state is P.releasing:  # frozen, nothing left yet: by way of "held", the only road back
        move_post(session, post, P.held, expected=state, actor=actor, now=now, reason="发送前修改")
        state = P.held
    _to_review(session, post, state, revision, actor=actor, now=now, touched=True)
    return revision


def facts_now(session: Session, post: Post, *, now: datetime) -> tuple[Fact, ...]:
    """The newest revision's facts with the values they have now; those that are gone are left out.

    For an edit that mends a text whose facts changed: check the new text against these and pass them on.
    """
    from content_calendar import facts as source

    base = revised.newest(session, post)
    if base is None:
        return ()
    held = revised.facts_of(base)
    values = source.current(
        session, post.brand_id, [fact.id for fact in held if fact.kind != "live"], now=now
    )
    fresh = []
    for fact in held:
        value = fact.value if fact.kind == "live" else values.get(fact.id, fact.value)
        if value is not None:
            fresh.append(fact.model_copy(update={"value": value}))
    return tuple(fresh)


def _only_when_held(post: Post, state: PostState) -> None:
    if state is P.releasing:
        raise StateConflict(
            f"内容 {post.id} 已经开始发送，要修改请先暂缓。",
            english=f"Post {post.id} is going out; hold it before editing.",
        )


def _to_review(
    session: Session,
    post: Post,
    state: PostState,
    revision: Revision,
    *,
    actor: str,
    now: datetime,
    touched: bool = False,
) -> None:
    move_post(
        session, post, P.in_review, expected=state, actor=actor, now=now,
        detail={"revision": revision.hash, "author": revision.author}, revision_id=revision.id,
        touched=touched or post.touched,
    )  # fmt: skip


def same_base(base: Revision | None, base_hash: str) -> None:
    """StateConflict ``review.base_changed`` when the newest revision is not the one with ``base_hash``."""
    if (base.hash if base else "") == base_hash:
        return
    who = base.author.removeprefix("user:") if base else "别人"
    number = base.number if base else 0
    raise StateConflict(
        f"这条内容已被 {who} 改成第 {number} 版，请先看过新版再改。",
        code="review.base_changed",
        english=f"{who} has changed this meanwhile (revision {number}); look at it first.",
    )


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n").strip()
    if not text:
        raise CalendarError("内容不能为空。", code="review.text_empty", english="The text is empty.")
    if len(text) > MAX_CHARS or "\x00" in text:
        raise CalendarError(
            f"内容过长或含有非法字符（最多 {MAX_CHARS} 字）。",
            code="review.text_unusable",
            english=f"The text is too long (over {MAX_CHARS} characters) or holds a NUL.",
        )
    return text


def _by_hand(base: Revision | None) -> Provenance:
    before = Provenance(**base.provenance) if base else None
    if before is None:
        return Provenance(author="person")
    return before.model_copy(update={"author": "person"})


def _brief_id(session: Session, post: Post, brief: Brief | None, now: datetime) -> int | None:
    if brief is None:
        return None
    digest = brief.digest()
    known = session.scalar(select(BriefRow.id).where(BriefRow.post_id == post.id, BriefRow.hash == digest))
    if known is not None:
        return known
    row = BriefRow(post_id=post.id, hash=digest, body=brief.model_dump(mode="json"), created_at=now)
    session.add(row)
    session.flush()
    return row.id


def _add(
    session: Session,
    post: Post,
    *,
    text: str,
    first_line: str,
    action: str,
    picture: str,
    facts: Sequence[Fact],
    provenance: Provenance,
    findings: Sequence[Finding],
    author: str,
    brief_id: int | None,
    now: datetime,
) -> Revision:
    newest = session.scalar(select(func.max(Revision.number)).where(Revision.post_id == post.id)) or 0
    revision = Revision(
        post_id=post.id, number=newest + 1, hash=revision_hash(text, tuple(facts), picture), text=text,
        first_line=first_line[:400], action=action[:400], picture=picture,
        facts=[fact.model_dump(mode="json") for fact in facts],
        provenance=provenance.model_dump(mode="json"), author=author[:80], brief_id=brief_id, created_at=now,
    )  # fmt: skip
    session.add(revision)
    session.flush()
    rows = [{"revision_id": revision.id, **finding.model_dump()} for finding in findings]
    if rows:
        session.execute(insert(FindingRow), rows)
    return revision
