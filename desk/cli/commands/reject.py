"""`chongfen reject`: reject posts, with a reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from desk.cli import deciding
from desk.cli.context import Context

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from content_calendar.tables import Post, User


@click.command("reject", help="退稿内容，要写原因。")
@deciding.post_ids
@deciding.reason
@deciding.by
@deciding.as_json
@click.pass_obj
def command(context: Context, ids: tuple[int, ...], reason: str, name: str, as_json: bool) -> None:
    """Decide, and say for each post what became of it."""
    from content_calendar import review

    now = context.runtime.clock.now()

    def act(session: Session, post: Post, user: User) -> None:
        review.reject(session, post, user=user, reason=reason, now=now)

    answers = deciding.decide(context, ids, name, act)
    deciding.finish(context, answers, as_json=as_json, done="已退稿", english="Rejected")
