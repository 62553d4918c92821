"""Following 企业群发 tasks until they end: look, remind, cancel, reconcile; one chore, safe to run anywhere and twice.

Each look is taken by a conditional update, so that two workers never remind twice. The network is asked outside any
transaction; what it said is written in one of its own.
"""

from __future__ import annotations

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlalchemy.orm import Session

from content_calendar import mass
from content_calendar.tables import MassTask
from workers.runtime import Runtime
from workers.secrets import SecretError
from workers.wecom import account as accounts
from workers.wecom.account import Account
from workers.wecom.api import Answer, Api, Refused, Unsure
from workers.wecom.reconcile import reconcile

log = logging.getLogger("chongfen.wecom")
PAGE = 1000
_GONE = frozenset({41046, 41047})
_CANCELLED = 41093
_TOO_OFTEN = 41094


def follow(runtime: Runtime, *, limit: int = 50) -> Counter[str]:
    """Look at every task that is due; what happened, by name."""
    return asyncio.run(_follow(runtime, limit))


async def _follow(runtime: Runtime, limit: int) -> Counter[str]:
    count: Counter[str] = Counter()
    with runtime.database.read() as session:
        tasks = mass.due(session, now=runtime.clock.now(), limit=limit)
    apis: dict[int, Api | None] = {}
    try:
        for task in tasks:
            if task.brand_id not in apis:
                apis[task.brand_id] = _api(runtime, task.brand_id)
            api = apis[task.brand_id]
            if api is not None and _take(runtime, task):
                count[await _Look(runtime, api, task).go()] += 1
    finally:
        for api in apis.values():
            if api is not None:
                await api.close()
    return count


def _api(runtime: Runtime, brand_id: int) -> Api | None:
    with runtime.database.read() as session:
        try:
            account: Account | None = accounts.load(session, brand_id, runtime.settings.secrets)
        except SecretError:
            account = None
    if account is None:
        log.error("brand %s has mass-send tasks and no usable account", brand_id)
        return None
    return Api(runtime.settings.wecom_url, account, lambda: runtime.clock.now().timestamp())


def _take(runtime: Runtime, task: MassTask) -> bool:
    now = runtime.clock.now()
    with runtime.database.write() as session:
        return mass.take(session, task, again_at=mass.next_look(task, now=now))


class _Look:
    """One look at one task."""

    def __init__(self, runtime: Runtime, api: Api, task: MassTask) -> None:
        self._runtime, self._api, self._task = runtime, api, task
        self._now = runtime.clock.now()

    async def go(self) -> str:
        """Look; what came of it, in a word."""
        if self._task.state == "creating":
            return await reconcile(self._runtime, self._api, self._task)
        self._write(lambda session, task: mass.adopt(session, task, task.msgid, now=self._now))
        over = self._now >= self._task.ends_at
        if over and not await self._cancel():
            return "cancel_unsure"
        rows = await self._rows()
        if isinstance(rows, str):
            return rows
        left = self._record(rows)
        if left == 0 or over:
            self._finish("" if left == 0 else "群主没有在窗口内确认，任务已取消")
            return "done" if left == 0 else "expired"
        return await self._remind()

    async def _rows(self) -> Mapping[str, tuple[int, datetime]] | str:
        """Chat id → (status, when) of the groups the platform dealt with; a word when it does not say."""
        found: dict[str, tuple[int, datetime]] = {}
        cursor = ""
        while True:
            body = {"msgid": self._task.msgid, "userid": self._task.sender, "limit": PAGE, "cursor": cursor}
            answer = await self._api.contact("get_groupmsg_send_result", body)
            if isinstance(answer, Unsure):
                return "unsure"
            if isinstance(answer, Refused):
                return self._refused(answer)
            for row in answer.document.get("send_list") or ():
                status = row.get("status")
                if status:  # 0: not sent yet
                    found[str(row.get("chat_id", ""))] = (
                        int(status),
                        mass.when(row.get("send_time")) or self._now,
                    )
            cursor = str(answer.document.get("next_cursor") or "")
            if not cursor:
                return found

    def _refused(self, answer: Refused) -> str:
        if answer.code in _GONE:
            self._finish("企业微信说没有这个群发任务")
            return "gone"
        if answer.code == _CANCELLED:
            self._finish("群发任务已在企业微信里取消")
            return "expired"
        return "dispatching" if answer.code == 41063 else "refused"

    async def _cancel(self) -> bool:
        """Stop those who have not sent; True when it is sure that nobody can send any more."""
        answer = await self._api.contact("cancel_groupmsg_send", {"msgid": self._task.msgid})
        return isinstance(answer, Answer) or (
            isinstance(answer, Refused) and answer.code in _GONE | {_CANCELLED}
        )

    async def _remind(self) -> str:
        """Spend a reminder when its moment has come. It is written down first: a lost answer spends it too."""
        moment = mass.reminder_at(self._task)
        if moment is None or self._now < moment:
            return "waiting"
        self._write(lambda _session, task: mass.reminded(task, now=self._now))
        answer = await self._api.contact("remind_groupmsg_send", {"msgid": self._task.msgid})
        if isinstance(answer, Refused) and answer.code == _TOO_OFTEN:
            return "reminded_enough"
        return "reminded" if isinstance(answer, Answer) else "remind_failed"

    def _record(self, rows: Mapping[str, tuple[int, datetime]]) -> int:
        with self._runtime.database.write() as session:
            task = session.get_one(MassTask, self._task.id)
            mass.record(session, task, rows, now=self._now)
            return mass.pending(session, task)

    def _finish(self, reason: str) -> None:
        self._write(lambda session, task: mass.finish(session, task, reason=reason, now=self._now))

    def _write(self, work: Callable[[Session, MassTask], object]) -> None:
        with self._runtime.database.write() as session:
            work(session, session.get_one(MassTask, self._task.id))
