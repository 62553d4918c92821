"""`chongfen replies`: what replies have taught (gaps, offers) and how suggestions fare (figures)."""

from __future__ import annotations

from datetime import timedelta

import click

from desk.cli.context import Context, emit

as_json = click.option("--json", "as_json", is_flag=True, help="一行一条 JSON")


@click.group("replies", help="回复里学到的：答不上的问题、常用的改法、建议用得怎样。")
def command() -> None:
    """Three lists."""


@command.command("gaps", help="资料里没有答案的客户提问，问得多的在前。")
@click.option("--limit", type=click.IntRange(1, 500), default=50)
@as_json
@click.pass_obj
def gaps_(context: Context, limit: int, as_json: bool) -> None:
    """Questions without an answer."""
    from content_calendar.replies import gaps
    from workers.runtime import only_brand

    with context.runtime.database.read() as session:
        found = gaps.listed(session, only_brand(session, context.brand), limit=limit)
    for gap in found:
        if as_json:
            emit(
                {
                    "id": gap.id,
                    "question": gap.question,
                    "count": gap.count,
                    "last_at": gap.last_at.isoformat(),
                }
            )
        else:
            click.echo(f"{gap.id}  {gap.count}×  {gap.question}")
    if not found and not as_json:
        click.echo(context.say("没有答不上的问题。", "No open questions."))


@command.command("offers", help="改过又常复制的回答，等编辑收成话术。")
@click.option("--limit", type=click.IntRange(1, 500), default=50)
@as_json
@click.pass_obj
def offers_(context: Context, limit: int, as_json: bool) -> None:
    """Edits that wait for an editor."""
    from content_calendar.replies import offers
    from workers.runtime import only_brand

    with context.runtime.database.read() as session:
        found = offers.listed(session, only_brand(session, context.brand), limit=limit)
    for one in found:
        if as_json:
            emit(
                {
                    "id": one.id,
                    "scene": one.scene,
                    "question": one.question,
                    "answer": one.answer,
                    "count": one.count,
                }
            )
        else:
            click.echo(f"{one.id}  {one.count}×  {one.question}\n    {one.answer}")
    if not found and not as_json:
        click.echo(context.say("没有话术提议。", "No offers."))


@command.command("figures", help="每个出处、说法、提示词版本的采用率和平均改动。")
@click.option("--by", type=click.Choice(["source", "stance", "version"]), default="source")
@click.option(
    "--sort",
    type=click.Choice(["shown", "accepted", "unchanged", "edited", "dismissed", "escalated", "distance"]),
    default="shown",
)
@click.option("--days", type=click.IntRange(1, 366), default=30)
@as_json
@click.pass_obj
def figures_(context: Context, by: str, sort: str, days: int, as_json: bool) -> None:
    """How suggestions fare."""
    from desk.queries import reply_figures
    from workers.runtime import only_brand

    runtime = context.runtime
    with runtime.database.read() as session:
        since = runtime.clock.now() - timedelta(days=days)
        table = reply_figures.load(session, only_brand(session, context.brand), since=since, by=by, sort=sort)  # type: ignore[arg-type]
    for line, source in table.rows:
        name = source.name if source else " ".join(part[:16] for part in line.name if part) or "—"
        if as_json:
            emit(
                {
                    "name": name, "shown": line.shown, "copied_unchanged": line.unchanged, "copied_edited": line.edited,
                    "dismissed": line.dismissed, "escalated": line.escalated, "acceptance": round(line.accepted, 4),
                    "distance": None if line.distance is None else round(line.distance, 4),
                }
            )  # fmt: skip
        else:
            far = "" if line.distance is None else f"  {context.say('改动', 'changed')} {line.distance:.2f}"
            click.echo(
                f"{name}  {context.say('给出', 'shown')} {line.shown}  {context.say('采用', 'used')} {line.accepted:.0%}{far}"
            )
    if not table.rows and not as_json:
        click.echo(context.say("还没有数：没人用过建议。", "No figures yet: nobody has used a suggestion."))
