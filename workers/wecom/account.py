"""A brand's WeCom app: who it is, and who the owners of its groups are on the platform."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from content_calendar.tables import ChannelAccount, Group, Owner
from workers.secrets import Secrets
from workers.wecom.letters import Opener

KIND = "wecom"
_USERID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,63}")


@dataclass(frozen=True)
class Account:
    """The app. The secret is opened and never shown."""

    brand_id: int
    corp_id: str
    agent_id: str
    secret: str = field(repr=False)


def load(session: Session, brand_id: int, secrets: Secrets) -> Account | None:
    """The brand's account; None when there is none. SecretError when its secret cannot be opened."""
    query = select(ChannelAccount).where(ChannelAccount.brand_id == brand_id, ChannelAccount.kind == KIND)
    row = session.scalar(query)
    if row is None or not row.corp_id or not row.secret:
        return None
    return Account(brand_id, row.corp_id, row.agent_id, secrets.open(row.secret))


def userids(session: Session, brand_id: int, owners: Iterable[str]) -> Mapping[str, str]:
    """Owner as the workbook names one → the member's userid; one that is written as a userid is its own."""
    wanted = set(owners)
    query = select(Owner.name, Owner.userid).where(
        Owner.brand_id == brand_id, Owner.name.in_(wanted), Owner.userid != ""
    )
    known = dict(session.execute(query).tuples().all())
    return {name: name for name in wanted if _USERID.fullmatch(name)} | known


def owner_of(session: Session, brand_id: int, userid: str) -> str:
    """The owner, as the workbook names one, who is this member; empty when nobody is."""
    named = select(Owner.name).where(Owner.brand_id == brand_id, func.lower(Owner.userid) == userid.lower())
    known = session.scalar(named.order_by(Owner.id).limit(1))
    if known is not None or not _USERID.fullmatch(userid):
        return known or ""
    written = select(Group.owner).where(Group.brand_id == brand_id, Group.active, Group.owner == userid)
    return session.scalar(written.limit(1)) or ""


def listening(session: Session, word: str, secrets: Secrets) -> tuple[int, Opener] | None:
    """Whose callback has ``word`` in its address, and what opens its letters; SecretError when that cannot be opened."""
    if not word:
        return None
    query = select(ChannelAccount).where(ChannelAccount.callback == word, ChannelAccount.kind == KIND)
    row = session.scalar(query)
    if row is None or not row.token or not row.aes_key:
        return None
    return row.brand_id, Opener(secrets.open(row.token), secrets.open(row.aes_key), row.corp_id)
