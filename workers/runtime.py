"""What every entry point needs, made once per process: settings, database, clock.

The command line, the desk and the Celery tasks all start from here, so that they behave alike.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy.orm import Session

from content_calendar import brands
from content_calendar.clock import Clock
from content_calendar.database import Database
from content_calendar.errors import CalendarError
from content_calendar.tables import Brand
from workers.settings import Settings


@dataclass(frozen=True)
class Runtime:
    """The process's one database and one clock."""

    settings: Settings
    database: Database
    clock: Clock


def start(settings: Settings) -> Runtime:
    """Make the data folder and open the database (which must have been migrated)."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    return Runtime(settings=settings, database=Database(settings.db_url), clock=settings.make_clock())


def only_brand(session: Session, name: str | None = None) -> Brand:
    """The brand called ``name``, or the only one there is; CalendarError says what to do otherwise."""
    found = brands.customers(session)
    if name:
        found = [brand for brand in found if brand.name == name]
    if not found:
        raise CalendarError(
            f"没有找到品牌「{name}」。" if name else "还没有品牌。请先运行 chongfen import 工作簿.xlsx。",
            code="brand.missing",
            english="No brand yet; run chongfen import WORKBOOK.xlsx first.",
        )
    if len(found) > 1:
        names = "、".join(brand.name for brand in found)
        raise CalendarError(
            f"有 {len(found)} 个品牌（{names}），请用 --brand 指定一个。",
            code="brand.ambiguous",
            english=f"There are {len(found)} brands ({names}); choose one with --brand.",
        )
    return found[0]
