"""企业群发: tasks that a member must confirm, their states and rows, reminders, cancelling, and the groups' allowance.

Creating sends nothing. When the member confirms, each group either gets it (1) or has used its allowance up (3);
only rows of groups that were dealt with are returned.
"""

from __future__ import annotations

import calendar
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from . import attachments

SHANGHAI = timezone(timedelta(hours=8))
TEXT_BYTES = 4000
MOST_GROUPS = 2000
REMINDERS = 3


@dataclass
class Task:
    """One task of one sender. ``rows``: chat id → (status, time)."""

    msgid: str
    sender: str
    chats: list[str]
    text: str
    attachments: list[dict[str, Any]]
    created: float
    by_hand: bool = False
    cancelled: bool = False
    status: int = 0  # 0 not sent, 2 sent
    sent_at: float = 0.0
    rows: dict[str, tuple[int, float]] = field(default_factory=dict)
    reminded: list[float] = field(default_factory=list)


@dataclass
class Mass:
    """``groups``: chat id → owner. ``quota``: month_days | week_7 | day_1. ``settling``: seconds of 41063 after creating."""

    media_lives: attachments.Lives
    groups: dict[str, str] = field(default_factory=dict)
    open: bool = True
    quota: str = "month_days"
    settling: float = 3.0
    tasks: dict[str, Task] = field(default_factory=dict)
    heard: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))

    def create(self, asked: dict[str, Any], now: float) -> dict[str, Any]:
        """The answer of add_msg_template (chat_type group)."""
        code = self._wrong(asked, now)
        if code:
            return {"errcode": code, "errmsg": f"error {code}"}
        sender, wanted = str(asked["sender"]), [str(chat) for chat in asked.get("chat_id_list") or []]
        if self.open:
            for chat in wanted:
                self.groups.setdefault(chat, sender)
        good = [chat for chat in wanted if self.groups.get(chat) == sender]
        if not good:
            return {"errcode": 41048, "errmsg": "no user to send"}
        msgid = f"msg{len(self.tasks) + 1:08d}"
        text = str((asked.get("text") or {}).get("content", ""))
        self.tasks[msgid] = Task(msgid, sender, good, text, list(asked.get("attachments") or []), now)
        failed = [chat for chat in wanted if chat not in good]
        return {"errcode": 0, "errmsg": "ok", "fail_list": failed, "msgid": msgid}

    def _wrong(self, asked: dict[str, Any], now: float) -> int:
        if asked.get("chat_type") != "group":
            return 86214
        if not asked.get("sender"):
            return 40058
        if len(asked.get("chat_id_list") or []) > MOST_GROUPS:
            return 81017
        return attachments.wrong(asked, self.media_lives, now, text_bytes=TEXT_BYTES)

    def find(self, msgid: object, now: float) -> Task | int:
        """The task, or the errcode of asking for it."""
        if not msgid:
            return 41046
        task = self.tasks.get(str(msgid))
        if task is None:
            return 41047
        return 41063 if now < task.created + self.settling else task

    def listed(self, asked: dict[str, Any]) -> list[dict[str, Any]]:
        """Rows of get_groupmsg_list_v2, oldest first; ``creator`` is absent for what the API made."""
        wanted = int(asked.get("filter_type", 2))
        return [
            {
                "msgid": task.msgid, "create_time": int(task.created), "create_type": int(task.by_hand),
                "text": {"content": task.text}, "attachments": task.attachments,
                **({"creator": task.sender} if task.by_hand else {}),
            }
            for task in self.tasks.values()
            if asked["start_time"] <= task.created <= asked["end_time"]
            and (wanted == 2 or wanted == int(task.by_hand))
        ]  # fmt: skip

    def remind(self, task: Task, now: float) -> int:
        """Nudge the member; at most three times in a day."""
        if task.cancelled:
            return 41093
        task.reminded = [at for at in task.reminded if at > now - 86_400]
        if len(task.reminded) >= REMINDERS:
            return 41094
        task.reminded.append(now)
        return 0

    def confirm(self, msgid: str, now: float, chats: Iterable[str] | None = None) -> None:
        """The member taps "send" (for all groups, or for ``chats`` only)."""
        task = self.tasks[msgid]
        if task.cancelled:
            raise ValueError("the task was cancelled")
        for chat in task.chats if chats is None else chats:
            if chat not in task.rows:
                task.rows[chat] = (1 if self._take(chat, now) else 3, now)
        task.status, task.sent_at = 2, now

    def by_hand(self, sender: str, chats: list[str], text: str, now: float) -> str:
        """A member makes and sends a mass-send of their own."""
        msgid = f"msg{len(self.tasks) + 1:08d}"
        for chat in chats:
            self.groups.setdefault(chat, sender)
        self.tasks[msgid] = Task(msgid, sender, chats, text, [], now, by_hand=True)
        self.confirm(msgid, now)
        return msgid

    def _take(self, chat: str, now: float) -> bool:
        """Count one mass-send into a group unless its allowance is used up."""
        today = datetime.fromtimestamp(now, SHANGHAI)
        days = [datetime.fromtimestamp(at, SHANGHAI) for at in self.heard[chat]]
        if self.quota == "day_1":
            used, allowed = sum(day.date() == today.date() for day in days), 1
        elif self.quota == "week_7":
            used, allowed = sum(day.isocalendar()[:2] == today.isocalendar()[:2] for day in days), 7
        else:
            used = sum((day.year, day.month) == (today.year, today.month) for day in days)
            allowed = calendar.monthrange(today.year, today.month)[1]
        if used >= allowed:
            return False
        self.heard[chat].append(now)
        return True
