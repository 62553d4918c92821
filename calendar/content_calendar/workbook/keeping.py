"""Before a workbook is compared or applied: addresses that are secrets become what is stored of them.

A cell may hold the address itself, ``env:NAME``, or (from an export of ours) a mark that means "the one you have".
"""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from content_calendar import addresses
from content_calendar.addresses import Seal
from content_calendar.tables import Brand, Group
from content_calendar.workbook import stored
from content_calendar.workbook.content import WorkbookContent


def kept(session: Session, content: WorkbookContent, seal: Seal | None) -> WorkbookContent:
    """The content with its groups' addresses as they are to be stored."""
    if not any(addresses.is_secret(group.channel) for group in content.groups):
        return content
    brand = stored.brand_called(session, content.brand.name)
    before = _addresses(session, brand) if brand else {}
    groups = tuple(
        replace(
            group, address=addresses.to_keep(group.channel, group.address, before.get(group.code, ""), seal)
        )
        for group in content.groups
    )
    return replace(content, groups=groups)


def hidden(content: WorkbookContent) -> WorkbookContent:
    """The content as it may leave the house: a mark in place of each secret; importing it again changes nothing."""
    groups = tuple(
        replace(group, address=addresses.shown(group.channel, group.address)) for group in content.groups
    )
    return replace(content, groups=groups)


def seal_the_rest(session: Session, brand: Brand, seal: Seal | None) -> int:
    """Seal what was stored in plain text before there was a key; how many."""
    if seal is None:
        return 0
    query = select(Group.id, Group.channel, Group.address).where(
        Group.brand_id == brand.id, Group.address != ""
    )
    plain = [
        {"id": row.id, "address": seal(row.address)}
        for row in session.execute(query)
        if addresses.is_secret(row.channel) and not row.address.startswith((addresses.SEALED, addresses.ENV))
    ]
    if plain:
        session.execute(update(Group), plain)
    return len(plain)


def _addresses(session: Session, brand: Brand) -> dict[str, str]:
    query = select(Group.code, Group.address).where(Group.brand_id == brand.id)
    return dict(session.execute(query).tuples().all())
