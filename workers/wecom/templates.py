"""Keeping the groups' welcome templates what the approved posts say: made, changed, taken away; one chore, safe to run twice.

What is about to be done is written down before each call. While the brand is paused nothing is made or changed, but what
is no longer approved is still taken away.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from content_calendar import group_templates, pictures
from content_calendar.forms import Message
from content_calendar.ledger import door
from content_calendar.ledger.refusing import refuse
from content_calendar.tables import Brand, Picture, Post
from workers import turns
from workers.checks.door import DoorCheck
from workers.runtime import Runtime
from workers.secrets import SecretError
from workers.wecom import account as accounts
from workers.wecom.account import Account
from workers.wecom.api import Answer, Api, Refused, Unsure
from workers.wecom.greeting import welcome_text
from workers.wecom.material import NotUploaded, attachments, uploaded

EVERY = timedelta(seconds=15)
UPLOADING = 30.0  # seconds
CALL = "group_welcome_template/"


@dataclass(frozen=True)
class _Wanted:
    """One template as it should be. ``template_id`` empty: it has to be made."""

    post_id: int
    digest: str
    template_id: str
    said: Message
    pictures: tuple[Picture, ...]


@dataclass(frozen=True)
class _Round:
    """What one brand needs now."""

    account: Account
    wanted: tuple[_Wanted, ...]
    gone: tuple[tuple[int, str], ...]  # post id, template id


def follow(runtime: Runtime) -> Counter[str]:
    """Bring every brand's templates up to its posts; what happened, by name."""
    now = runtime.clock.now()
    count: Counter[str] = Counter()
    with runtime.database.read() as session:
        found = [brand.id for brand in group_templates.brands(session)]
    for brand_id in found:
        with runtime.database.write() as session:
            group_templates.died(session, now=now)
            mine = turns.take(session, f"templates:{brand_id}", now=now, since=now - EVERY)
            todo = _look(runtime, session, brand_id) if mine else None
        if todo is not None and (todo.wanted or todo.gone):
            count += asyncio.run(_go(runtime, brand_id, todo))
    return count


def _look(runtime: Runtime, session: Session, brand_id: int) -> _Round | None:
    now = runtime.clock.now()
    brand = session.get_one(Brand, brand_id)
    try:
        account = accounts.load(session, brand_id, runtime.settings.secrets)
    except SecretError:
        account = None
    if account is None:
        return None
    rows = group_templates.rows(session, brand_id)
    wanted = _wanted(session, brand, now, DoorCheck())
    standing = {
        post.id for post in group_templates.approved(session, brand_id)
    }  # the door may have held some
    gone = [
        (row.post_id, row.template_id) for row in rows.values()
        if row.state in {"standing", "changing", "removing"} and row.post_id not in standing
    ]  # fmt: skip
    todo: list[_Wanted] = []
    for one in () if brand.paused_at is not None else wanted:
        row = rows.get(one.post_id)
        if row is not None and row.state in {"standing", "changing"}:
            if row.revision_hash != one.digest or row.state == "changing":
                todo.append(_Wanted(one.post_id, one.digest, row.template_id, one.said, one.pictures))
        elif (
            row is None
            or row.state == "removed"
            or (row.state, row.revision_hash != one.digest) == ("refused", True)
        ):
            todo.append(one)
    return _Round(account, tuple(todo), tuple(gone))


def _wanted(session: Session, brand: Brand, now: datetime, inspect: door.Inspector) -> list[_Wanted]:
    """The approved texts the door lets through; the others are held there."""
    found: list[_Wanted] = []
    for post in group_templates.approved(session, brand.id):
        said = welcome_text(session, brand, post, inspect, now=now)
        if isinstance(said, door.Refusal):
            refuse(session, post.id, said, now=now)
            continue
        granted, message = said
        known = pictures.load(session, brand.id, message.pictures)
        if len(known) != len(set(message.pictures)):
            refuse(
                session,
                post.id,
                door.Refusal("picture_missing", "内容里的图片不在图库里，请重新放图。"),
                now=now,
            )
            continue
        shown = tuple(known[digest] for digest in message.pictures)
        found.append(_Wanted(post.id, granted.revision.hash, "", message, shown))
    return found


async def _go(runtime: Runtime, brand_id: int, todo: _Round) -> Counter[str]:
    api = Api(runtime.settings.wecom_url, todo.account, lambda: runtime.clock.now().timestamp())
    hand = _Hand(runtime, brand_id, api)
    try:
        said = [await hand.remove(post_id, template_id) for post_id, template_id in todo.gone]
        said += [await (hand.change(one) if one.template_id else hand.make(one)) for one in todo.wanted]
        return Counter(said)
    finally:
        await api.close()


class _Hand:
    """The calls about one brand's templates."""

    def __init__(self, runtime: Runtime, brand_id: int, api: Api) -> None:
        self._runtime, self._brand_id, self._api = runtime, brand_id, api

    async def make(self, one: _Wanted) -> str:
        """A new template; its answer lost, it is never made again without a person."""
        body = await self._body(one)
        if body is None:
            return "not_uploaded"
        with self._runtime.database.write() as session:
            post, now = session.get_one(Post, one.post_id), self._runtime.clock.now()
            paused = session.get_one(Brand, self._brand_id).paused_at is not None
            if (
                paused
                or post.state != "approved"
                or not group_templates.begin(session, post, one.digest, now=now)
            ):
                return "not_now"
        answer = await self._api.contact(f"{CALL}add", {**body, "notify": 1})
        if isinstance(answer, Answer):
            template_id = str(answer.document.get("template_id", ""))
            return self._turn(one.post_id, "standing", ("making",), template_id=template_id, code="wecom.0")
        if isinstance(answer, Unsure):
            return self._turn(one.post_id, "unknown", ("making",), why="没有得到回答", code=answer.said)
        if answer.wait is not None:
            return self._turn(one.post_id, "removed", ("making",), code=answer.said)  # not made: later
        return self._turn(
            one.post_id, "refused", ("making",), why=f"没建成（{answer.said}）", code=answer.said
        )

    async def change(self, one: _Wanted) -> str:
        """New words for a template; saying them twice does no harm, so a lost answer is asked again."""
        body = await self._body(one)
        if body is None:
            return "not_uploaded"
        if not self._turn(one.post_id, "changing", ("standing", "changing"), revision_hash=one.digest):
            return "not_now"
        answer = await self._api.contact(f"{CALL}edit", {**body, "template_id": one.template_id})
        if isinstance(answer, Answer):
            return self._turn(one.post_id, "standing", ("changing",), code="wecom.0")
        if isinstance(answer, Refused) and answer.wait is None:
            return self._turn(
                one.post_id,
                "refused",
                ("changing",),
                why=f"没改成，旧的话可能还在（{answer.said}）",
                code=answer.said,
            )
        return "changing"

    async def remove(self, post_id: int, template_id: str) -> str:
        """Take it away; refused, it is asked whether there still is one."""
        if not self._turn(post_id, "removing", ("standing", "changing", "removing")):
            return "not_now"
        answer = await self._api.contact(f"{CALL}del", {"template_id": template_id})
        if isinstance(answer, Refused) and answer.wait is None:
            there = await self._api.contact(f"{CALL}get", {"template_id": template_id})
            if isinstance(there, Answer):
                return self._turn(
                    post_id, "removing", ("removing",), why=f"撤不下来（{answer.said}）", code=answer.said
                )
            if isinstance(there, Unsure):
                return "removing"
        elif not isinstance(answer, Answer):
            return "removing"
        return self._turn(post_id, "removed", ("removing",), template_id="", code="")

    async def _body(self, one: _Wanted) -> dict[str, Any] | None:
        """Words and the one thing beside them; None when a picture cannot be uploaded now."""
        media = await uploaded(self._api, one.pictures, within=UPLOADING)
        if isinstance(media, NotUploaded):
            return None
        extras = attachments(one.said, media)[:1]
        return {
            "text": {"content": one.said.worded},
            **{item["msgtype"]: item[item["msgtype"]] for item in extras},
        }

    def _turn(self, post_id: int, to: str, expected: tuple[str, ...], *, why: str = "", **values: Any) -> str:
        now = self._runtime.clock.now()
        with self._runtime.database.write() as session:
            if not group_templates.turn(session, post_id, to, expected=expected, now=now, **values):
                return ""
            if why:
                group_templates.tell(session, self._brand_id, post_id, why, now=now)
        return to
