"""A small brand with a week of posts in every state, and browsers signed in as each role."""

from __future__ import annotations

import copy
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from fastapi import FastAPI
from sqlalchemy.orm import Session
from starlette.testclient import TestClient

from content_calendar import zones
from content_calendar.clock import FixedClock
from content_calendar.database import Database
from content_calendar.tables import (
    Brand,
    Campaign,
    FindingRow,
    Group,
    Persona,
    Post,
    Product,
    Revision,
    SopRow,
    Tier,
    User,
)
from desk.auth import sessions, users
from desk.auth.throttle import Throttle
from desk.web.app import create_app
from desk.web.visit import SESSION_COOKIE
from prompts.brief import Fact, FactKind
from prompts.draft import revision_hash
from workers.runtime import Runtime
from workers.settings import Settings

ZONE = ZoneInfo("Asia/Shanghai")
MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=ZONE).astimezone(UTC)  # Monday 08:00 in the brand's zone
ROLES = ("editor", "operator", "lead", "service")


@dataclass
class Shop:
    """The seeded brand and ids worth naming."""

    brand: int
    posts: dict[str, int] = field(default_factory=dict)
    groups: list[int] = field(default_factory=list)
    users: dict[str, int] = field(default_factory=dict)


@pytest.fixture
def clock() -> FixedClock:
    """Monday morning, standing still."""
    return FixedClock(NOW)


@pytest.fixture(scope="session")
def _one_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """One engine for every test, so that its compiled statements are kept; the file beneath it is changed."""
    database = Database(f"sqlite:///{tmp_path_factory.mktemp('desk') / 'chongfen.db'}")
    yield database
    database.dispose()


def _put(database: Database, template: Path) -> None:
    """Put a copy of ``template`` under the engine."""
    database.dispose()
    path = Path(database.engine.url.database or "")
    for rest in path.parent.glob(f"{path.name}*"):
        rest.unlink()
    shutil.copyfile(template, path)


@pytest.fixture
def runtime(_one_database: Database, _migrated_file: Path, tmp_path: Path, clock: FixedClock) -> Runtime:
    """A runtime over a fresh, migrated database."""
    _put(_one_database, _migrated_file)
    return Runtime(settings=Settings(data_dir=tmp_path), database=_one_database, clock=clock)


@pytest.fixture(scope="session")
def _one_app(tmp_path_factory: pytest.TempPathFactory) -> FastAPI:
    """Building the application costs more than most tests: it is built once and given each test's runtime."""
    folder = tmp_path_factory.mktemp("app")
    settings = Settings(data_dir=folder)
    return create_app(
        Runtime(
            settings=settings, database=Database(f"sqlite:///{folder / 'none.db'}"), clock=FixedClock(NOW)
        )
    )


@pytest.fixture
def app(_one_app: FastAPI, runtime: Runtime) -> FastAPI:
    """The whole desk."""
    _one_app.state.runtime, _one_app.state.throttle = runtime, Throttle()
    return _one_app


def add_brand(session: Session, name: str = "沐禾", *, groups: int = 6) -> Brand:
    """A demo brand with tiers, groups, one product, one campaign and an SOP row."""
    brand = Brand(uid=f"{abs(hash(name)):032x}"[:32], name=name, demo=True, fans="禾苗", industry="护肤")
    session.add(brand)
    session.flush()
    session.add(Persona(brand_id=brand.id, code="chongfenguan", nickname=f"{name}宠粉官"))
    for level, called in (("high", "老友群"), ("mid", "福利群"), ("low", "新芽群")):
        session.add(Tier(brand_id=brand.id, level=level, name=called, daily_cap=6))
    for number in range(groups):
        session.add(
            Group(
                brand_id=brand.id, code=f"G{number + 1:03d}", name=f"{name}宠粉群{number + 1:02d}", members=200 + number,
                tier=("high", "mid", "low")[number % 3], owner="1号", address="wr1",
                channel="wecom_mass" if number % 2 else "sidebar", tags=["成分党"],
            )
        )  # fmt: skip
    session.add(
        Product(
            brand_id=brand.id,
            code="MH105",
            name="神经酰胺修护面霜",
            spec="50g",
            price=199,
            efficacy=["修护"],
            row=6,
        )
    )
    session.add(
        SopRow(
            brand_id=brand.id, key="0900", time="09:00", cycle="每天", tiers=["mid"], kind="morning_news",
            channel="sidebar", theme="早安三条",
        )
    )  # fmt: skip
    session.add(
        Campaign(
            brand_id=brand.id, code="launch", name="面霜开售", kind="launch", products=["MH105"], tiers=["high", "mid"],
            warmup_at=at(MONDAY, "09:00"), start_at=at(MONDAY + timedelta(days=3), "20:00"),
            end_at=at(MONDAY + timedelta(days=6), "22:00"),
        )
    )  # fmt: skip
    session.flush()
    return brand


def at(day: date, wall: str) -> datetime:
    """The instant of a wall time in the brand's zone."""
    return zones.place(day, time.fromisoformat(wall), ZONE).instant


def add_post(
    session: Session,
    brand: Brand,
    *,
    day: date = MONDAY,
    wall: str = "10:00",
    tier: str = "mid",
    kind: str = "tip",
    state: str = "in_review",
    text: str = "洗完脸发紧？先看水温。\n手背试着不烫也不冰，就行了。",
    theme: str = "洗脸水温",
    findings: tuple[tuple[str, int, int], ...] = (),
    **more: Any,
) -> Post:
    """One post; with a text it has a revision, with findings (verdict, start, end) those too."""
    count = session.query(Post).count()
    post = Post(
        brand_id=brand.id, slot_key=f"test:{count}", tier=tier, kind=kind, lane=more.pop("lane", "hand_off"), day=day,
        time=wall, zone=brand.zone, due_at=at(day, wall), theme=theme, state=state, state_since=NOW, created_at=NOW, **more,
    )  # fmt: skip
    session.add(post)
    session.flush()
    if text:
        add_revision(session, post, text, findings=findings)
    return post


def add_revision(
    session: Session,
    post: Post,
    text: str,
    *,
    author: str = "offline",
    findings: tuple[tuple[str, int, int], ...] = (),
) -> Revision:
    """The next revision of a post, made its newest."""
    facts = (Fact(id="theme.1", kind=FactKind.text, label="主题里的数字", value="30", source="SOP!E12"),)
    number = session.query(Revision).filter_by(post_id=post.id).count() + 1
    revision = Revision(
        post_id=post.id, number=number, hash=revision_hash(text, facts), text=text, first_line=text.split("\n")[0][:60],
        facts=[fact.model_dump(mode="json") for fact in facts], provenance={"author": author}, author=author,
        created_at=NOW,
    )  # fmt: skip
    session.add(revision)
    session.flush()
    for verdict, start, end in findings:
        session.add(
            FindingRow(
                revision_id=revision.id, rule="brand.forbidden", verdict=verdict, start=start, end=end,
                excerpt=text[start:end], reason="品牌不让说这个词", law="品牌!B12", suggestion="换一个说法",
            )
        )  # fmt: skip
    post.revision_id = revision.id
    session.flush()
    return revision


class Maker:
    """The seeding functions and the seeded moment, for tests (which cannot import this file)."""

    monday = MONDAY
    now = NOW
    zone = ZONE
    at = staticmethod(at)
    brand = staticmethod(add_brand)
    post = staticmethod(add_post)
    revision = staticmethod(add_revision)


@pytest.fixture
def make() -> Maker:
    """Ways to seed more."""
    return Maker()


@pytest.fixture(scope="session")
def _seeded(_migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Shop]:
    """The seeded brand in a file of its own, made once and copied for each test."""
    path = tmp_path_factory.mktemp("seeded") / "shop.db"
    shutil.copyfile(_migrated_file, path)
    database = Database(f"sqlite:///{path}")
    made = _seed(database)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
    database.dispose()
    return path, made


@pytest.fixture
def shop(runtime: Runtime, _seeded: tuple[Path, Shop]) -> Shop:
    """The seeded brand: one post per interesting state, and one user per role."""
    _put(runtime.database, _seeded[0])
    return copy.deepcopy(_seeded[1])


def _seed(database: Database) -> Shop:
    with database.write() as session:
        brand = add_brand(session)
        made = Shop(brand=brand.id, groups=[row.id for row in session.query(Group).order_by(Group.id)])
        tuesday = MONDAY + timedelta(days=1)
        made.posts["review"] = add_post(session, brand, day=tuesday, wall="09:00", kind="morning_news").id
        made.posts["blocked"] = add_post(
            session,
            brand,
            day=tuesday,
            text="全网最低价的面霜，今晚开卖。",
            findings=(("block", 0, 4), ("warn", 9, 11)),
        ).id
        made.posts["approved"] = add_post(
            session, brand, day=tuesday, wall="14:00", state="approved", tier="high"
        ).id
        made.posts["planned"] = add_post(
            session, brand, day=tuesday, wall="16:00", state="planned", text="", tier="low"
        ).id
        made.posts["soon"] = add_post(session, brand, wall="08:20", tier="high").id
        made.posts["released"] = add_post(
            session, brand, day=MONDAY - timedelta(days=1), wall="20:00", state="released", tier="low"
        ).id
        made.posts["held"] = add_post(
            session, brand, day=tuesday, wall="20:00", state="held", state_reason="价格变了"
        ).id
        for role in ROLES:
            made.users[role] = users.create(
                session, name=role, role=role, now=NOW, actor="system:test", display=f"{role}的人"
            ).id
    return made


@pytest.fixture
def as_role(app: FastAPI, runtime: Runtime, shop: Shop) -> Iterator[Callable[[str], TestClient]]:
    """A browser signed in as the user of that role ("" for nobody)."""
    opened: list[TestClient] = []

    def make(role: str) -> TestClient:
        client = TestClient(app, base_url="http://desk.test", follow_redirects=False)
        if role:
            with runtime.database.write() as session:
                cookie = sessions.open_(
                    session, session.get_one(User, shop.users[role]), now=runtime.clock.now()
                )
            client.cookies.set(SESSION_COOKIE, cookie)
        opened.append(client)
        return client

    yield make
    for client in opened:
        client.close()


@pytest.fixture
def editor(as_role: Callable[[str], TestClient]) -> TestClient:
    """A browser signed in as an editor."""
    return as_role("editor")


@pytest.fixture
def lead(as_role: Callable[[str], TestClient]) -> TestClient:
    """A browser signed in as the lead."""
    return as_role("lead")
