"""Creating one task for one owner's groups: prepare, write it down, make exactly one call.

Token and pictures come first; if they fail nothing was created. The task is on record before the call, so that a lost
answer can be looked up in the platform's list instead of being created twice.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from content_calendar import forms, mass, notices, pictures
from content_calendar.forms import Message
from content_calendar.ledger import Outgoing
from content_calendar.tables import Picture
from workers.channels.base import Capabilities, Outcome, Tools
from workers.secrets import SecretError
from workers.wecom import account as accounts
from workers.wecom.account import Account
from workers.wecom.api import Answer, Refused, Unsure
from workers.wecom.apis import Apis
from workers.wecom.material import NotUploaded, attachments, uploaded

TEXT_BYTES = 4000
MOST_GROUPS = 2000
MOST_ATTACHMENTS = 9
PREPARING = 40.0  # seconds for token and pictures together
KEY = "wecom_mass"


@dataclass(frozen=True)
class _Ready:
    """What a call needs."""

    account: Account
    sender: str
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class _Not:
    """Why there can be no call."""

    code: str
    text: str


class MassChannel:
    """See the module. ``read_back``: an unknown outcome is looked up in the list of tasks."""

    can = Capabilities(
        mode="confirm", max_bytes=20_000, longest_call=85.0, duplicate_guard="read_back", concurrency=4,
        batch=MOST_GROUPS, together=("brand_id", "post_id", "owner", "text"),
        carries=frozenset({"text", "link", "image"}),
    )  # fmt: skip

    def __init__(self, tools: Tools) -> None:
        self._tools = tools
        self._apis = Apis(tools.settings.wecom_url, lambda: tools.clock.now().timestamp())

    async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
        """One task for all of them; they are of one post and one owner."""
        outcomes = {message.delivery_id: _unaddressed(message, messages) for message in messages}
        good = [message for message in messages if outcomes[message.delivery_id] is None]
        if good:
            outcomes |= await self._task(good)
        return [outcomes[message.delivery_id] or Outcome("unknown") for message in messages]

    async def _task(self, messages: Sequence[Outgoing]) -> dict[str, Outcome | None]:
        said = forms.read(messages[0].text)
        ready = await self._tools.in_thread(lambda: self._ready(messages, said))
        if isinstance(ready, _Not):
            return dict.fromkeys(
                (m.delivery_id for m in messages), Outcome("refused", ready.code, permanent=True)
            )
        api = self._apis.of(ready.account)
        media = await uploaded(api, ready.pictures, within=PREPARING)
        if isinstance(media, NotUploaded):
            outcome = Outcome("refused", code=f"{KEY}.{media.said}", permanent=media.final)
            return dict.fromkeys((message.delivery_id for message in messages), outcome)
        body = _body(messages, said, ready.sender, media)
        await self._tools.in_thread(lambda: self._begin(messages, ready.sender, body["text"]["content"]))
        answer = await api.contact("add_msg_template", body)
        return await self._tools.in_thread(lambda: self._settle(messages, answer))

    def _ready(self, messages: Sequence[Outgoing], said: Message) -> _Ready | _Not:
        first = messages[0]
        with self._tools.database.write() as session:
            try:
                account = accounts.load(session, first.brand_id, self._tools.settings.secrets)
            except SecretError as error:
                return _Not(error.code, str(error))
            sender = accounts.userids(session, first.brand_id, [first.owner]).get(first.owner, "")
            found = pictures.load(session, first.brand_id, said.pictures)
            why = _wrong(account, sender, first.owner, said, len(found))
            if why is not None:
                notices.tell(
                    session, brand_id=first.brand_id, code=why.code, subject=f"owner:{first.owner}"[:80],
                    now=self._tools.clock.now(), level="alarm", text=why.text, again=True,
                )  # fmt: skip
                return why
        assert account is not None
        return _Ready(account, sender, tuple(found[digest] for digest in said.pictures))

    def _begin(self, messages: Sequence[Outgoing], sender: str, text: str) -> None:
        with self._tools.database.write() as session:
            mass.begin(session, messages, sender=sender, text=text, now=self._tools.clock.now())

    def _settle(
        self, messages: Sequence[Outgoing], answer: Answer | Refused | Unsure
    ) -> dict[str, Outcome | None]:
        key, now = mass.task_id(messages), self._tools.clock.now()
        with self._tools.database.write() as session:
            if isinstance(answer, Unsure):
                mass.lost(session, key, now=now)
                return dict.fromkeys((m.delivery_id for m in messages), Outcome("unknown", code=answer.said))
            if isinstance(answer, Refused):
                mass.not_created(session, key)
                outcome = Outcome(
                    "refused", answer.said, retry_after=answer.wait, permanent=answer.wait is None
                )
                return dict.fromkeys((message.delivery_id for message in messages), outcome)
            msgid = str(answer.document.get("msgid", ""))
            failed = {str(chat) for chat in answer.document.get("fail_list") or ()}
            mass.created(session, key, msgid, failed, now=now)
        no = Outcome("refused", code=f"{KEY}.fail_list", permanent=True)
        yes = Outcome("handed_over", code=f"{KEY}.0", remote_id=msgid)
        return {message.delivery_id: no if message.address in failed else yes for message in messages}

    async def close(self) -> None:
        """Close every account's line."""
        await self._apis.close()


def _unaddressed(message: Outgoing, messages: Sequence[Outgoing]) -> Outcome | None:
    """A group without a chat id, or with another's: it cannot stand in a task."""
    if not message.address:
        return Outcome("refused", code=f"{KEY}.no_chat_id", permanent=True)
    first = next(other for other in messages if other.address == message.address)
    return None if first is message else Outcome("refused", code=f"{KEY}.same_chat_id", permanent=True)


def _wrong(account: Account | None, sender: str, owner: str, said: Message, found: int) -> _Not | None:
    if account is None:
        return _Not(
            f"{KEY}.no_account",
            "还没有接通企业微信应用，企业群发没有创建。请主管到「设置」的「通道设置」接通。",
        )
    if not sender:
        return _Not(
            f"{KEY}.owner_unknown",
            f"不知道群主「{owner}」的企业微信账号，群发没有创建。请主管到「设置」的「通道设置」填上。",
        )
    if found != len(set(said.pictures)):
        return _Not(f"{KEY}.picture_missing", "内容里的图片不在图库里，群发没有创建。")
    if len(said.pictures) + said.carded > MOST_ATTACHMENTS or len(said.worded.encode()) > TEXT_BYTES:
        return _Not(f"{KEY}.too_much", "内容超过企业群发的上限（4000 字节、9 个附件），没有创建。")
    return None


def _body(messages: Sequence[Outgoing], said: Message, sender: str, media: Sequence[str]) -> dict[str, Any]:
    extras = attachments(said, media)
    body: dict[str, Any] = {
        "chat_type": "group", "sender": sender, "chat_id_list": [message.address for message in messages],
        "text": {"content": said.worded},
    }  # fmt: skip
    return body | ({"attachments": extras} if extras else {})
