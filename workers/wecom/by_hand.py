"""Counting what members mass-sent by hand: it uses the same allowance of a group, and nobody calls us about it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

from sqlalchemy import select

from content_calendar import mass, quota, zones
from content_calendar.tables import Brand, ChannelAccount
from workers import turns
from workers.runtime import Runtime
from workers.secrets import SecretError
from workers.wecom import account as accounts
from workers.wecom.api import Answer, Api
from workers.wecom.reconcile import listed

EVERY = timedelta(minutes=30)
BACK = timedelta(days=2)
FIRST_BACK = timedelta(days=30)  # the platform lists at most a month


def count_by_hand(runtime: Runtime) -> int:
    """Every brand with an account, each at most once in half an hour; how many sends were new."""
    now = runtime.clock.now()
    with runtime.database.read() as session:
        wanted = session.scalars(
            select(Brand)
            .join(ChannelAccount, ChannelAccount.brand_id == Brand.id)
            .where(Brand.demo.is_(False))
        ).all()
    found = 0
    for brand in wanted:
        with runtime.database.write() as session:
            mine = turns.take(session, f"by_hand:{brand.id}", now=now, since=now - EVERY)
        if mine:
            found += asyncio.run(_count(runtime, brand, now))
    return found


async def _count(runtime: Runtime, brand: Brand, now: datetime) -> int:
    with runtime.database.read() as session:
        try:
            account = accounts.load(session, brand.id, runtime.settings.secrets)
        except SecretError:
            account = None
        known = quota.counted(session, brand)
    if account is None:
        return 0
    api = Api(runtime.settings.wecom_url, account, lambda: runtime.clock.now().timestamp())
    try:
        rows = await listed(api, since=now - (BACK if known else FIRST_BACK), until=now, made_by=1)
        found = 0
        for row in rows or ():
            msgid, creator = str(row.get("msgid", "")), str(row.get("creator", ""))
            if msgid and creator and msgid not in known:
                found += await _one(runtime, brand, api, msgid, creator)
        return found
    finally:
        await api.close()


async def _one(runtime: Runtime, brand: Brand, api: Api, msgid: str, creator: str) -> int:
    chats: dict[str, datetime] = {}
    cursor = ""
    while True:
        body = {"msgid": msgid, "userid": creator, "limit": 1000, "cursor": cursor}
        answer = await api.contact("get_groupmsg_send_result", body)
        if not isinstance(answer, Answer):
            return 0
        for row in answer.document.get("send_list") or ():
            at = mass.when(row.get("send_time"))
            if row.get("status") == mass.SENT and at is not None:
                chats[str(row.get("chat_id", ""))] = at
        cursor = str(answer.document.get("next_cursor") or "")
        if not cursor:
            break
    where = zones.zone(brand.zone)
    days = {chat: zones.local_day(at, where) for chat, at in chats.items()}
    with runtime.database.write() as session:
        return quota.note_by_hand(session, session.get_one(Brand, brand.id), msgid, chats, day_of=days)
