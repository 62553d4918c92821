"""Posts: list, read, decide, edit, move."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Annotated

from fastapi import APIRouter, Query
from sqlalchemy import and_, or_
from sqlalchemy.orm import Session

from content_calendar import review
from content_calendar.tables import Post
from desk.acts import editing, rewriting
from desk.api import models, paging, shaping
from desk.api.idempotency import IdempotentRoute
from desk.auth.roles import May
from desk.queries import cards
from desk.queries import post as posts
from desk.web.guards import Commenter, Decider, Holder, Id, Number, Reader, Scheduler, Submitter, Writer
from desk.web.visit import Visit

router = APIRouter(prefix="/posts", tags=["posts"], route_class=IdempotentRoute)


@router.get("", summary="List posts")
def list_posts(
    visit: Reader,
    from_: Annotated[date | None, Query(alias="from", description="first wall day")] = None,
    to: Annotated[date | None, Query(description="last wall day")] = None,
    tier: Annotated[str, Query(max_length=8)] = "",
    kind: Annotated[str, Query(max_length=24)] = "",
    state: Annotated[list[str], Query(description="any of these states")] = [],  # noqa: B006
    campaign: Number = None,
    cursor: paging.Cursor = "",
    limit: paging.Limit = 50,
) -> models.ListOf[models.PostOut]:
    """The brand's posts by moment, each with what will make it fail."""
    where = [
        *([Post.day >= from_] if from_ else []),
        *([Post.day <= to] if to else []),
        *([Post.tier == tier] if tier else []),
        *([Post.kind == kind] if kind else []),
        *([Post.state.in_(state)] if state else []),
        *([Post.campaign_id == campaign] if campaign is not None else []),
    ]
    begin = paging.place(cursor)
    if begin is not None:
        after = paging.number(begin)
        where.append(or_(Post.due_at > begin[0], and_(Post.due_at == begin[0], Post.id > after)))
    with visit.read() as session:
        found = cards.load(session, visit.the_brand, *where, now=visit.now, limit=limit + 1, by_tier=False)
    items = [shaping.post(card, visit.the_brand, visit) for card in found[:limit]]
    more = len(found) > limit
    return models.ListOf(
        items=items, next=paging.cursor(found[limit - 1].due_at, found[limit - 1].id) if more else None
    )


@router.get("/{post_id}", summary="One post")
def get_post(visit: Reader, post_id: Id) -> models.PostFull:
    """With its newest revision, findings, facts, approval, comments and deliveries by state."""
    return _full(visit, post_id)


@router.get("/{post_id}/revisions", summary="A post's revisions")
def list_revisions(visit: Reader, post_id: Id) -> models.ListOf[models.RevisionOut]:
    """All of them, oldest first."""
    with visit.read() as session:
        view = posts.load(session, visit.the_brand, post_id, now=visit.now)
    return models.ListOf(items=[models.RevisionOut.model_validate(row) for row in view.revisions])


@router.get("/{post_id}/revisions/{number}", summary="One revision")
def get_revision(visit: Reader, post_id: Id, number: Id) -> models.RevisionFull:
    """With its findings and the facts it stands on."""
    with visit.read() as session:
        view = posts.load(session, visit.the_brand, post_id, now=visit.now, number=number)
    found = shaping.revision(view)
    assert found is not None  # load raises Missing for a number that is not there
    return found


@router.post("/{post_id}/revisions", status_code=201, summary="Submit a text")
def submit(visit: Submitter, post_id: Id, body: models.EditIn) -> models.PostFull:
    """Make ``text`` the newest revision; it goes to review and whatever approval there was is revoked."""

    def act(session: Session, found: Post) -> None:
        editing.save(
            session, found, body.text, base_hash=body.base_hash, user=visit.user(session), now=visit.now
        )

    return _do(visit, post_id, act)


@router.post("/{post_id}/approve", summary="Approve a revision")
def approve(visit: Decider, post_id: Id, body: models.ApproveIn) -> models.PostFull:
    """Allow exactly this revision to go out at exactly its moment. People only."""
    if body.override_reason.strip():
        visit.require(May.override)

    def act(session: Session, found: Post) -> None:
        review.approve(
            session, found, revision_hash=body.revision_hash, user=visit.user(session), now=visit.now,
            override_reason=body.override_reason,
        )  # fmt: skip

    return _do(visit, post_id, act)


@router.post("/{post_id}/request-changes", summary="Send back")
def request_changes(visit: Decider, post_id: Id, body: models.ReasonIn) -> models.PostFull:
    """Back to the writer with a reason."""
    return _do(
        visit,
        post_id,
        lambda session, found: review.request_changes(
            session, found, user=visit.user(session), reason=body.reason, now=visit.now
        ),
    )


@router.post("/{post_id}/reject", summary="Reject")
def reject(visit: Decider, post_id: Id, body: models.ReasonIn) -> models.PostFull:
    """Not this post."""
    return _do(
        visit,
        post_id,
        lambda session, found: review.reject(
            session, found, user=visit.user(session), reason=body.reason, now=visit.now
        ),
    )


@router.post("/{post_id}/hold", summary="Hold")
def hold(visit: Holder, post_id: Id, body: models.ReasonIn) -> models.PostFull:
    """Stop it, also in the middle of going out."""
    return _do(
        visit,
        post_id,
        lambda session, found: review.hold(
            session, found, user=visit.user(session), reason=body.reason, now=visit.now
        ),
    )


@router.post("/{post_id}/resume", summary="Lift a hold")
def resume(visit: Decider, post_id: Id) -> models.PostFull:
    """What had begun goes on if it still may; everything else goes back to review."""

    def act(session: Session, found: Post) -> None:
        review.resume_post(session, found, user=visit.user(session), now=visit.now)

    return _do(visit, post_id, act)


@router.patch("/{post_id}", summary="Move to another moment")
def move(visit: Scheduler, post_id: Id, body: models.MomentIn) -> models.PostFull:
    """An approved post goes back to review: an approval is for one moment."""

    def act(session: Session, found: Post) -> None:
        review.reschedule(
            session,
            found,
            day=body.day,
            time=time.fromisoformat(body.time),
            user=visit.user(session),
            now=visit.now,
        )

    return _do(visit, post_id, act)


@router.post("/{post_id}/comments", status_code=201, summary="Comment")
def comment(visit: Commenter, post_id: Id, body: models.CommentIn) -> models.PostFull:
    """Say something of the post."""

    def act(session: Session, found: Post) -> None:
        review.comment(session, found, body.text, user=visit.user(session), now=visit.now)

    return _do(visit, post_id, act)


@router.post("/{post_id}/rewrite", status_code=202, summary="Have it written again")
def rewrite(visit: Writer, post_id: Id, body: models.RewriteIn) -> models.PostFull:
    """At once with the offline writer; with a model a worker does it and the new revision appears here."""
    with visit.read() as session:
        posts.get(session, visit.the_brand, post_id)
    rewriting.ask(visit.runtime, post_id, instruction=body.instruction, user_name=visit.visitor.name)
    return _full(visit, post_id)


def _do(visit: Visit, post_id: int, act: Callable[[Session, Post], object]) -> models.PostFull:
    with visit.write() as session:
        act(session, posts.get(session, visit.the_brand, post_id))
    return _full(visit, post_id)


def _full(visit: Visit, post_id: int) -> models.PostFull:
    with visit.read() as session:
        view = posts.load(session, visit.the_brand, post_id, now=visit.now)
    return shaping.full(view, visit.the_brand, visit)
