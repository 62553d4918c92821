"""What the deciding commands share: who decides (--by), on which posts, and one answer per post.

Each post is decided in a transaction of its own: one that cannot be is reported and the others go on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import click

from desk.cli.context import Context, emit

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from content_calendar.tables import Post, User

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True)
class Answer:
    """What became of one post. ``code`` and ``message`` are empty when it went well."""

    id: int
    ok: bool
    state: str = ""
    code: str = ""
    message: str = ""


def by(function: F) -> F:
    """The option ``--by USER``: decisions are people's, so somebody must stand for them."""
    return click.option("--by", "name", required=True, metavar="USER", help="由谁决定（用户名）")(function)


def reason(function: F) -> F:
    """The option ``--reason TEXT``."""
    return click.option("--reason", required=True, help="原因，会记入审计")(function)


def as_json(function: F) -> F:
    """The option ``--json``."""
    return click.option("--json", "as_json", is_flag=True, help="输出 JSON，每条一行")(function)


def post_ids(function: F) -> F:
    """The argument ``ID…``."""
    return click.argument("ids", nargs=-1, type=int, required=True, metavar="ID…")(function)


def person(session: Session, name: str) -> User:
    """The active user of this name; CalendarError says how to make one."""
    from sqlalchemy import select

    from content_calendar.errors import CalendarError
    from content_calendar.tables import User

    user = session.scalar(select(User).where(User.name == name))
    if user is None or not user.active:
        raise CalendarError(
            f"没有可用的用户「{name}」，请用 chongfen users 查看或新建。",
            code="user.missing",
            english=f"There is no active user {name!r}; see chongfen users.",
        )
    return user


def decide(
    context: Context, ids: Sequence[int], name: str, act: Callable[[Session, Post, User], object]
) -> list[Answer]:
    """Call ``act`` on each post, each in its own transaction; one answer a post, in the order asked."""
    from content_calendar.errors import CalendarError

    runtime = context.runtime
    _welcome_the_first(context, name)
    with runtime.database.read() as session:
        person(session, name)  # an unknown name is one refusal, not one a post
    answers = []
    for post_id in dict.fromkeys(ids):
        try:
            with runtime.database.write() as session:
                post = _post(session, context, post_id)
                act(session, post, person(session, name))
                answers.append(Answer(post_id, True, state=post.state))
        except CalendarError as error:
            message = context.say(str(error), error.english)
            answers.append(Answer(post_id, False, code=error.code, message=message))
    return answers


def _welcome_the_first(context: Context, name: str) -> None:
    """Where nobody can sign in yet, the first person named becomes the lead: whoever runs this owns the data."""
    from sqlalchemy import select

    from content_calendar.tables import User
    from desk.auth import users

    runtime = context.runtime
    with runtime.database.read() as session:
        if session.scalar(select(User.id).where(User.active).limit(1)) is not None:
            return
    with runtime.database.write() as session:
        users.create(session, name=name, role="lead", now=runtime.clock.now(), actor="system:first-run")
    click.echo(
        context.say(f"这里还没有用户，已把「{name}」建为主管。", f"No user yet: {name!r} is now the lead."),
        err=True,
    )


def _post(session: Session, context: Context, post_id: int) -> Post:
    from content_calendar.errors import NotFound
    from content_calendar.tables import Post
    from workers.runtime import only_brand

    post = session.get(Post, post_id)
    if post is None or post.brand_id != only_brand(session, context.brand).id:
        raise NotFound(
            f"没有编号为 {post_id} 的内容。", code="post.missing", english=f"There is no post {post_id}."
        )
    return post


def finish(context: Context, answers: Sequence[Answer], *, as_json: bool, done: str, english: str) -> None:
    """Print the answers and leave with 1 when one failed."""
    good = sum(answer.ok for answer in answers)
    for answer in answers:
        if as_json:
            emit(asdict(answer))
        elif not answer.ok:
            click.echo(f"✗ {answer.id}：{answer.message}")
    if not as_json:
        bad = len(answers) - good
        click.echo(
            context.say(
                f"{done} {good} 条" + (f"，{bad} 条没有成功。" if bad else "。"),
                f"{english} {good}" + (f", {bad} failed." if bad else "."),
            )
        )
    if good != len(answers):
        click.get_current_context().exit(1)


def turning_down(name: str, verb: str, *, help: str, done: str, english: str) -> click.Command:
    """A command that decides against posts and needs a reason: ``verb`` is the function of the review."""

    @click.command(name, help=help)
    @post_ids
    @reason
    @by
    @as_json
    @click.pass_obj
    def command(context: Context, ids: tuple[int, ...], reason: str, name: str, as_json: bool) -> None:
        from content_calendar import review

        now = context.runtime.clock.now()
        decide_against = getattr(review, verb)

        def act(session: Session, post: Post, user: User) -> None:
            decide_against(session, post, user=user, reason=reason, now=now)

        answers = decide(context, ids, name, act)
        finish(context, answers, as_json=as_json, done=done, english=english)

    return command
