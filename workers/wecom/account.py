"""A brand's WeCom app: who it is, and who the owners of its groups are on the platform."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.tables import ChannelAccount, Owner
from workers.secrets import Secrets

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
