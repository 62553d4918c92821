"""`chongfen ledger`: the sum of promise 3 for one day, and whether it holds."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import click

from desk.cli.context import Context, emit
from desk.cli.window import Day, first_day

if TYPE_CHECKING:
    from content_calendar.ledger import DaySum

STATES = (
    "sent", "handed_over", "confirmed", "refused", "unknown", "skipped", "expired", "cancelled",
)  # fmt: skip
NAMES = {
    "planned": "计划", "sent": "已送达通道", "handed_over": "已交给群主", "confirmed": "群主已确认",
    "refused": "被拒", "unknown": "结果未知", "skipped": "已跳过", "expired": "已过期", "cancelled": "已取消",
    "open": "未完",
}  # fmt: skip


@click.command("ledger", help="对账：计划的每一条触达现在在哪里，加起来对不对。对不上时退出码为 1。")
@click.option("--day", type=Day(), default=None, help="哪一天，默认今天（品牌所在时区）")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def command(context: Context, day: date | None, as_json: bool) -> None:
    """Count a day."""
    from content_calendar import lateness, ledger
    from workers.runtime import only_brand

    runtime = context.runtime
    now = runtime.clock.now()
    with runtime.database.read() as session:
        brand = only_brand(session, context.brand)
        chosen = first_day(day, brand.zone, now)
        grace = lateness.GRACE * runtime.settings.pace
        found = ledger.day_sum(session, brand, chosen, now=now, grace=grace)
    if as_json:
        emit(_document(found))
    else:
        _show(context, found)
    if not found.holds:
        click.get_current_context().exit(1)


def _counts(planned: int, by_state: dict[str, int], waiting: int) -> dict[str, int]:
    return {"planned": planned, **{state: by_state.get(state, 0) for state in STATES}, "open": waiting}


def _document(found: DaySum) -> dict[str, Any]:
    from content_calendar.states import OPEN

    groups = [
        {
            "group": line.code, "name": line.name,
            **_counts(line.planned, line.by_state, sum(line.by_state.get(state, 0) for state in OPEN)),
        }
        for line in found.by_group
    ]  # fmt: skip
    faults = [{"code": fault.code, "subject": fault.subject, "message": fault.text} for fault in found.faults]
    return {
        "day": found.day.isoformat(), **_counts(found.planned, found.by_state, found.open),
        "holds": found.holds, "faults": faults, "groups": groups,
    }  # fmt: skip


def _show(context: Context, found: DaySum) -> None:
    counts = _counts(found.planned, found.by_state, found.open)
    said = "，".join(f"{NAMES[key]} {value}" for key, value in counts.items() if value or key == "planned")
    click.echo(f"{found.day.isoformat()}：{said}。")
    for fault in found.faults:
        click.echo(f"✗ {fault.text}")
    click.echo(
        context.say(
            "账目相符。" if found.holds else "账目不符！", "It holds." if found.holds else "It does not hold!"
        )
    )
