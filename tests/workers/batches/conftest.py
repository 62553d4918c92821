"""A brand with know-how and planned posts, small enough to write in a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import func, select

from content_calendar.clock import FixedClock
from content_calendar.database import Database
from content_calendar.tables import Brand, BriefRow, Group, KnowledgeItem, Persona, Post, Revision, Tier, User
from workers.chains import chains
from workers.runtime import Runtime
from workers.settings import Settings

NOW = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)  # Monday 08:00 in Shanghai
NOTES = [
    ("洁面", "洗脸水温多少合适？", "手背试着不烫不冰就行，水太热会带走油脂，越洗越绷。"),
    ("洁面", "早上要不要用洁面产品？", "不油的皮肤用清水就够，出油多的再用。"),
    ("保湿", "面霜抹多少？", "黄豆大一粒，分五点抹开，脖子也带到。"),
    ("保湿", "换季起皮怎么办？", "先停去角质，面霜厚敷一层，两三天看看。"),
    ("防晒", "阴天要不要防晒？", "要，云挡不住长波紫外线，出门前二十分钟抹。"),
    ("防晒", "防晒多久补一次？", "在户外两小时补一次，出汗擦掉了就马上补。"),
    ("作息", "熬夜脸黄怎么缓？", "先把觉补回来，护肤只做清洁和保湿两步。"),
    ("手部", "手干裂怎么护？", "洗完手趁潮抹一层护手霜，睡前戴棉手套。"),
]


@dataclass
class Shop:
    """The brand on an open database; ``runtime`` stands still at NOW."""

    runtime: Runtime
    clock: FixedClock

    @property
    def database(self) -> Database:
        return self.runtime.database

    def with_settings(self, **changes: object) -> Shop:
        settings = Settings(**{**self.runtime.settings.model_dump(), **changes})  # type: ignore[arg-type]
        return Shop(replace(self.runtime, settings=settings), self.clock)

    def posts(
        self, count: int, *, first: timedelta = timedelta(hours=2), every: float = 1.0, **values: object
    ) -> list[int]:
        """Planned posts, one ``every`` hours; their ids."""
        with self.database.write() as session:
            known = session.scalar(select(func.count()).select_from(Post)) or 0
            brand_id = session.scalars(select(Brand.id)).one()
            rows = []
            for number in range(count):
                due = NOW + first + timedelta(hours=number * every)
                wall = due.astimezone(ZoneInfo("Asia/Shanghai"))
                row = {
                    "brand_id": brand_id, "slot_key": f"sop:t:{known + number}:low", "tier": "low", "kind": "tip",
                    "kind_written": "护肤秘籍", "lane": "hand_off", "day": wall.date(), "time": f"{wall:%H:%M}",
                    "zone": "Asia/Shanghai", "due_at": due, "state_since": NOW, "created_at": NOW, **values,
                }  # fmt: skip
                rows.append(Post(**row))
            session.add_all(rows)
            session.flush()
            return [row.id for row in rows]

    def states(self) -> dict[int, str]:
        with self.database.read() as session:
            return dict(session.execute(select(Post.id, Post.state)).tuples().all())

    def newest_brief(self) -> dict[str, Any]:
        """What the newest revision was written from."""
        with self.database.read() as session:
            query = select(BriefRow.body).join(Revision, Revision.brief_id == BriefRow.id)
            body = session.scalar(query.order_by(Revision.id.desc()).limit(1))
        assert body is not None
        return body

    def texts(self) -> dict[int, list[str]]:
        """Post id → texts of its revisions in order."""
        with self.database.read() as session:
            rows = session.execute(select(Revision.post_id, Revision.text).order_by(Revision.number))
            found: dict[int, list[str]] = {}
            for post_id, text in rows:
                found.setdefault(post_id, []).append(text)
            return found


@pytest.fixture(autouse=True)
def close_chains() -> Iterator[None]:
    """No model outlives its test: another test's server may get its port."""
    yield
    chains.close()


@pytest.fixture
def make_shop(make_database: Callable[[str], Database], tmp_path: Path) -> Callable[[str], Shop]:
    """A shop on the database at a URL."""

    def make(url: str) -> Shop:
        database = make_database(url)
        clock = FixedClock(NOW)
        settings = Settings(data_dir=tmp_path, database_url=url)
        with database.write() as session:
            brand = Brand(uid="b" * 32, name="沐禾", industry="护肤（化妆品）", fans="禾苗", demo=True)
            session.add(brand)
            session.flush()
            session.add(Persona(brand_id=brand.id, code="chongfenguan", nickname="沐禾宠粉官"))
            session.add(Tier(brand_id=brand.id, level="low", name="福利群"))
            session.add(Tier(brand_id=brand.id, level="high", name="会员群"))
            session.add(
                Group(
                    brand_id=brand.id, code="L1", name="福利1群", tier="low", channel="sidebar", address="x"
                )
            )
            for number, (topic, question, answer) in enumerate(NOTES, 2):
                session.add(
                    KnowledgeItem(
                        brand_id=brand.id,
                        key=f"k{number}",
                        topic=topic,
                        question=question,
                        answer=answer,
                        row=number,
                    )
                )
            session.add(User(name="小编", role="editor", created_at=NOW))
        return Shop(Runtime(settings, database, clock), clock)

    return make


@pytest.fixture
def shop(make_shop: Callable[[str], Shop], database_url: str) -> Shop:
    """A shop on SQLite, or on both databases where the test is marked."""
    return make_shop(database_url)
