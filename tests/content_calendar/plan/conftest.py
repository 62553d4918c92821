"""The reference workbook as table rows, for planning: read in the simplest way, no importer needed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from content_calendar import lanes, tables
from content_calendar.database import Database
from content_calendar.plan import planner, trade_days
from prompts.kinds import by_name

LEVELS = {"高": "high", "中": "mid", "低": "low"}
WEEK = {name: index for index, name in enumerate("一二三四五六日", 1)}


def _workbook() -> Path:
    here = Path(__file__).resolve().parents[3]
    for path in (here / "examples" / "沐禾.xlsx", here.parent / "shared" / "data" / "沐禾.xlsx"):
        if path.exists():
            return path
    pytest.skip("the reference workbook is not here")


def cycle(written: str) -> dict[str, Any]:
    if written == "每天":
        return {"written": written, "weekdays": [1, 2, 3, 4, 5, 6, 7]}
    if written == "工作日":
        return {"written": written, "weekdays": [1, 2, 3, 4, 5], "workdays": True}
    if written == "周末":
        return {"written": written, "weekdays": [6, 7]}
    if match := re.fullmatch(r"每月(\d+)日", written):
        return {"written": written, "month_days": [int(match[1])]}
    if match := re.fullmatch(r"周(.)-周(.)", written):
        return {"written": written, "weekdays": list(range(WEEK[match[1]], WEEK[match[2]] + 1))}
    if written.startswith("周"):
        return {"written": written, "weekdays": [WEEK[written[1]]]}
    return {"written": written, "dates": [written]}


def _tiers(written: str) -> list[str]:
    return list(LEVELS.values()) if written == "全部" else [LEVELS[item] for item in written.split("、")]


def _number(value: Any) -> int | None:
    return None if value == "" else int(value)


def _channel(written: str) -> str:
    return next(key for key, info in lanes.CHANNELS.items() if written in info.names)


@cache
def _sheets(path: Path) -> dict[str, list[list[Any]]]:
    book = CalamineWorkbook.from_path(str(path))
    return {name: book.get_sheet_by_name(name).to_python()[1:] for name in book.sheet_names}


def load(session: Session, path: Path, *, demo: bool = False) -> tables.Brand:
    """Insert the workbook's rows as they stand."""
    sheet = _sheets(path).__getitem__
    zone = ZoneInfo("Asia/Shanghai")
    brand = tables.Brand(
        uid="b" * 32, name="沐禾", industry="护肤（化妆品）", zone=zone.key, quiet_from="22:30", quiet_to="08:30",
        mall_url="https://mall.example.com/muhe", fans="禾苗", forbidden=["最好"], story="第一支产品是一款洁面。", demo=demo,
    )  # fmt: skip
    session.add(brand)
    session.flush()
    own: dict[str, Any] = {"brand_id": brand.id}
    session.add(tables.Persona(**own, code="chongfenguan", nickname="沐禾宠粉官", manner="先说结论"))
    for row, item in enumerate(sheet("层级"), 2):
        session.add(
            tables.Tier(**own, level=LEVELS[item[0]], name=item[1], threshold=item[2], aim=item[3], focus=item[4],
                        daily_cap=int(item[5]), row=row)
        )  # fmt: skip
    for row, item in enumerate(sheet("社群"), 2):
        session.add(
            tables.Group(**own, code=item[1], name=item[0], tier=LEVELS[item[2]], source=item[3], members=int(item[5]),
                         tags=item[6].split("；"), owner=item[7], channel=_channel(item[8]), address=item[9], row=row)
        )  # fmt: skip
    for row, item in enumerate(sheet("商品"), 2):
        session.add(
            tables.Product(
                **own, code=item[0], name=item[1], spec=item[2], price=Decimal(str(item[3])),
                lowest_7d=Decimal(str(item[4])) if item[4] != "" else None, selling_points=item[5], ingredients=item[6],
                efficacy=item[7].split("、"), filing=item[8], usage=item[9], suitable=item[10], caution=item[11],
                url=item[12], stock=_number(item[13]), evidence=item[14], row=row,
            )
        )  # fmt: skip
    for row, item in enumerate(sheet("活动"), 2):
        kind = by_name(item[1])
        assert kind is not None
        warmup, start, end = (value.replace(tzinfo=zone).astimezone(UTC) for value in item[5:8])
        session.add(
            tables.Campaign(
                **own, code=f"c{row}", name=item[0], kind=kind.key, kind_written=item[1], products=item[2].split("、"),
                price=Decimal(str(item[3])) if item[3] != "" else None, rules=item[4], warmup_at=warmup, start_at=start,
                end_at=end, stock=_number(item[8]), limit_per_person=_number(item[9]), tiers=_tiers(item[10]),
                gift=item[11], prizes=item[12], row=row,
            )
        )  # fmt: skip
    for row, item in enumerate(sheet("SOP"), 2):
        kind = by_name(item[3])
        assert kind is not None
        session.add(
            tables.SopRow(
                **own, key=f"r{row}", time=item[0], cycle=item[1], cycle_rule=cycle(item[1]), tiers=_tiers(item[2]),
                kind=kind.key, kind_written=item[3], theme=item[4], channel=_channel(item[5]), owner=item[6],
                remark=item[7], row=row,
            )
        )  # fmt: skip
    for row, item in enumerate(sheet("话术"), 2):
        session.add(
            tables.Script(**own, key=f"s{row}", scene=item[0], question=item[1], answer=item[2], taboo=item[3],
                          escalate=item[4].startswith("是"), row=row)
        )  # fmt: skip
    for row, item in enumerate(sheet("知识"), 2):
        session.add(
            tables.KnowledgeItem(**own, key=f"k{row}", topic=item[0], question=item[1], answer=item[2],
                                 products=[code for code in item[3].split("、") if code], source=item[4], row=row)
        )  # fmt: skip
    for row, item in enumerate(sheet("历史内容"), 2):
        kind = by_name(item[3])
        assert kind is not None
        at = item[1] if isinstance(item[1], str) else f"{item[1]:%H:%M}"
        session.add(
            tables.PastPost(**own, key=f"h{row}", day=item[0], time=at, tiers=_tiers(item[2]), kind=kind.key,
                            kind_written=item[3], text=item[4], reached=_number(item[5]), reads=_number(item[6]),
                            clicks=_number(item[7]), interactions=_number(item[8]), orders=_number(item[9]), row=row)
        )  # fmt: skip
    session.flush()
    trade_days.seed(session, brand)
    return brand


@pytest.fixture(scope="session")
def _reference_file(_migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("reference") / "reference.db"
    shutil.copyfile(_migrated_file, path)
    database = Database(f"sqlite:///{path}")
    with database.write() as session:
        load(session, _workbook())
    database.dispose()
    return path


@pytest.fixture(scope="session")
def _planned_file(_reference_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("planned") / "planned.db"
    shutil.copyfile(_reference_file, path)
    database = Database(f"sqlite:///{path}")
    with database.write() as session:
        brand = session.scalars(select(tables.Brand)).one()
        planner.plan(session, brand, start=date(2026, 11, 23), days=21, now=instant("2026-11-22 12:00"))
    database.dispose()
    return path


@pytest.fixture
def sqlite_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A fresh SQLite database that holds the reference workbook, and its plan where a test asks for `planned`."""
    template = "_planned_file" if "planned" in request.fixturenames else "_reference_file"
    path = tmp_path / "chongfen.db"
    shutil.copyfile(request.getfixturevalue(template), path)
    return f"sqlite:///{path}"


@pytest.fixture
def planned(brand_id: int) -> int:
    """The reference brand with three weeks planned from Monday 2026-11-23, as of the Sunday before."""
    return brand_id


@pytest.fixture
def brand_id(database: Database) -> int:
    """The reference brand in a fresh database."""
    with database.write() as session:
        found = session.scalar(select(tables.Brand.id))
        return found or load(session, _workbook()).id


def instant(written: str, zone: str = "Asia/Shanghai") -> datetime:
    """2026-11-26 20:00 in a zone as an instant."""
    day, wall = written.split(" ")
    return datetime.combine(
        date.fromisoformat(day), time.fromisoformat(wall), tzinfo=ZoneInfo(zone)
    ).astimezone(UTC)


class Statements:
    """Counts what a database is asked."""

    def __init__(self, database: Database) -> None:
        self.count = 0
        event.listen(database.engine, "before_cursor_execute", self._one)

    def _one(self, *_: Any) -> None:
        self.count += 1

    def of(self, work: Callable[[], Any]) -> int:
        """How many statements ``work`` takes."""
        before = self.count
        work()
        return self.count - before


@pytest.fixture
def statements(database: Database) -> Statements:
    return Statements(database)
