"""`chongfen dispatch`: carry out what is due, until an instant or until Ctrl-C."""

from __future__ import annotations

import signal
import threading
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from desk.cli.context import Context, emit

if TYPE_CHECKING:
    from workers.runtime import Runtime


@click.command(
    "dispatch",
    help="发送到点的已批准内容。--until 之前到点的发完就停；时刻在将来则等到那时。"
    "用 --clock 指定一个模拟的起点，就只走演示通道、一口气跑到 --until。",
)
@click.option("--until", default=None, metavar="INSTANT", help="如 2026-11-23T22:00（品牌所在时区）")
@click.option("--clock", default=None, metavar="INSTANT", help="模拟时钟的起点，只走演示通道")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON")
@click.pass_obj
def command(context: Context, until: str | None, clock: str | None, as_json: bool) -> None:
    """Dispatch; SIGINT and SIGTERM finish the calls in flight and hand back the rest."""
    from workers.dispatcher import Dispatcher, dispatch_until

    runtime = _with_clock(context, clock)
    deadline = _instant(context, until, "--until")
    if deadline is None and clock is not None:
        raise click.UsageError("用 --clock 时请同时写 --until。")
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    if not as_json and not runtime.clock.simulated and (deadline is None or deadline > runtime.clock.now()):
        click.echo(context.say("正在发送到点的内容，Ctrl-C 停下。", "Dispatching; Ctrl-C stops."), err=True)
    if deadline is None:
        count = Dispatcher(runtime, "cli").run_until(None, stop)
    else:
        count = dispatch_until(runtime, deadline, stop=stop)
    _report(context, dict(count), deadline, as_json=as_json)


def _with_clock(context: Context, written: str | None) -> Runtime:
    from dataclasses import replace

    from content_calendar.clock import FixedClock

    runtime: Runtime = context.runtime
    start = _instant(context, written, "--clock")
    return runtime if start is None else replace(runtime, clock=FixedClock(start))


def _instant(context: Context, written: str | None, option: str) -> datetime | None:
    """The instant, in the brand's zone when none is written."""
    from datetime import UTC
    from zoneinfo import ZoneInfo

    from workers.runtime import only_brand

    if written is None:
        return None
    try:
        found = datetime.fromisoformat(written.strip())
    except ValueError as error:
        raise click.BadParameter(
            f"{option}「{written}」读不懂，请写成 2026-11-23T22:00 这样的时刻。"
        ) from error
    if found.tzinfo is None:
        with context.runtime.database.read() as session:
            found = found.replace(tzinfo=ZoneInfo(only_brand(session, context.brand).zone))
    return found.astimezone(UTC)


NAMES = {
    "sent": "已送达通道", "handed_over": "已交给群主", "refused": "被拒", "retry_wait": "等待重试",
    "unknown": "结果未知", "skipped": "已跳过", "expired": "已过期", "releasing": "开始发送", "released": "发完",
    "held": "已暂缓", "missed": "已错过", "paced": "排队补发", "taken_back": "收回",
}  # fmt: skip


def _report(context: Context, count: dict[str, Any], until: datetime | None, *, as_json: bool) -> None:
    if as_json:
        emit({"until": until.isoformat() if until else None, **{key: count.get(key, 0) for key in NAMES}})
        return
    said = [f"{name} {count[key]}" for key, name in NAMES.items() if count.get(key)]
    click.echo("，".join(said) + "。" if said else context.say("没有到点的内容。", "Nothing was due."))
