"""Who a group owner is: at the desk, on the platform, and who stands in until when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.errors import CalendarError
from content_calendar.tables import Brand, Group, Owner, User


@dataclass(frozen=True)
class Who:
    """One owner of a brand's groups. ``user``, ``deputy``: names of desk users, may be empty."""

    name: str
    groups: int
    userid: str = ""
    user: str = ""
    deputy: str = ""
    deputy_until: datetime | None = None


def who_is(session: Session, brand: Brand) -> list[Who]:
    """Every owner named by an active group, with what is known of them, by name."""
    rows = {row.name: row for row in session.scalars(select(Owner).where(Owner.brand_id == brand.id))}
    names = dict(session.execute(select(User.id, User.name)).tuples().all())
    counts: dict[str, int] = {}
    for owner in session.scalars(
        select(Group.owner).where(Group.brand_id == brand.id, Group.active.is_(True), Group.owner != "")
    ):
        counts[owner] = counts.get(owner, 0) + 1
    return [_who(name, count, rows.get(name), names) for name, count in sorted(counts.items())]


def _who(name: str, groups: int, row: Owner | None, names: dict[int, str]) -> Who:
    if row is None:
        return Who(name, groups)
    return Who(
        name, groups, row.userid, names.get(row.user_id or 0, ""), names.get(row.deputy_id or 0, ""),
        row.deputy_until,
    )  # fmt: skip


def owners_of(session: Session, brand: Brand, user: User, *, now: datetime) -> Sequence[str]:
    """The owners ``user`` may speak for: those who are this user, and those this user stands in for."""
    rows = session.scalars(select(Owner).where(Owner.brand_id == brand.id)).all()
    mine = {row.name for row in rows if row.user_id == user.id}
    mine |= {
        row.name
        for row in rows
        if row.deputy_id == user.id and (row.deputy_until is None or row.deputy_until > now)
    }
    taken = {row.name for row in rows if row.user_id is not None}
    # Who was never linked is recognised by the name on the workbook.
    return sorted(mine | ({user.name, user.display} - taken - {""}))


def set_owner(
    session: Session,
    brand: Brand,
    name: str,
    *,
    userid: str | None = None,
    user: User | None = None,
    deputy: User | None = None,
    deputy_until: datetime | None = None,
    no_deputy: bool = False,
) -> Owner:
    """Write down who an owner is; what is not given stays. CalendarError for a name no group has."""
    known = session.scalar(select(Group.id).where(Group.brand_id == brand.id, Group.owner == name).limit(1))
    if known is None:
        raise CalendarError(
            f"没有群主叫「{name[:40]}」，请照工作簿「社群」表的「群主」一列写。",
            code="owner.unknown",
            english=f"No group is owned by {name[:40]!r}; write it as the workbook does.",
        )
    row = session.scalar(select(Owner).where(Owner.brand_id == brand.id, Owner.name == name))
    if row is None:
        row = Owner(brand_id=brand.id, name=name)
        session.add(row)
    if userid is not None:
        row.userid = userid.strip()[:64]
    if user is not None:
        row.user_id = user.id
    if deputy is not None or no_deputy:
        row.deputy_id = None if deputy is None else deputy.id
        row.deputy_until = None if deputy is None else deputy_until
    session.flush()
    return row
