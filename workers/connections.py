"""What a lead sets up so that real lanes work: the app's account, the allowance's mode, roads that were closed.

Shared by the settings page and the command line. Secrets go in and never come out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from content_calendar import addresses, audit, quota, roads
from content_calendar.addresses import ENV
from content_calendar.errors import CalendarError, NotFound
from content_calendar.tables import Brand, ChannelAccount, Group, Road
from workers.channels.dingtalk_bot.platform import DingtalkRobot
from workers.channels.feishu_bot.platform import FeishuRobot
from workers.channels.robots import Platform
from workers.channels.wecom_bot.platform import WecomRobot
from workers.secrets import SecretError, Secrets
from workers.wecom import letters
from workers.wecom.account import KIND

ROBOTS: dict[str, Platform] = {robot.key: robot for robot in (WecomRobot(), FeishuRobot(), DingtalkRobot())}
CALLBACK = "/wecom/callback/"
_TOKEN = re.compile(r"[A-Za-z0-9]{1,32}")
SHORTEST_WINDOW, LONGEST_WINDOW = 10, 12 * 60  # minutes


@dataclass(frozen=True)
class AccountShown:
    """The account without its secret. ``from_env``: the variable the secret is read from, empty when it is sealed."""

    corp_id: str
    agent_id: str
    has_secret: bool
    from_env: str
    callback: str = ""  # the path the platform calls back, empty while there is none


@dataclass(frozen=True)
class Closed:
    """A group whose robot does not work any more."""

    group_id: int
    code: str
    name: str
    channel: str
    why: str
    since: datetime


def account_of(session: Session, brand: Brand) -> AccountShown | None:
    """The brand's WeCom account as it may be shown."""
    row = _account(session, brand)
    if row is None:
        return None
    name = row.secret.removeprefix(ENV) if row.secret.startswith(ENV) else ""
    path = f"{CALLBACK}{row.callback}" if row.callback and row.token and row.aes_key else ""
    return AccountShown(row.corp_id, row.agent_id, bool(row.secret), name, path)


def set_account(
    session: Session, brand: Brand, secrets: Secrets, *, corp_id: str, agent_id: str, secret: str, actor: str, now: datetime
) -> None:  # fmt: skip
    """Write the account down; an empty ``secret`` keeps the one there is, ``env:NAME`` reads it from the environment."""
    corp_id, agent_id, secret = corp_id.strip(), agent_id.strip(), secret.strip()
    row = _account(session, brand)
    if not corp_id or not agent_id or (not secret and row is None):
        raise CalendarError(
            "企业 ID、AgentId 和应用 Secret 都要填。",
            code="account.incomplete",
            english="Fill in the corp id, the agent id and the app secret.",
        )
    if row is None:
        row = ChannelAccount(brand_id=brand.id, kind=KIND, secret="", updated_at=now)
        session.add(row)
    row.corp_id, row.agent_id, row.updated_at, row.updated_by = corp_id[:80], agent_id[:40], now, actor[:80]
    if secret:
        row.secret = _kept(secrets, secret)
        secrets.open(row.secret)  # a reference to nothing is refused here, not at ten o'clock
    audit.note(
        session, brand_id=brand.id, now=now, actor=actor, action="channel.account", subject="brand",
        subject_id=brand.id, detail={"corp_id": row.corp_id, "agent_id": row.agent_id, "secret": bool(secret)},
    )  # fmt: skip
    session.flush()


def set_callback(
    session: Session, brand: Brand, secrets: Secrets, *, token: str, aes_key: str, word: str, actor: str, now: datetime
) -> None:  # fmt: skip
    """Write down what opens the platform's letters, as its console shows it; ``word`` is random and makes the address.

    The address stays the same when token and key are changed. Either may be ``env:NAME``.
    """
    row = _account(session, brand)
    if row is None:
        raise CalendarError(
            "请先接通企业微信应用，再填回调。", code="account.missing", english="Connect the WeCom app first."
        )
    token, aes_key = token.strip(), aes_key.strip()
    if not token or not aes_key:
        raise CalendarError(
            "Token 和 EncodingAESKey 都要填。",
            code="callback.incomplete",
            english="Fill in the Token and the EncodingAESKey.",
        )
    row.token, row.aes_key = _kept(secrets, token), _kept(secrets, aes_key)
    if not _TOKEN.fullmatch(secrets.open(row.token)) or not _is_key(secrets.open(row.aes_key)):
        raise CalendarError(
            "Token 是 1 到 32 位字母和数字，EncodingAESKey 正好 43 位，请从企业微信后台照抄。",
            code="callback.unusable",
            english="The Token has 1 to 32 letters and digits, the EncodingAESKey 43; copy them from the console.",
        )
    row.callback = row.callback or word[:32]
    row.updated_at, row.updated_by = now, actor[:80]
    audit.note(
        session, brand_id=brand.id, now=now, actor=actor, action="channel.callback", subject="brand",
        subject_id=brand.id, detail={},
    )  # fmt: skip
    session.flush()


def _kept(secrets: Secrets, written: str) -> str:
    """Sealed, or the reference to the environment that was written."""
    return written if written.startswith(ENV) else secrets.seal(written)


def _is_key(written: str) -> bool:
    try:
        letters.key_of(written)
    except letters.BadLetter:
        return False
    return True


def set_confirming(
    session: Session, brand: Brand, *, mode: str, minutes: int, actor: str, now: datetime
) -> None:
    """How much the platform allows a group, and how long owners may confirm."""
    quota.set_mode(brand, mode)
    if not SHORTEST_WINDOW <= minutes <= LONGEST_WINDOW:
        raise CalendarError(
            f"确认时限要在 {SHORTEST_WINDOW} 到 {LONGEST_WINDOW} 分钟之间。",
            code="account.window",
            english=f"The window has {SHORTEST_WINDOW} to {LONGEST_WINDOW} minutes.",
        )
    brand.confirm_window_minutes = minutes
    audit.note(
        session, brand_id=brand.id, now=now, actor=actor, action="channel.confirming", subject="brand",
        subject_id=brand.id, detail={"mode": mode, "minutes": minutes},
    )  # fmt: skip


def closed(session: Session, brand: Brand, secrets: Secrets) -> Sequence[Closed]:
    """Groups whose road is closed, in the order of the workbook."""
    groups = session.scalars(
        select(Group)
        .where(Group.brand_id == brand.id, Group.active.is_(True), Group.channel.in_(list(ROBOTS)))
        .order_by(Group.row, Group.id)
    ).all()
    keys = {group.id: road_of(group, secrets) for group in groups}
    shut = {
        road.key: road
        for road in session.scalars(
            select(Road).where(Road.key.in_(list(keys.values())), Road.disabled_at.is_not(None))
        )
    }
    return [
        Closed(group.id, group.code, group.name, group.channel, road.disabled_code, road.disabled_at)
        for group in groups
        if (road := shut.get(keys[group.id])) is not None and road.disabled_at is not None
    ]


def reopen(
    session: Session, brand: Brand, group_id: int, secrets: Secrets, *, actor: str, now: datetime
) -> None:
    """Somebody mended it: the group's road is open again. NotFound when it was not closed."""
    group = session.get(Group, group_id)
    mine = group is not None and group.brand_id == brand.id and group.channel in ROBOTS
    if group is None or not mine or not roads.enable(session, road_of(group, secrets)):
        raise NotFound("这个群的通道没有停用。", english="This group's channel is not closed.")
    audit.note(
        session, brand_id=brand.id, now=now, actor=actor, action="channel.reopened", subject="group",
        subject_id=group.id, detail={"address": addresses.fingerprint(group.address)},
    )  # fmt: skip


def reseal(session: Session, secrets: Secrets) -> int:
    """Seal everything anew with the newest key, so that an older one can be taken away; how many."""
    groups = session.scalars(select(Group).where(Group.address.startswith(addresses.SEALED))).all()
    kept = (ChannelAccount.secret, ChannelAccount.token, ChannelAccount.aes_key)
    accounts = session.scalars(
        select(ChannelAccount).where(or_(*(column.startswith(addresses.SEALED) for column in kept)))
    ).all()
    for group in groups:
        group.address = secrets.seal(secrets.open(group.address))
    count = len(groups)
    for row in accounts:
        for name in ("secret", "token", "aes_key"):
            if getattr(row, name).startswith(addresses.SEALED):
                setattr(row, name, secrets.seal(secrets.open(getattr(row, name))))
                count += 1
    session.flush()
    return count


def road_of(group: Group, secrets: Secrets) -> str:
    """The key of the road that leads to a group; empty when its address is unusable."""
    try:
        robot = ROBOTS[group.channel].robot(secrets.open(group.address))
    except SecretError:
        return ""
    return roads.key_of(group.channel, robot) if robot else ""


def _account(session: Session, brand: Brand) -> ChannelAccount | None:
    return session.scalar(
        select(ChannelAccount).where(ChannelAccount.brand_id == brand.id, ChannelAccount.kind == KIND)
    )
