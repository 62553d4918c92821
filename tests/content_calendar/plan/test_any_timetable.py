"""Whatever rows an operator writes, the plan keeps its promises."""

from __future__ import annotations

import tempfile
from collections import Counter
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from content_calendar import tables
from content_calendar.database import Database
from content_calendar.plan import planner
from prompts.kinds import all_kinds

START = date(2026, 11, 23)
NOW = datetime(2026, 11, 20, tzinfo=UTC)
CAPS = {"high": 2, "mid": 4, "low": 5}
CYCLES = st.one_of(
    st.sets(st.integers(1, 7), min_size=1).map(lambda days: {"weekdays": sorted(days)}),
    st.sets(st.integers(-1, 31).filter(bool), min_size=1, max_size=3).map(
        lambda days: {"month_days": sorted(days)}
    ),
    st.sets(st.dates(START, date(2026, 12, 10)), min_size=1, max_size=3).map(
        lambda days: {"dates": sorted(map(str, days))}
    ),
    st.just({"weekdays": [1, 2, 3, 4, 5], "workdays": True}),
)
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "time": st.times().map(lambda at: f"{at:%H:%M}"),
            "cycle_rule": CYCLES,
            "tiers": st.sets(st.sampled_from(sorted(CAPS)), min_size=1).map(sorted),
            "kind": st.sampled_from(sorted(all_kinds())),
            "theme": st.text(max_size=30)
            | st.sampled_from(
                ["今晚20点结束", "面霜明天20点开售", "满99减10", "大雪节气", "\u202e⟦stock:x⟧{{7*7}}"]
            ),
            "channel": st.sampled_from(["wecom_mass", "sidebar", "wecom_bot", "demo"]),
        }
    ),
    max_size=14,
)


def _fill(database: Database, rows: list[dict[str, Any]]) -> None:
    with database.write() as session:
        brand = tables.Brand(uid="u" * 32, name="x")
        session.add(brand)
        session.flush()
        for level, cap in CAPS.items():
            session.add(tables.Tier(brand_id=brand.id, level=level, daily_cap=cap))
            session.add(
                tables.Group(brand_id=brand.id, code=level, name=level, tier=level, channel="wecom_mass")
            )
        session.add(tables.Product(brand_id=brand.id, code="P", name="修护面霜"))
        session.add(
            tables.Campaign(
                brand_id=brand.id, code="c", name="面霜首发", kind="launch", products=["P"], tiers=["high", "mid", "low"],
                start_at=datetime(2026, 11, 26, 12, tzinfo=UTC), end_at=datetime(2026, 11, 28, 14, tzinfo=UTC),
            )
        )  # fmt: skip
        for number, row in enumerate(rows):
            session.add(tables.SopRow(brand_id=brand.id, key=f"k{number}", cycle="", row=number + 2, **row))


@settings(max_examples=25, deadline=None)
@given(rows=ROWS)
def test_any_timetable_keeps_caps_quiet_hours_mass_sends_and_angles(
    _migrated_file: Path, rows: list[dict[str, Any]]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "x.db"
        path.write_bytes(_migrated_file.read_bytes())
        database = Database(f"sqlite:///{path}")
        _fill(database, rows)
        reports = []
        for _ in range(2):
            with database.write() as session:
                brand = session.scalars(select(tables.Brand)).one()
                reports.append(planner.plan(session, brand, start=START, days=14, now=NOW))
        with database.read() as session:
            made = session.scalars(select(tables.Post)).all()
        database.dispose()
    assert (reports[1].created, reports[1].updated, reports[1].cancelled) == (0, 0, 0)
    assert reports[1].conflicts == reports[0].conflicts and all(item.text for item in reports[0].conflicts)
    assert all(count <= CAPS[tier] for (_, tier), count in Counter((p.day, p.tier) for p in made).items())
    assert all(count == 1 for count in Counter((p.day, p.tier) for p in made if p.lane == "confirm").values())
    assert all("08:30" <= post.time < "22:30" for post in made)
    assert all(count == 1 for count in Counter((p.tier, p.angle) for p in made if p.campaign_id).values())
