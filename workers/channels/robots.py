"""What the three group robots have in common: one road per robot, one POST per message (or part), a table of codes.

A platform's folder says where a robot lives, how its bodies look and what each code proves. Codes that are in no table
prove nothing: the outcome is unknown and a person looks. A code that means the robot is gone closes its road, and the
lead is told.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal, Protocol

from content_calendar import forms, notices, pictures, roads
from content_calendar.forms import Message
from content_calendar.ledger import Outgoing
from workers.channels import several
from workers.channels.base import Capabilities, Outcome, Tools
from workers.channels.posting import Line, Lost, Reply
from workers.secrets import SecretError

log = logging.getLogger("chongfen.channels")
BUSY_TRIES = 3  # "system busy" may be tried three times, says the platform


@dataclass(frozen=True)
class Rule:
    """What a code proves and what to do. ``wait``: seconds before another try, or of a block.

    ``only``: words of the message; a code that means several things is taken for a plain refusal when none of them stands there.
    """

    do: Literal["retry", "block", "refuse", "disable"]
    wait: float = 0.0
    only: tuple[str, ...] = ()

    def read(self, said: str) -> Rule:
        """What the code means beside this message."""
        fits = not self.only or any(word in said.lower() for word in self.only)
        return self if fits else Rule("refuse")


@dataclass(frozen=True)
class Call:
    """One POST: where, with which query, with which body."""

    path: str
    query: dict[str, str]
    body: dict[str, Any]


class Platform(Protocol):
    """What a robot's folder says of itself."""

    key: str
    name: str
    code_field: str
    rules: Mapping[int, Rule]

    def robot(self, address: str) -> str:
        """What identifies the robot in an address; empty when the address is none of this platform's."""
        ...

    def call(self, address: str, message: Message, images: Mapping[str, bytes], now: float) -> Call | None:
        """The POST for a message; None when this platform cannot carry it."""
        ...

    def parts(self, message: Message) -> Sequence[Message]:
        """What one call each carries of a message; most platforms take it whole."""
        ...


class RobotChannel:
    """A channel over one platform's robots."""

    def __init__(self, tools: Tools, platform: Platform, base: str, can: Capabilities) -> None:
        self._tools, self._platform, self.can = tools, platform, can
        self._secrets = tools.settings.secrets
        self._line = Line(base, concurrency=can.concurrency)

    def road(self, address: str) -> str:
        """The robot's road."""
        try:
            robot = self._platform.robot(self._secrets.open(address))
        except SecretError:
            return ""
        return roads.key_of(self._platform.key, robot) if robot else ""

    async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
        """One POST for the one message given."""
        (message,) = messages
        try:
            address = self._secrets.open(message.address)
        except SecretError as error:
            return [Outcome("refused", code=error.code, permanent=True)]
        if not self._platform.robot(address):
            return [Outcome("refused", code=f"{self._platform.key}.address", permanent=True)]
        return [await self._post(message, address)]

    async def _post(self, message: Outgoing, address: str) -> Outcome:
        said = forms.read(message.text)
        images = await self._images(message, said)
        parts = self._platform.parts(said)
        calls = [self._call(address, part, images) for part in parts]
        if any(call is None for call in calls):
            return Outcome("refused", code=f"{self._platform.key}.cannot_carry", permanent=True)

        async def say(part: Message) -> Outcome:
            call = self._call(address, part, images)  # signed anew: seconds may have passed
            assert call is not None
            return await self._judge(message, await self._line.post(call.path, call.body, query=call.query))

        if len(parts) == 1 or self.can.pace is None:
            return await say(parts[0])
        robot = several.Robot(self._platform.key, self.road(message.address), self.can.pace, say)
        return await several.send(self._tools, message, parts, robot)

    def _call(self, address: str, part: Message, images: Mapping[str, bytes] | None) -> Call | None:
        if images is None:
            return None
        return self._platform.call(address, part, images, self._tools.clock.now().timestamp())

    async def _images(self, message: Outgoing, said: Message) -> Mapping[str, bytes] | None:
        """The bytes of the message's pictures; None when one of them is not there any more."""
        if not said.pictures:
            return {}

        def load() -> dict[str, bytes]:
            with self._tools.database.read() as session:
                found = pictures.load(session, message.brand_id, said.pictures)
                return {digest: picture.content for digest, picture in found.items()}

        images = await self._tools.in_thread(load)
        return images if set(images) == set(said.pictures) else None

    async def _judge(self, message: Outgoing, reply: Reply | Lost) -> Outcome:
        key = self._platform.key
        if isinstance(reply, Lost):
            return Outcome("unknown" if reply.connected else "refused", code=f"{key}.{reply.why}")
        code = (reply.document or {}).get(self._platform.code_field)
        if not isinstance(code, int) or isinstance(code, bool):
            return _by_status(key, reply.status)
        if code == 0:
            return Outcome("sent", code=_ok(key, reply))
        rule = self._platform.rules.get(code)
        if rule is None:
            return Outcome("unknown", code=f"{key}.{code}")
        said = str((reply.document or {}).get("errmsg") or (reply.document or {}).get("msg") or "")
        return await self._ruled(message, code, rule.read(said))

    async def _ruled(self, message: Outgoing, code: int, rule: Rule) -> Outcome:
        said = f"{self._platform.key}.{code}"
        if rule.do == "refuse":
            return Outcome("refused", code=said, permanent=True)
        if rule.do == "disable":
            await self._tools.in_thread(lambda: self._close(message, code))
            return Outcome("refused", code=said, permanent=True)
        if rule.do == "block":
            await self._tools.in_thread(lambda: self._block(message, rule.wait))
            return Outcome("refused", code=said, retry_after=rule.wait)
        return Outcome("refused", code=said, retry_after=rule.wait, permanent=message.number >= BUSY_TRIES)

    def _block(self, message: Outgoing, seconds: float) -> None:
        until = self._tools.clock.now() + timedelta(seconds=seconds)
        with self._tools.database.write() as session:
            roads.block(session, self._platform.key, self.road(message.address), until=until)

    def _close(self, message: Outgoing, code: int) -> None:
        now = self._tools.clock.now()
        with self._tools.database.write() as session:
            closed = roads.disable(
                session,
                self._platform.key,
                self.road(message.address),
                code=f"{self._platform.key}.{code}",
                now=now,
            )
            notices.tell(
                session, brand_id=message.brand_id, code="channel.disabled", subject=f"group:{message.group_id}",
                now=now, level="alarm", again=closed,
                text=f"「{message.group_name}」的{self._platform.name}用不了（错误码 {code}），已停用。"
                "请在群里重新添加机器人、把新地址填进工作簿再导入；地址没变就到「设置」的「通道设置」重新启用。",
            )  # fmt: skip

    async def close(self) -> None:
        """Close the connections."""
        await self._line.close()


def _ok(key: str, reply: Reply) -> str:
    """Sent; the platform may have read only part of a body, which it says in passing."""
    said = str((reply.document or {}).get("errmsg", ""))
    if "wrong json" in said.lower():
        log.warning("%s read only part of a message", key)
        return f"{key}.0.partly_read"
    return f"{key}.0"


def _by_status(key: str, status: int) -> Outcome:
    """An answer that is not the platform's JSON: a gateway in between. Only a 4xx proves that nothing was taken."""
    code = f"{key}.http.{status}"
    if status in {408, 425, 429}:
        return Outcome("refused", code=code)
    if 300 <= status < 500:
        return Outcome("refused", code=code, permanent=True)
    return Outcome("unknown", code=code)
