"""A small brand with one product, one campaign, one SOP row."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

import pytest

from content_calendar import tables
from content_calendar.database import Database
from content_calendar.plan import trade_days


@pytest.fixture
def brand_id(database: Database) -> int:
    """The brand; its campaign's code holds a dot, as a workbook's may."""
    with database.write() as session:
        brand = tables.Brand(uid="u" * 32, name="沐禾", mall_url="https://mall.example.com", fans="禾苗")
        session.add(brand)
        session.flush()
        own = {"brand_id": brand.id, "row": 5}
        session.add_all(
            [
                tables.Persona(brand_id=brand.id, code="chongfenguan", nickname="沐禾宠粉官"),
                tables.Product(**own, code="A.1", name="面霜", price=Decimal("199.00"), efficacy=["修护", "保湿"]),
                tables.Campaign(
                    **own, code="c.2", name="面霜新品开售", kind="launch", products=["A.1"], price=Decimal("189.5"),
                    rules="11月26日20:00开售，189.5元一瓶，共1500瓶，每人限购2瓶", gift="小样10ml×2支，共500份", tiers=["mid"],
                    start_at=datetime.fromisoformat("2026-11-26T20:00+08:00"),
                    end_at=datetime.fromisoformat("2026-11-29T22:00+08:00"), stock=1500, limit_per_person=2,
                ),
                tables.SopRow(
                    **own, key="r.7", time="17:00", cycle="周三", cycle_rule={"weekdays": [3]}, tiers=["mid"], kind="reminder",
                    theme="明晚20点开售，限购2瓶", channel="sidebar", remark="券有效期7天",
                ),
                tables.KnowledgeItem(**own, key="k1", topic="成分", question="是什么", answer="一类脂质。"),
                tables.Script(**own, key="s1", scene="物流", question="多久发货", answer="48小时内发出。"),
            ]
        )  # fmt: skip
        trade_days.seed(session, brand)
        return brand.id
