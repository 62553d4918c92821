"""The doctor's look at the real lanes of each brand: can every address be opened, is every road open, is the app complete.

Nothing is called but with ``online``, when each app's token is asked for once.
"""

from __future__ import annotations

import asyncio
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar import addresses, brands, occasions, quota, send_desk, welcomes
from content_calendar.lanes import CHANNELS, CUSTOMER_CHANNELS
from content_calendar.tables import Brand, ChannelAccount, Group, Road
from content_calendar.zones import local_day, zone
from workers import connections
from workers.channels.posting import Line
from workers.finding import Finding
from workers.secrets import SecretError, Secrets
from workers.settings import Settings
from workers.wecom import account as accounts
from workers.wecom.account import Account
from workers.wecom.token import NoToken, TokenKeeper

NAMED = 3  # groups named in a sentence


def lanes(settings: Settings, session: Session, now: datetime) -> Iterator[Finding]:
    """Every brand's lanes, and the key they are sealed with."""
    real = [brand for brand in brands.customers(session) if not brand.demo]
    if not real:
        yield Finding(
            "lanes", "ok", "品牌都在演示，没有真实通道。", "Every brand plays; no real lane is used."
        )
        return
    yield from _key(settings, session)
    for brand in real:
        found = list(_brand(settings, session, brand, now))
        yield from found
        if not found:
            yield Finding(
                "lanes", "ok", f"{brand.name}：通道都配好了。", f"{brand.name}: every lane is set up."
            )


def online(settings: Settings, session: Session) -> Iterator[Finding]:
    """Whether each brand's app gets its token: one call each."""
    for brand in brands.customers(session):
        try:
            account = accounts.load(session, brand.id, settings.secrets)
        except SecretError:
            account = None
        if account is not None:
            yield _token(settings, brand, account)


def _token(settings: Settings, brand: Brand, account: Account) -> Finding:
    async def ask() -> str | NoToken:
        line = Line(settings.wecom_url)
        try:
            return await TokenKeeper(line, account, lambda: 0.0).token()
        finally:
            await line.close()

    got = asyncio.run(ask())
    if isinstance(got, str):
        return Finding(
            "wecom.token", "ok", f"{brand.name}：企业微信给了令牌。", f"{brand.name}: WeCom gave a token."
        )
    return Finding(
        "wecom.token", "fault",
        f"{brand.name}：企业微信没给令牌（{got.code}）。40001 是 Secret 不对，40013 是企业 ID 不对，60020 是本机 IP 不在可信名单，"
        "45009 是试错太多、等一小时；连不上就检查网络。",
        f"{brand.name}: WeCom gave no token ({got.code}); check secret (40001), corp id (40013), trusted IP (60020), "
        "or wait an hour (45009).",
    )  # fmt: skip


def _key(settings: Settings, session: Session) -> Iterator[Finding]:
    """Sealed addresses whose key only this machine knows, where other machines are meant to open them too."""
    many = bool(settings.broker_url) or settings.database_url.startswith(("postgres", "postgresql"))
    if settings.secret_key.get_secret_value() or not many or not _sealed(session):
        return
    yield Finding(
        "lanes.key", "warn",
        f"加密地址的密钥只在这台机器的 {settings.key_file} 里，别的机器打不开。请把它的内容设成每台机器的 CHONGFEN_SECRET_KEY。",
        f"The key of sealed addresses stands in {settings.key_file} alone; other machines cannot open them. "
        "Set its content as CHONGFEN_SECRET_KEY on every machine.",
    )  # fmt: skip


def _sealed(session: Session) -> bool:
    groups = select(Group.id).where(Group.address.startswith(addresses.SEALED)).limit(1)
    kept = select(ChannelAccount.id).where(ChannelAccount.secret.startswith(addresses.SEALED)).limit(1)
    return session.scalar(groups) is not None or session.scalar(kept) is not None


def _brand(settings: Settings, session: Session, brand: Brand, now: datetime) -> Iterator[Finding]:
    groups = session.scalars(
        select(Group).where(Group.brand_id == brand.id, Group.active.is_(True)).order_by(Group.row, Group.id)
    ).all()
    yield from _addresses(settings, brand, groups)
    yield from _roads(settings.secrets, session, brand, groups, now)
    yield from _app(settings, session, brand, groups)
    yield from _quota(session, brand, groups, now)


def _addresses(settings: Settings, brand: Brand, groups: Sequence[Group]) -> Iterator[Finding]:
    """Groups whose address is missing, cannot be opened, or is none of its channel's; one finding a reason."""
    wrong: dict[tuple[str, str, str], list[Group]] = defaultdict(list)
    for group in groups:
        why = _wrong(settings.secrets, group)
        if why is not None:
            wrong[why].append(group)
    for (code, said, english), several in wrong.items():
        names = _names(several)
        yield Finding(
            f"lanes.{code}", "fault",
            f"{brand.name}：{len(several)} 个群（{names}）{said}",
            f"{brand.name}: {len(several)} group(s) ({names}): {english}",
        )  # fmt: skip
    if any(group.channel == "webhook" for group in groups) and not settings.webhook_secret.get_secret_value():
        yield Finding(
            "lanes.webhook", "fault", f"{brand.name}：有群走 webhook，可没设 CHONGFEN_WEBHOOK_SECRET，一条也发不出去。",
            f"{brand.name}: some groups use a webhook, but CHONGFEN_WEBHOOK_SECRET is not set: nothing goes out.",
        )  # fmt: skip


def _wrong(secrets: Secrets, group: Group) -> tuple[str, str, str] | None:
    info = CHANNELS.get(group.channel)
    if info is None or not info.needs_address:
        return None
    if not group.address:
        if group.channel == "sidebar":
            return None  # the owner finds the group; an address only helps to match
        return "no_address", f"走{info.names[0]}，没写「通道地址」，请在工作簿里填上再导入。", "the workbook has no address; fill it in and import"  # fmt: skip
    try:
        address = secrets.open(group.address)
    except SecretError as error:
        return error.code, f"的地址打不开：{error}", f"the address cannot be opened: {error.english}"
    robot = connections.ROBOTS.get(group.channel)
    if robot is not None and not robot.robot(address):
        return "not_a_robot", f"的地址不是{robot.name}的，请从群里重新复制。", "the address is none of this robot's; copy it again"  # fmt: skip
    return None


def _roads(
    secrets: Secrets, session: Session, brand: Brand, groups: Sequence[Group], now: datetime
) -> Iterator[Finding]:
    keys = {
        key
        for group in groups
        if group.channel in connections.ROBOTS
        if (key := connections.road_of(group, secrets))
    }
    shut = connections.closed(session, brand, secrets)
    if shut:
        why = "、".join(f"{code}（{count}）" for code, count in Counter(each.why for each in shut).items())
        yield Finding(
            "lanes.closed", "fault",
            f"{brand.name}：{len(shut)} 个机器人已停用（{why}）。换了地址就重新导入，修好了就 chongfen channels reopen 群编号。",
            f"{brand.name}: {len(shut)} robot(s) are closed ({why}); import the new address or chongfen channels reopen CODE.",
        )  # fmt: skip
    blocked = [
        road for road in session.scalars(select(Road).where(Road.blocked_until > now)) if road.key in keys
    ]
    if blocked:
        until = max(road.blocked_until for road in blocked if road.blocked_until).astimezone(zone(brand.zone))
        yield Finding(
            "lanes.blocked", "warn",
            f"{brand.name}：平台说 {len(blocked)} 个机器人太快，停到 {until:%H:%M:%S}，到时自己继续。",
            f"{brand.name}: {len(blocked)} robot(s) are blocked by the platform until {until:%H:%M:%S}; they go on by themselves.",
        )  # fmt: skip


def _app(settings: Settings, session: Session, brand: Brand, groups: Sequence[Group]) -> Iterator[Finding]:
    """The WeCom app, as far as the brand's groups and welcomes need it."""
    mass = [group for group in groups if group.channel in CUSTOMER_CHANNELS]
    texts = welcomes.posts(session, brand)
    shown = connections.account_of(session, brand)
    if shown is None:
        if mass or texts:
            yield Finding(
                "lanes.no_app", "warn",
                f"{brand.name}：还没接通企业微信应用，企业群发不会创建，群主收不到提醒，欢迎语发不出。到「设置 → 通道设置」接通。",
                f"{brand.name}: the WeCom app is not connected; mass-sends, reminders and welcomes need it. Connect it under Channels.",
            )  # fmt: skip
        return
    yield from _app_secrets(settings, session, brand)
    yield from _owners(session, brand, mass)
    if any(post.occasion == occasions.FRIEND for post in texts) and not shown.callback:
        yield Finding(
            "lanes.no_callback", "warn", f"{brand.name}：写了新好友欢迎语，可没填回调，没人告诉我们谁加了好友。",
            f"{brand.name}: there are welcomes for new friends, but no callback tells us of any.",
        )  # fmt: skip
    if not settings.public_url.startswith("https://"):
        yield Finding(
            "lanes.public_url", "warn",
            f"{brand.name}：没设 https 的 CHONGFEN_PUBLIC_URL，侧边栏和回调用不了，提醒里也没有链接。",
            f"{brand.name}: CHONGFEN_PUBLIC_URL is no https address; sidebar, callback and links in reminders need one.",
        )  # fmt: skip


def _app_secrets(settings: Settings, session: Session, brand: Brand) -> Iterator[Finding]:
    row = session.scalar(select(ChannelAccount).where(ChannelAccount.brand_id == brand.id))
    for kept, name in (
        ((row.secret, "Secret"), (row.token, "Token"), (row.aes_key, "EncodingAESKey")) if row else ()
    ):
        try:
            if kept:
                settings.secrets.open(kept)
        except SecretError as error:
            yield Finding(
                "lanes.app_secret", "fault", f"{brand.name}：企业微信应用的 {name} 打不开：{error}",
                f"{brand.name}: the app's {name} cannot be opened: {error.english}",
            )  # fmt: skip


def _owners(session: Session, brand: Brand, mass: Iterable[Group]) -> Iterator[Finding]:
    named = {owner.name: owner.userid for owner in send_desk.who_is(session, brand)}
    wanted = sorted({group.owner for group in mass if group.channel == "wecom_mass"})
    known = accounts.userids(session, brand.id, wanted)
    lost = [name for name in wanted if not named.get(name) and name not in known]
    if lost:
        shown = "、".join(name or "（没写）" for name in lost[:NAMED]) + ("…" if len(lost) > NAMED else "")
        yield Finding(
            "lanes.owner", "fault", f"{brand.name}：{len(lost)} 位群主（{shown}）没有企业微信账号，企业群发建不了。到「通道设置」填上。",
            f"{brand.name}: {len(lost)} owner(s) ({shown}) have no WeCom account; fill it in under Channels.",
        )  # fmt: skip


def _quota(session: Session, brand: Brand, groups: Sequence[Group], now: datetime) -> Iterator[Finding]:
    mass = [group for group in groups if group.channel == "wecom_mass"]
    if not mass:
        return
    day = local_day(now, zone(brand.zone))
    used = quota.used(session, brand, [day])
    full = [group for group in mass if used.full(group.id, day)]
    if full:
        yield Finding(
            "lanes.quota", "warn",
            f"{brand.name}：{len(full)} 个群（{_names(full)}）的企业群发额度今天已用完，再排的会被跳过；急的走侧边栏。",
            f"{brand.name}: {len(full)} group(s) ({_names(full)}) have no mass-send left today; use the sidebar.",
        )  # fmt: skip


def _names(groups: Sequence[Group]) -> str:
    return "、".join(group.code for group in groups[:NAMED]) + ("…" if len(groups) > NAMED else "")
