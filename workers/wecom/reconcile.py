"""A task whose creating was never answered is looked up in the platform's own list; it is never created again from here.

What identifies it: our text, our sender, made since we asked, and not known as any other task of ours.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from content_calendar import mass
from content_calendar.tables import MassTask
from workers.runtime import Runtime
from workers.wecom.api import Answer, Api

OVERLAP = timedelta(seconds=120)  # the platform's clock and ours may differ
PAGE = 100


async def reconcile(runtime: Runtime, api: Api, task: MassTask) -> str:
    """Look for the task once; what came of it, in a word."""
    now = runtime.clock.now()
    with runtime.database.read() as session:
        if mass.in_call(session, task):
            return "in_call"
        ours = mass.known_msgids(session, task.brand_id)
    msgid = await _search(api, task, ours, now)
    if msgid is None:
        return "unsure"
    if msgid:
        _write(runtime, task, lambda session, row: mass.adopt(session, row, msgid, now=now))
        return "found"
    if task.looks + 1 >= len(mass.RECONCILE):
        _write(runtime, task, lambda session, row: mass.give_up(session, row, now=now))
        return "lost"
    again_at = now + timedelta(seconds=mass.RECONCILE[task.looks + 1])
    _write(runtime, task, lambda _session, row: setattr(row, "look_at", again_at))
    return "not_found_yet"


async def _search(api: Api, task: MassTask, ours: set[str], now: datetime) -> str | None:
    """The task's msgid; "" when the whole list does not hold it, None when the platform did not say."""
    rows = await listed(api, since=task.created_at - OVERLAP, until=now + OVERLAP, made_by=0)
    if rows is None:
        return None
    for row in rows:
        said, msgid = str((row.get("text") or {}).get("content", "")), str(row.get("msgid", ""))
        if msgid in ours or said.strip() != task.text.strip():
            continue
        answer = await api.contact("get_groupmsg_task", {"msgid": msgid, "limit": 1000})
        if not isinstance(answer, Answer):
            return None
        if any(item.get("userid") == task.sender for item in answer.document.get("task_list") or ()):
            return msgid
    return ""


async def listed(api: Api, *, since: datetime, until: datetime, made_by: int) -> list[dict[str, Any]] | None:
    """Mass-sends to groups in a span of time: made by the company (0) or by members (1); None: no whole answer."""
    rows: list[dict[str, Any]] = []
    cursor = ""
    while True:
        body = {
            "chat_type": "group", "start_time": int(since.timestamp()), "end_time": int(until.timestamp()),
            "filter_type": made_by, "limit": PAGE, "cursor": cursor,
        }  # fmt: skip
        answer = await api.contact("get_groupmsg_list_v2", body)
        if not isinstance(answer, Answer):
            return None
        rows += answer.document.get("group_msg_list") or []
        cursor = str(answer.document.get("next_cursor") or "")
        if not cursor:
            return rows


def _write(runtime: Runtime, task: MassTask, work: Callable[[Session, MassTask], object]) -> None:
    with runtime.database.write() as session:
        work(session, session.get_one(MassTask, task.id))
