"""Telling an owner, once for all groups of a post, that something waits on the list; the list itself is the database.

An app message that cannot be sent, or whose answer is lost, changes nothing: the post stands on the owner's list anyway, and
nothing has reached a customer. The platform's own guard drops the same message said twice within half an hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from content_calendar import forms, roads, zones
from content_calendar.ledger import Outgoing
from content_calendar.roads import Pace
from content_calendar.tables import Brand, Post
from workers.channels.base import Capabilities, Outcome, Tools
from workers.secrets import SecretError
from workers.wecom import account as accounts
from workers.wecom.account import Account
from workers.wecom.api import Answer, Unsure
from workers.wecom.apis import Apis

KEY = "sidebar"
APP_ROAD = "wecom_app"
MEMBER_PACE = Pace(20, burst=4)  # thirty a minute are allowed; more is dropped without a word
SAME_FOR = 1800  # seconds in which the platform drops the same message
FIRST_WORDS = 60  # characters of the post that a message quotes


@dataclass(frozen=True)
class _Told:
    """What telling needs; ``account`` None: there is nobody to tell it through."""

    account: Account | None
    userid: str
    text: str
    why_not: str = ""


class SidebarChannel:
    """See the module."""

    can = Capabilities(
        mode="hand_off", max_bytes=20_000, longest_call=60.0, duplicate_guard="dedupe_key", guard_seconds=SAME_FOR - 300.0,
        concurrency=4, batch=2000, together=("brand_id", "post_id", "owner"),
        carries=frozenset({"text", "markdown", "link", "image"}),
    )  # fmt: skip

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._apis = Apis(tools.settings.wecom_url, lambda: tools.clock.now().timestamp())

    async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
        """Hand the post over; told by app message where there is an app."""
        told = await self._tools.in_thread(lambda: self._prepare(messages))
        code, remote = told.why_not, ""
        if told.account is not None and not told.why_not:
            code, remote = await self._tell(told.account, told)
        return [Outcome("handed_over", code=f"{KEY}.{code}", remote_id=remote)] * len(messages)

    def _prepare(self, messages: Sequence[Outgoing]) -> _Told:
        first, now = messages[0], self._tools.clock.now()
        with self._tools.database.write() as session:
            brand, post = session.get_one(Brand, first.brand_id), session.get_one(Post, first.post_id)
            text = self._words(messages, post.due_at.astimezone(zones.zone(brand.zone)).strftime("%H:%M"))
            try:
                account = accounts.load(session, brand.id, self._tools.settings.secrets)
            except SecretError:
                account = None
            userid = accounts.userids(session, brand.id, [first.owner]).get(first.owner, "")
            if account is None or not account.agent_id or not userid:
                return _Told(None, "", text, "listed")
            key = roads.key_of(APP_ROAD, f"{account.corp_id}:{userid}")
            (found,) = roads.take(session, APP_ROAD, [key], MEMBER_PACE, now=now)
        return _Told(account, userid, text, "" if found.granted else "listed_paced")

    def _words(self, messages: Sequence[Outgoing], slot: str) -> str:
        """What the owner reads: when, how many groups, how it begins, where the list is."""
        first_line = forms.read(messages[0].text).plain.strip().split("\n", 1)[0]
        quoted = first_line[:FIRST_WORDS] + ("…" if len(first_line) > FIRST_WORDS else "")
        lines = [f"{slot} 有 {len(messages)} 个群等你发：", quoted]
        if self._tools.settings.public_url:
            lines.append(f"打开今日待发：{self._tools.settings.public_url.rstrip('/')}/send")
        return "\n".join(lines)

    async def _tell(self, account: Account, told: _Told) -> tuple[str, str]:
        body: dict[str, Any] = {
            "touser": told.userid, "msgtype": "text", "agentid": _number(account.agent_id),
            "text": {"content": told.text}, "enable_duplicate_check": 1, "duplicate_check_interval": SAME_FOR,
        }  # fmt: skip
        answer = await self._apis.of(account).call("/cgi-bin/message/send", body)
        if isinstance(answer, Answer):
            return "told", str(answer.document.get("msgid", ""))
        return ("told_unsure" if isinstance(answer, Unsure) else f"listed.{answer.said}"), ""

    async def close(self) -> None:
        """Close every account's line."""
        await self._apis.close()


def _number(agent: str) -> int | str:
    return int(agent) if agent.isascii() and agent.isdigit() else agent
