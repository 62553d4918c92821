"""`chongfen learning`: what editors changed, the house notes drawn from it and how each template version fares."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from desk.cli.context import Context, emit
from desk.cli.deciding import by, person

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from content_calendar.tables import Brand, HouseNote, User
    from desk.queries.learning import Figures, Note, Version

_json = click.option("--json", "as_json", is_flag=True, help="输出 JSON")
STATES = {"offered": "待定", "accepted": "在用", "dismissed": "搁置"}


@click.group(
    "learning", invoke_without_command=True, help="学习：批准了多少、一字未动多少，家规，各版模板的成绩。"
)
@_json
@click.pass_context
def command(click_context: click.Context, as_json: bool) -> None:
    """The figures, unless a subcommand is named."""
    if click_context.invoked_subcommand is not None:
        return
    from desk.queries import learning
    from workers.runtime import only_brand

    context: Context = click_context.obj
    with context.runtime.database.read() as session:
        brand = only_brand(session, context.brand)
        whole, versions = learning.whole(session, brand), learning.versions(session, brand)
        found, authors = learning.notes(session, brand), learning.authors(session, brand)
    notes = [note for some in found.values() for note in some]
    if as_json:
        emit({
            "pairs": _numbers(whole), "notes": [_note(note.row) for note in notes],
            "versions": [_version(one) for one in versions],
            "authors": [{"author": author, **_numbers(figures)} for author, figures in authors],
        })  # fmt: skip
        return
    _show(context, whole, notes, versions)


def _show(context: Context, whole: Figures, notes: list[Note], versions: list[Version]) -> None:
    if not whole.approved:
        click.echo(
            context.say(
                "还没有批准过的稿子，先用 chongfen queue 看看待审的。",
                "Nothing approved yet; see chongfen queue.",
            )
        )
    else:
        click.echo(f"批准 {whole.approved} 条，一字未动 {whole.share:.0%}，平均改动 {whole.distance:.0%}。")
    for note in notes:
        if note.row.state != "dismissed":
            shown = f"（{note.row.of} 条里改过 {note.row.count} 条）" if note.row.of else ""
            click.echo(
                f"{STATES[note.row.state]}  {note.row.id:>4}  {note.row.kind or '所有类型':<14} {note.row.note}{shown}"
            )
    for one in versions:
        click.echo(
            f"{one.hash[:8]}  {one.template:<24} 批准 {one.figures.approved:>4}  一字未动 {one.figures.share:>4.0%}  "
            f"平均改动 {one.figures.distance:.0%}"
        )


@command.command("refresh", help="现在就把最近的改动看一遍，列出待定的家规。")
@_json
@click.pass_obj
def refresh(context: Context, as_json: bool) -> None:
    """Look through the latest edits."""
    from workers import learning
    from workers.runtime import only_brand

    now = context.runtime.clock.now()
    with context.runtime.database.write() as session:
        new = learning.refresh(session, only_brand(session, context.brand), now=now)
    emit({"new": new}) if as_json else click.echo(
        context.say(
            f"新看出 {new} 条家规，用 chongfen learning 查看。",
            f"{new} new house notes; see chongfen learning.",
        )
    )


@command.command("note", help="自己写一条家规，马上在用。")
@click.argument("text")
@click.option("--kind", default="", help="用在哪类内容，默认所有类型")
@by
@_json
@click.pass_obj
def note(context: Context, text: str, kind: str, name: str, as_json: bool) -> None:
    """A note in a person's own words."""
    from content_calendar.learning import notes as house

    now = context.runtime.clock.now()

    def act(session: Session, brand: Brand, user: User) -> HouseNote:
        return house.write(session, brand, kind=kind, text=text, user=user, now=now)

    _decided(context, name, act, as_json)


def _verb(verb: str, help: str) -> None:
    """A subcommand that decides on one note."""

    @command.command(verb, help=help)
    @click.argument("note_id", type=int, metavar="ID")
    @by
    @_json
    @click.pass_obj
    def decide(context: Context, note_id: int, name: str, as_json: bool) -> None:
        from content_calendar.learning import notes as house

        now = context.runtime.clock.now()
        choose = getattr(house, verb)

        def act(session: Session, brand: Brand, user: User) -> HouseNote:
            row: HouseNote = choose(session, brand, note_id, user=user, now=now)
            return row

        _decided(context, name, act, as_json)


_verb("accept", "采纳一条家规，下一次撰写就用上。")
_verb("dismiss", "搁置一条待定的家规，不再提。")
_verb("withdraw", "撤回一条在用的家规。")


def _decided(
    context: Context, name: str, act: Callable[[Session, Brand, User], HouseNote], as_json: bool
) -> None:
    from workers.runtime import only_brand

    with context.runtime.database.write() as session:
        row = act(session, only_brand(session, context.brand), person(session, name))
        session.flush()
        document = _note(row)
    emit(document) if as_json else click.echo(f"{STATES[document['state']]}：{document['note']}")


def _note(row: HouseNote) -> dict[str, Any]:
    names = ("id", "kind", "note", "state", "count", "of", "examples", "decided_by")
    return {name: getattr(row, name) for name in names}


def _version(one: Version) -> dict[str, Any]:
    return {"hash": one.hash, "template": one.template, "first_used_at": one.first, **_numbers(one.figures)}


def _numbers(figures: Figures) -> dict[str, Any]:
    return {
        "approved": figures.approved, "untouched": figures.untouched, "share": round(figures.share, 4),
        "distance": round(figures.distance, 4),
    }  # fmt: skip
