"""`chongfen approve`: a person allows the newest revision of posts, one by one or all that are clean."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import click

from desk.cli import deciding
from desk.cli.context import Context
from desk.cli.window import Day, first_day

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from content_calendar.tables import Post, User


@click.command("approve", help="批准内容的最新版本：给出编号，或用 --clean 批准所有没有检查结果的待审内容。")
@click.argument("ids", nargs=-1, type=int, metavar="[ID…]")
@click.option("--clean", is_flag=True, help="所有待审、没有任何检查结果、还来得及的内容")
@click.option("--from", "start", type=Day(), default=None, help="与 --clean 同用：从哪天起")
@click.option("--days", type=click.IntRange(1, 366), default=None, help="与 --clean 同用：共几天")
@click.option("--override", default="", metavar="REASON", help="主管放行禁止项的理由，会记入审计")
@deciding.by
@deciding.as_json
@click.pass_obj
def command(
    context: Context, ids: tuple[int, ...], clean: bool, start: date | None, days: int | None, override: str,
    name: str, as_json: bool,
) -> None:  # fmt: skip
    """Approve, and say for each post what became of it."""
    from content_calendar import review, revised

    if clean == bool(ids):
        raise click.UsageError("请给出内容编号，或者用 --clean，二者取一。")
    now = context.runtime.clock.now()

    def act(session: Session, post: Post, user: User) -> None:
        newest = revised.newest(session, post)
        digest = newest.hash if newest is not None else ""
        review.approve(session, post, revision_hash=digest, user=user, now=now, override_reason=override)

    wanted = _clean(context, start, days) if clean else ids
    answers = deciding.decide(context, wanted, name, act)
    deciding.finish(context, answers, as_json=as_json, done="已批准", english="Approved")


def _clean(context: Context, start: date | None, days: int | None) -> list[int]:
    """Posts in review without any finding whose moment can still be met."""
    from content_calendar import queue
    from workers.runtime import only_brand

    runtime = context.runtime
    now = runtime.clock.now()
    with runtime.database.read() as session:
        brand = only_brand(session, context.brand)
        if days is not None:
            start = first_day(start, brand.zone, now)
        lines = queue.entries(session, brand, start=start, days=days, states=("in_review",))
        latest = now + timedelta(minutes=brand.approval_cutoff_minutes)
        return [line.id for line in lines if line.clean and line.due_at > latest]
