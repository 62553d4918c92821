"""Greeting a new friend: the owner's approved welcome, said once, within the twenty seconds the platform gives.

The event is claimed before anything is said, the door is asked, pictures are uploaded, then pause and approval are looked at
once more and exactly one call is made. Whatever it ends in is written down as it was.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from content_calendar import forms, friends, occasions, pictures, welcomes
from content_calendar.forms import Message
from content_calendar.ledger import door, texts
from content_calendar.ledger.refusing import refuse
from content_calendar.tables import Brand, Picture, PlatformEvent, Post
from workers.checks.door import DoorCheck
from workers.runtime import Runtime
from workers.secrets import SecretError
from workers.wecom import account as accounts
from workers.wecom.account import Account
from workers.wecom.api import Answer, Api, Refused, Unsure
from workers.wecom.apis import Apis
from workers.wecom.material import NotUploaded, Shelf, attachments

log = logging.getLogger("chongfen.wecom")
TRIES = 3
UPLOADING = 10.0  # seconds for pictures; the rest of twenty is for the call
TOO_LATE = frozenset({41049, 41050})
_DEAD_MEDIA = 40007


@dataclass(frozen=True)
class Ready:
    """An event claimed, and what is to be said."""

    event_id: int
    post_id: int
    digest: str
    account: Account
    welcome_code: str
    said: Message
    pictures: tuple[Picture, ...]
    deadline: datetime
    last: bool


class Greeter:
    """Greets from one event loop; database work runs beside it. ``sleep``: how to wait between two tries."""

    def __init__(self, runtime: Runtime, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._runtime, self._sleep = runtime, sleep
        self._apis = Apis(runtime.settings.wecom_url, self._seconds)
        self._shelf = Shelf(self._seconds)
        self._inspect = DoorCheck()
        self._one = threading.Lock()  # the door's memory is used by one thread at a time

    def _seconds(self) -> float:
        return self._runtime.clock.now().timestamp()

    async def greet(self, event_id: int) -> str:
        """Say the welcome of this event; its state afterwards (empty: somebody else has it)."""
        while True:
            ready = await asyncio.to_thread(self._prepare, event_id)
            if isinstance(ready, str):
                return ready
            state, wait = await self._say(ready)
            if state != "waiting":
                return state
            await self._sleep(wait)

    def _prepare(self, event_id: int) -> Ready | str:
        """Claim the event with what is to be said; the state it ended in when nothing can be."""
        now = self._runtime.clock.now()
        with self._one, self._runtime.database.write() as session:
            event = session.get(PlatformEvent, event_id)
            if event is None or event.state != "waiting":
                return ""
            found = self._found(session, event, now)
            if isinstance(found, tuple):
                friends.end(session, event_id, found[0], code=found[1], now=now)
                return found[0]
            mine = friends.claim(
                session, event_id, now=now, post_id=found.post_id, revision_hash=found.digest
            )
            return found if mine else ""

    def _found(self, session: Session, event: PlatformEvent, now: datetime) -> Ready | tuple[str, str]:
        """What to say; (state, why) when it will not be said."""
        if now > event.received_at + friends.LIFE:
            return "too_late", "waited"
        brand = session.get_one(Brand, event.brand_id)
        if brand.paused_at is not None:
            return "skipped", "paused"
        post = welcomes.holding(session, brand.id, occasions.FRIEND, event.owner)
        if post is None:
            return "skipped", "no_text"
        said = welcome_text(session, brand, post, self._inspect, now=now)
        if isinstance(said, door.Refusal):
            refuse(session, post.id, said, now=now)
            return "skipped", f"door.{said.code}"
        granted, message = said
        try:
            account = accounts.load(session, brand.id, self._runtime.settings.secrets)
        except SecretError as error:
            return "skipped", error.code
        known = pictures.load(session, brand.id, message.pictures)
        if account is None or len(known) != len(set(message.pictures)):
            return "skipped", "no_account" if account is None else "picture_missing"
        shown = tuple(known[digest] for digest in message.pictures)
        return Ready(
            event.id, post.id, granted.revision.hash, account, event.welcome_code, message, shown,
            event.received_at + friends.LIFE, event.tries + 1 >= TRIES,
        )  # fmt: skip

    async def _say(self, ready: Ready) -> tuple[str, float]:
        """The state the event is in now, and for how long to wait when it is to be tried again."""
        api = self._apis.of(ready.account)
        media = await self._shelf.ids(api, ready.pictures, within=UPLOADING)
        if isinstance(media, NotUploaded):
            return await asyncio.to_thread(self._ended, ready, "refused", media.said), 0.0
        why = await asyncio.to_thread(self._forbidden, ready)
        if why:
            return await asyncio.to_thread(self._ended, ready, "skipped", why), 0.0
        answer = await send(api, ready.welcome_code, ready.said, media)
        return await self._settled(ready, answer)

    def _forbidden(self, ready: Ready) -> str:
        """The last look, right before the call: pause and approval; empty when it may be said."""
        now = self._runtime.clock.now()
        if now > ready.deadline:
            return "waited"
        with self._runtime.database.read() as session:
            post = session.get_one(Post, ready.post_id)
            if session.get_one(Brand, post.brand_id).paused_at is not None:
                return "paused"
            verdict = door.check(session, post, now)
            same = isinstance(verdict, door.Granted) and verdict.revision.hash == ready.digest
            return "" if same and post.state == "approved" else "door.changed"

    async def _settled(self, ready: Ready, answer: Answer | Refused | Unsure) -> tuple[str, float]:
        if isinstance(answer, Answer):
            return await asyncio.to_thread(self._ended, ready, "sent", "wecom.0"), 0.0
        if isinstance(answer, Unsure):
            return await asyncio.to_thread(self._ended, ready, "unknown", answer.said), 0.0
        if answer.code == _DEAD_MEDIA:
            self._shelf.forget(ready.pictures)
        wait = 0.0 if answer.code == _DEAD_MEDIA and ready.pictures else answer.wait
        later = self._runtime.clock.now() + timedelta(seconds=wait or 0.0)
        if wait is not None and not ready.last and later < ready.deadline:
            await asyncio.to_thread(self._again, ready, answer.said)
            return "waiting", wait
        state = "too_late" if answer.code in TOO_LATE else "refused"
        return await asyncio.to_thread(self._ended, ready, state, answer.said), 0.0

    def _again(self, ready: Ready, code: str) -> None:
        with self._runtime.database.write() as session:
            friends.again(session, ready.event_id, code=code)

    def _ended(self, ready: Ready, state: str, code: str) -> str:
        with self._runtime.database.write() as session:
            friends.end(session, ready.event_id, state, code=code, now=self._runtime.clock.now())
        log.info("welcome %s %s %s", ready.event_id, state, code)
        return state

    async def close(self) -> None:
        """Close the lines."""
        await self._apis.close()


def welcome_text(
    session: Session, brand: Brand, post: Post, inspect: door.Inspector, *, now: datetime
) -> tuple[door.Granted, Message] | door.Refusal:
    """The approved words as they are said now, when the door, the rules and the platform's limits let them."""
    verdict = door.check(session, post, now)
    if isinstance(verdict, door.Refusal):
        return verdict
    spoken = texts.said(session, brand, post, verdict.revision, now=now)
    refusal = inspect(
        session, door.Outbound(post, verdict.revision, spoken.text, spoken.values, verdict.lifted), now
    )
    if refusal is not None:
        return refusal
    wrong = occasions.unfit(post.occasion, spoken.text)
    if wrong is not None:
        return door.Refusal("unfit", f"{wrong[0]}。")
    return verdict, forms.read(spoken.text)


async def send(api: Api, welcome_code: str, said: Message, media: list[str]) -> Answer | Refused | Unsure:
    """The one call."""
    body: dict[str, Any] = {"welcome_code": welcome_code, "text": {"content": said.worded}}
    extras = attachments(said, media)
    return await api.contact("send_welcome_msg", body | ({"attachments": extras} if extras else {}))


def greet_left(runtime: Runtime) -> int:
    """Greet whom no process took in hand, and tidy up; how many events were moved. For a chore."""
    now = runtime.clock.now()
    with runtime.database.read() as session:
        waiting = friends.left(session, older_than=now - timedelta(seconds=2))
    done = len(waiting)
    if waiting:
        asyncio.run(_greet(runtime, list(waiting)))
    with runtime.database.write() as session:
        return done + friends.tidy(session, now=now).total() + welcomes.end(session, now=now)


async def _greet(runtime: Runtime, ids: list[int]) -> None:
    greeter = Greeter(runtime)
    try:
        await asyncio.gather(*(greeter.greet(event_id) for event_id in ids))
    finally:
        await greeter.close()
