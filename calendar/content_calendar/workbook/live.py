"""The stock numbers a workbook states, as live values with the moment they were measured.

A number that did not change since the last import is not measured anew: what another source told later stays.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.tables import Brand, LiveValue
from content_calendar.workbook.content import CampaignRow, ProductRow

_GIFTS = re.compile(
    r"(?:共|限量|限|总共|总计|前)\s*(\d+(?:,\d{3})*)\s*(?:份|支|套|盒|瓶|个|件|组|张|片|包|单|名|位)"
)
_SOURCE = "workbook:"


def stated(products: Iterable[ProductRow], campaigns: Iterable[CampaignRow]) -> dict[str, tuple[str, str]]:
    """Live key → (number, where it stands)."""
    found: dict[str, tuple[str, str]] = {}
    for product in products:
        if product.stock is not None:
            found[f"stock:{product.code}"] = (str(product.stock), f"{_SOURCE}商品 第{product.row}行")
    for campaign in campaigns:
        place = f"{_SOURCE}活动 第{campaign.row}行"
        if campaign.stock is not None:
            found[f"campaign_stock:{campaign.code}"] = (str(campaign.stock), place)
        if gifts := gift_count(campaign.gift):
            found[f"gift_stock:{campaign.code}"] = (str(gifts), place)
    return found


def gift_count(gift: str) -> int | None:
    """How many gifts a text says there are: 共500份, 限量300套, 前500单."""
    match = _GIFTS.search(gift)
    return int(match.group(1).replace(",", "")) if match else None


def write(
    session: Session,
    brand: Brand,
    before: Mapping[str, tuple[str, str]],
    after: Mapping[str, tuple[str, str]],
    *,
    now: datetime,
) -> None:
    """Bring the brand's live values up to what the workbook states now; ``before`` is what it stated last time."""
    rows = {row.key: row for row in session.scalars(select(LiveValue).where(LiveValue.brand_id == brand.id))}
    for key, (value, source) in after.items():
        row = rows.get(key)
        if row is None:
            session.add(LiveValue(brand_id=brand.id, key=key, value=value, measured_at=now, source=source))
        elif key not in before or before[key][0] != value:
            row.value, row.measured_at, row.source = value, now, source
    for key in before.keys() - after.keys():
        if key in rows and rows[key].source.startswith(_SOURCE):
            session.delete(rows[key])
