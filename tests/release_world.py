"""A small brand ready to release, for the tests of review, ledger, channels and dispatcher."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from content_calendar import review
from content_calendar.database import Database
from content_calendar.states import PostState
from content_calendar.tables import (
    Approval,
    Attempt,
    AuditEvent,
    Brand,
    Delivery,
    DemoMessage,
    Group,
    Notice,
    Persona,
    Post,
    Product,
    Revision,
    Tier,
    User,
)
from prompts.brief import Fact, FactKind
from prompts.draft import Draft, Finding, Provenance

NINE = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 09:00 in Shanghai, a Monday
DAY = date(2026, 11, 23)
PRICE = Fact(
    id="product.P1.price", kind=FactKind.price, label="面霜 日常价", value="199", unit="元", source="商品!D2"
)
BLOCK = Finding(rule="law.absolute", verdict="block", reason="绝对化用语", excerpt="第一")
WARN = Finding(rule="length.first_line", verdict="warn", reason="首行偏长")


@dataclass
class World:
    """One brand on an open database. Methods commit; each returns ids or plain values."""

    database: Database
    now: datetime = NINE - timedelta(hours=1)
    brand_id: int = 0
    users: dict[str, int] = field(default_factory=dict)

    def build(self, *, groups: int = 3, channel: str = "demo", **brand: Any) -> World:
        """Brand, persona, tier, a product, one user per role and ``groups`` groups."""
        values = {"uid": "b" * 32, "name": "沐禾", "demo": channel == "demo", **brand}
        with self.database.write() as session:
            row = Brand(**values)
            session.add(row)
            session.flush()
            self.brand_id = row.id
            session.add(Persona(brand_id=row.id, code="chongfenguan", nickname="沐禾宠粉官"))
            session.add(Tier(brand_id=row.id, level="low", name="福利群", daily_cap=1000))
            session.add(Product(brand_id=row.id, code="P1", name="面霜", price=199, row=2))
            for role in ("editor", "lead", "operator", "service"):
                user = User(name=f"a{role}", role=role, created_at=self.now)
                session.add(user)
                session.flush()
                self.users[role] = user.id
        self.more_groups(groups, channel=channel)
        return self

    def more_groups(self, count: int, *, channel: str = "demo", address: str = "") -> None:
        with self.database.write() as session:
            known = len(session.scalars(select(Group.id)).all())
            rows = [
                {
                    "brand_id": self.brand_id, "code": f"G{known + n:04d}", "name": f"福利{known + n}群",
                    "tier": "low", "channel": channel, "address": address, "row": known + n, "active": True,
                    "tags": [], "source": "", "customer_type": "", "members": 0, "owner": "小禾",
                }
                for n in range(count)
            ]  # fmt: skip
            if rows:
                session.execute(insert(Group), rows)

    def user(self, session: Any, role: str = "editor") -> User:
        found = session.get(User, self.users[role])
        assert found is not None
        return found

    def brand(self, session: Any) -> Brand:
        found = session.get(Brand, self.brand_id)
        assert found is not None
        return found

    def post(
        self, *, due_at: datetime = NINE, lane: str = "auto", state: str = "planned", **more: Any
    ) -> int:
        """A planned post without text."""
        local = due_at + timedelta(hours=8)
        with self.database.write() as session:
            count = len(session.scalars(select(Post.id)).all())
            row = Post(
                brand_id=self.brand_id, slot_key=f"sop:{count}:{local.date()}:low", tier="low", kind="tip",
                lane=lane, day=local.date(), time=f"{local:%H:%M}", zone="Asia/Shanghai", due_at=due_at,
                state=state, state_since=self.now, created_at=self.now, **more,
            )  # fmt: skip
            session.add(row)
            session.flush()
            return row.id

    def draft(
        self, text: str = "早安，禾苗们", *, facts: Sequence[Fact] = (), findings: Sequence[Finding] = ()
    ) -> Draft:
        return Draft(
            text=text, first_line=text.split("\n")[0], facts=tuple(facts), findings=tuple(findings),
            provenance=Provenance(author="offline"),
        )  # fmt: skip

    def in_review(self, *, text: str = "早安，禾苗们", facts: Sequence[Fact] = (), findings: Sequence[Finding] = (), **post: Any) -> int:  # fmt: skip
        """A post with one machine-written revision, waiting for review."""
        post_id = self.post(**post)
        with self.database.write() as session:
            found = session.get_one(Post, post_id)
            draft = self.draft(text, facts=facts, findings=findings)
            review.submit(session, found, draft, None, actor="system:writer", now=self.now)
        return post_id

    def approved(self, **more: Any) -> int:
        """A post approved by the editor."""
        post_id = self.in_review(**more)
        self.approve(post_id)
        return post_id

    def approve(self, post_id: int, role: str = "editor", now: datetime | None = None) -> None:
        with self.database.write() as session:
            post = session.get_one(Post, post_id)
            digest = self.newest(session, post).hash
            user = self.user(session, role)
            review.approve(session, post, revision_hash=digest, user=user, now=now or self.now)

    def newest(self, session: Any, post: Post) -> Revision:
        found = session.get(Revision, post.revision_id)
        assert found is not None
        return found

    def state(self, post_id: int) -> PostState:
        with self.database.read() as session:
            return PostState(session.get_one(Post, post_id).state)

    def get(self, post_id: int) -> Post:
        with self.database.read() as session:
            return session.get_one(Post, post_id)

    def states(self, post_id: int | None = None) -> Counter[str]:
        """How many deliveries stand in which state."""
        query = select(Delivery.state)
        if post_id is not None:
            query = query.where(Delivery.post_id == post_id)
        with self.database.read() as session:
            return Counter(session.scalars(query))

    def rows(self, model: Any) -> list[Any]:
        with self.database.read() as session:
            return list(session.scalars(select(model)))

    def messages(self) -> list[DemoMessage]:
        return self.rows(DemoMessage)

    def groups(self) -> list[Group]:
        return self.rows(Group)

    def attempts(self) -> list[Attempt]:
        return self.rows(Attempt)

    def approvals(self) -> list[Approval]:
        return self.rows(Approval)

    def audit(self, action: str) -> list[AuditEvent]:
        return [event for event in self.rows(AuditEvent) if event.action == action]

    def notices(self) -> dict[str, str]:
        return {notice.code: notice.text for notice in self.rows(Notice)}

    def set(self, model: Any, row_id: Any, **values: Any) -> None:
        """Change a row as a person at the desk (or a disaster) would."""
        with self.database.write() as session:
            row = session.get_one(model, row_id)
            for key, value in values.items():
                setattr(row, key, value)

    def set_brand(self, **values: Any) -> None:
        self.set(Brand, self.brand_id, **values)
