"""Counts told from outside: how much is left of goods, of a campaign's stock, of its gifts, and when that was seen.

A status post fills its live tokens from these at send time. A count is told with a key such as
``stock:MH105`` or ``campaign_stock:保湿面膜周六秒杀``; a name stands for its code.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from content_calendar import audit
from content_calendar.errors import CalendarError
from content_calendar.tables import Brand, Campaign, LiveValue, Product

KINDS: dict[str, type[Product] | type[Campaign]] = {
    "stock": Product,
    "campaign_stock": Campaign,
    "gift_stock": Campaign,
}
MOST = 10**9


def told(session: Session, brand: Brand) -> Sequence[LiveValue]:
    """Every count of the brand, by key."""
    return session.scalars(
        select(LiveValue).where(LiveValue.brand_id == brand.id).order_by(LiveValue.key)
    ).all()


def tell(session: Session, brand: Brand, key: str, value: str, *, now: datetime, actor: str) -> LiveValue:
    """Keep a count as seen at ``now``; CalendarError when the key names nothing or the value is no count."""
    exact = f"{key.partition(':')[0]}:{_code(session, brand, key)}"
    number = _number(key, value)
    row = session.scalar(select(LiveValue).where(LiveValue.brand_id == brand.id, LiveValue.key == exact))
    before = row.value if row else ""
    if row is None:
        row = LiveValue(brand_id=brand.id, key=exact)
        session.add(row)
    row.value, row.measured_at, row.source = str(number), now, actor
    audit.note(
        session, brand_id=brand.id, now=now, actor=actor, action="live.told", subject="live", subject_id=exact[:40],
        detail={"before": before, "after": row.value},
    )  # fmt: skip
    session.flush()
    return row


def _code(session: Session, brand: Brand, key: str) -> str:
    kind, _, name = key.partition(":")
    table = KINDS.get(kind)
    if table is None or not name:
        raise CalendarError(
            f"「{key}」不是活数据的名字，请写成 stock:商品编码、campaign_stock:活动名称 或 gift_stock:活动名称。",
            code="live.key",
            english=f"{key!r} is no live key; write stock:PRODUCT, campaign_stock:CAMPAIGN or gift_stock:CAMPAIGN.",
        )
    found = session.scalars(
        select(table.code).where(table.brand_id == brand.id, or_(table.code == name, table.name == name))
    ).all()
    if len(found) != 1:
        raise CalendarError(
            f"没有叫「{name}」的{'商品' if kind == 'stock' else '活动'}，请用工作簿里的编码或全名。",
            code="live.unknown",
            english=f"Nothing is called {name!r}; use the code or the full name of the workbook.",
        )
    return str(found[0])


def _number(key: str, value: str) -> int:
    if not value.isascii() or not value.isdigit() or int(value) > MOST:
        raise CalendarError(
            f"「{key}」的余量「{value}」不是一个数，请写成 86 这样的整数。",
            code="live.value",
            english=f"The count {value!r} of {key} is not a whole number; write it like 86.",
        )
    return int(value)
