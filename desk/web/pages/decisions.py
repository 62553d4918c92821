"""What an editor does with a post: approve, send back, reject, edit, hold, move, comment.

Every form names the page to go back to; a refusal shows the post again with the reason above it, and nothing changed.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from sqlalchemy.orm import Session

from content_calendar import review
from content_calendar.states import PostState
from content_calendar.tables import Comment, Post
from desk import errors
from desk.acts import bulk, editing, undoing
from desk.auth.roles import May
from desk.errors import DeskError, Missing
from desk.queries import post as posts
from desk.web import quick
from desk.web.guards import LARGEST, Commenter, Decider, Holder, Id, Scheduler, Submitter
from desk.web.pages import conflict, post, tray
from desk.web.pages.moving import moment_of
from desk.web.rendering import go
from desk.web.said import safe_back
from desk.web.visit import Visit

router = APIRouter(include_in_schema=False)
Back = Annotated[str, Form(max_length=2000)]
Hash = Annotated[str, Form(max_length=64)]
Reason = Annotated[str, Form(max_length=400)]


@router.post("/posts/{post_id}/approve")
def approve(
    request: Request,
    visit: Decider,
    post_id: Id,
    revision_hash: Hash = "",
    override_reason: Reason = "",
    back: Back = "/",
) -> Response:
    """Allow exactly the revision that was on the screen."""
    if override_reason.strip():
        visit.require(May.override)

    states: list[str] = []

    def act(session: Session, found: Post) -> None:
        review.approve(
            session, found, revision_hash=revision_hash, user=visit.user(session), now=visit.now,
            override_reason=override_reason,
        )  # fmt: skip
        states.append(found.state)

    def done() -> bool:
        return states[-1] == PostState.approved

    return _do(
        request, visit, post_id, act, back=back, said=lambda: "approved" if done() else "approved_once"
    )


@router.post("/posts/{post_id}/undo")
def take_back(request: Request, visit: Decider, post_id: Id, back: Back = "/review") -> Response:
    """A slip of the finger: one's own last decision, whatever it was, while nobody has touched the post since."""
    try:
        done = undoing.undo(visit, post_id)
    except errors.REFUSALS as error:
        if quick.asked(request):
            return quick.refused(visit, error)
        return _again(request, visit, post_id, back, error)
    word = f"undone_{done.what}"
    return quick.done(visit, word) if quick.asked(request) else go(safe_back(back), said=word)


@router.post("/posts/{post_id}/request-changes")
def request_changes(
    request: Request, visit: Decider, post_id: Id, reason: Reason = "", back: Back = "/"
) -> Response:
    """Back to the writer, with a reason."""

    def act(session: Session, found: Post) -> None:
        review.request_changes(session, found, user=visit.user(session), reason=reason, now=visit.now)

    return _do(request, visit, post_id, act, back=back, said="changes")


@router.post("/posts/{post_id}/reject")
def reject(request: Request, visit: Decider, post_id: Id, reason: Reason = "", back: Back = "/") -> Response:
    """Not this post."""

    def act(session: Session, found: Post) -> None:
        review.reject(session, found, user=visit.user(session), reason=reason, now=visit.now)

    return _do(request, visit, post_id, act, back=back, said="rejected")


@router.post("/posts/{post_id}/hold")
def hold(request: Request, visit: Holder, post_id: Id, reason: Reason = "", back: Back = "/") -> Response:
    """Stop it, also in the middle of going out."""

    def act(session: Session, found: Post) -> None:
        review.hold(session, found, user=visit.user(session), reason=reason, now=visit.now)

    return _do(request, visit, post_id, act, back=back, said="held")


@router.post("/posts/{post_id}/resume")
def resume(request: Request, visit: Decider, post_id: Id, back: Back = "/") -> Response:
    """Lift a hold."""

    def act(session: Session, found: Post) -> None:
        review.resume_post(session, found, user=visit.user(session), now=visit.now)

    return _do(request, visit, post_id, act, back=back, said="released")


@router.post("/posts/{post_id}/reschedule")
def reschedule(
    request: Request,
    visit: Scheduler,
    post_id: Id,
    day: Annotated[str, Form(max_length=10)] = "",
    at: Annotated[str, Form(alias="time", max_length=8)] = "",
    back: Back = "/",
) -> Response:
    """Give it another moment."""

    def act(session: Session, found: Post) -> None:
        new_day, new_time = moment_of(day, at)
        review.reschedule(session, found, day=new_day, time=new_time, user=visit.user(session), now=visit.now)

    return _do(request, visit, post_id, act, back=back, said="moved")


@router.post("/posts/{post_id}/edit")
def edit(
    request: Request,
    visit: Submitter,
    post_id: Id,
    text: Annotated[str, Form(max_length=60_000)] = "",
    revision_hash: Hash = "",
    back: Back = "/",
) -> Response:
    """Save a new text, if nobody else saved one meanwhile."""
    same = False

    def act(session: Session, found: Post) -> None:
        nonlocal same
        before = found.revision_id
        made = editing.save(
            session, found, text, base_hash=revision_hash, user=visit.user(session), now=visit.now
        )
        same = made.id == before
        posts.looked(session, found, viewer=visit.visitor.id, now=visit.now)  # one's own words are no news

    try:
        _carry_out(visit, post_id, act)
    except errors.REFUSALS as error:
        if quick.asked(request):
            return quick.refused(visit, error)
        if errors.code_of(error) == "review.base_changed":
            return conflict.show(request, visit, post_id, mine=text, base_hash=revision_hash, back=back)
        return _again(request, visit, post_id, back, error)
    word = "same" if same else "edited"
    return quick.done(visit, word) if quick.asked(request) else go(safe_back(back), said=word)


@router.post("/posts/{post_id}/swap")
def swap(
    request: Request,
    visit: Submitter,
    post_id: Id,
    finding: Annotated[int, Form(ge=0, le=LARGEST)] = 0,
    revision_hash: Hash = "",
    back: Back = "/",
) -> Response:
    """Put what a finding offers in the place of its words: a new version."""

    def act(session: Session, found: Post) -> None:
        editing.swap(
            session, found, finding, base_hash=revision_hash, user=visit.user(session), now=visit.now
        )

    return _do(request, visit, post_id, act, back=back, said="edited")


@router.post("/posts/{post_id}/comments")
def comment(
    request: Request,
    visit: Commenter,
    post_id: Id,
    text: Annotated[str, Form(max_length=4000)] = "",
    quote: Annotated[str, Form(max_length=4000)] = "",
    back: Back = "/",
) -> Response:
    """Say something of the post, or of the words quoted from its newest text."""

    def act(session: Session, found: Post) -> None:
        start, end = posts.place(session, found, quote)
        review.comment(session, found, text, user=visit.user(session), now=visit.now, start=start, end=end)

    return _do(request, visit, post_id, act, back=back, said="commented")


@router.post("/posts/{post_id}/comments/{comment_id}/resolve")
def resolve(request: Request, visit: Commenter, post_id: Id, comment_id: Id, back: Back = "/") -> Response:
    """A comment is settled."""

    def act(session: Session, found: Post) -> None:
        row = session.get(Comment, comment_id)
        if row is None or row.post_id != found.id:
            raise Missing("没有这条评论。", code="comment.not_found", english="There is no such comment.")
        row.resolved_at = row.resolved_at or visit.now

    return _do(request, visit, post_id, act, back=back, said="resolved")


@router.post("/review/approve")
def approve_many(
    request: Request,
    visit: Decider,
    chosen: Annotated[list[str], Form()] = [],  # noqa: B006
) -> Response:
    """Approve every chosen ``id:hash``; those that could not be are named."""
    wanted = [_pair(item) for item in chosen]
    results = bulk.approve(visit.runtime, visit.the_brand, wanted, user_id=visit.visitor.id, now=visit.now)
    failed = [result for result in results if result.error is not None]
    if not failed and results:
        return go("/review", said="approved_many")
    return tray.show(request, visit, results=results, status=409 if failed else 422)


def _do(
    request: Request,
    visit: Visit,
    post_id: int,
    act: Callable[[Session, Post], None],
    *,
    back: str,
    said: str | Callable[[], str],
) -> Response:
    try:
        _carry_out(visit, post_id, act)
    except errors.REFUSALS as error:
        return (
            quick.refused(visit, error)
            if quick.asked(request)
            else _again(request, visit, post_id, back, error)
        )
    word = said if isinstance(said, str) else said()
    return quick.done(visit, word) if quick.asked(request) else go(safe_back(back), said=word)


def _carry_out(visit: Visit, post_id: int, act: Callable[[Session, Post], None]) -> None:
    with visit.write() as session:
        act(session, posts.get(session, visit.the_brand, post_id))


def _again(request: Request, visit: Visit, post_id: int, back: str, error: Exception) -> Response:
    """The post once more, with the sentence above it; a post that is not there is simply not there."""
    if isinstance(error, Missing) and error.code == "post.not_found":
        raise error
    wrong, status = errors.say(error, visit.lang), errors.status_of(error)
    if back.startswith("/review"):
        return tray.show(request, visit, post_id=post_id, wrong=wrong, status=status)
    return post.show(request, visit, post_id, wrong=wrong, status=status)


def _pair(written: str) -> tuple[int, str]:
    number, _colon, digest = written.partition(":")
    if not number.isdigit() or len(number) > 12:
        raise DeskError(
            "选中的内容读不懂，请刷新后再选。",
            code="request.invalid",
            english="The selection is unreadable; refresh.",
        )
    return int(number), digest
