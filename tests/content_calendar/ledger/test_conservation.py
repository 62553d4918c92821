"""Whatever happens, in any order: nothing is lost, nothing is doubled, the sum holds (Hypothesis)."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, rule
from sqlalchemy import select

from content_calendar import ledger, review
from content_calendar.database import Database, migrate
from content_calendar.errors import CalendarError
from content_calendar.ledger import Outgoing, Result
from content_calendar.states import OPEN, DeliveryState, PostState
from content_calendar.tables import Delivery, Post
from tests.release_world import DAY, NINE, World

LEASE = timedelta(seconds=90)
UNENDED = OPEN | {DeliveryState.unknown}
OWNERS = st.sampled_from(["d1", "d2"])
ENDINGS = st.lists(st.sampled_from(["sent", "refused", "refused for good", "lost answer", "lost call"]), min_size=4, max_size=4)  # fmt: skip


class Life(RuleBasedStateMachine):
    """Two dispatchers, people at the desk, a clock that only goes on; ``arrived`` is what the groups saw."""

    template: Path
    calls = Bundle("calls")

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.mkdtemp()
        shutil.copyfile(self.template, f"{self.folder}/x.db")
        self.world = World(Database(f"sqlite:///{self.folder}/x.db")).build(groups=2)
        self.now = NINE
        self.arrived: Counter[str] = Counter()
        self.answered: set[str] = set()
        self.posts = [self.world.approved(text=f"{n}", due_at=NINE + timedelta(minutes=n)) for n in range(2)]

    def teardown(self) -> None:
        if hasattr(self, "world"):
            self.world.database.dispose()
            shutil.rmtree(self.folder)

    @rule(owner=OWNERS, limit=st.integers(1, 4))
    def claim_and_die(self, owner: str, limit: int) -> None:
        with self.world.database.write() as session:
            ledger.claim(session, owner=owner, now=self.now, limit=limit, lease=LEASE)

    @rule(target=calls, owner=OWNERS, limit=st.integers(1, 4), endings=ENDINGS)
    def freeze_claim_open_and_call(self, owner: str, limit: int, endings: list[str]) -> list[Result]:
        """A call is made right after its attempt was opened; what is learnt of it may come late or never."""
        for post_id in self.posts:
            with self.world.database.write() as session:
                ledger.freeze(session, post_id, now=self.now)
        with self.world.database.write() as session:
            claims = ledger.claim(session, owner=owner, now=self.now, limit=limit, lease=LEASE)
        with self.world.database.write() as session:
            opened = ledger.open_attempts(session, claims, owner=owner, now=self.now, lease=LEASE)
        for post_id, refusal in opened.refusals.items():
            with self.world.database.write() as session:
                ledger.refuse(session, post_id, refusal, now=self.now)
        return [self._call(call, ending) for call, ending in zip(opened.calls, endings, strict=False)]

    def _call(self, call: Outgoing, ending: str) -> Result:
        if ending in {"sent", "lost answer"}:
            self.arrived[call.delivery_id] += 1
        kind: Any = "unknown" if ending.startswith("lost") else ending.split()[0]
        return Result(
            call.delivery_id, call.fence, call.number, kind, self.now, self.now, code="x",
            permanent=ending.endswith("good"),
        )  # fmt: skip

    @rule(results=calls)
    def settle(self, results: list[Result]) -> None:
        """Perhaps twice: the second time must change nothing."""
        with self.world.database.write() as session:
            ledger.settle(session, results, now=self.now)

    @rule(seconds=st.sampled_from([1, 30, 95, 400]))
    def time_goes_on_and_the_house_is_kept(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)
        for step in (ledger.reap, ledger.sweep, ledger.close_finished):
            with self.world.database.write() as session:
                step(session, now=self.now)  # type: ignore[operator]

    @rule()
    def answer_truly(self) -> None:
        with self.world.database.read() as session:
            waiting = ledger.unanswered(session, self.world.brand_id)
        for item in waiting:
            with self.world.database.write() as session:
                ledger.answer_unknown(
                    session, item.delivery_id, arrived=bool(self.arrived[item.delivery_id]),
                    user=self.world.user(session), now=self.now,
                )  # fmt: skip

    @rule(which=st.integers(0, 1), what=st.sampled_from(["hold", "resume", "edit", "approve", "cancel"]))
    def decide(self, which: int, what: str) -> None:
        try:
            with self.world.database.write() as session:
                post = session.get_one(Post, self.posts[which])
                self._decide(session, post, what)
        except CalendarError:
            return  # refused in words: nothing changed

    def _decide(self, session: Any, post: Post, what: str) -> None:
        user, digest = self.world.user(session), self.world.newest(session, post).hash
        if what == "hold":
            review.hold(session, post, user=user, reason="等", now=self.now)
        elif what == "resume":
            review.resume_post(session, post, user=user, now=self.now)
        elif what == "edit":
            text = f"改于 {self.now}"
            review.edit(session, post, text, base_hash=digest, user=user, findings=(), now=self.now)
        elif what == "approve":
            review.approve(session, post, revision_hash=digest, user=user, now=self.now)
        else:
            review.cancel(session, post, user=user, reason="不发了", now=self.now)

    @rule(on=st.booleans())
    def pause_or_resume(self, on: bool) -> None:
        try:
            with self.world.database.write() as session:
                brand, user = self.world.brand(session), self.world.user(session)
                if on:
                    review.pause_brand(session, brand, user=user, reason="急", now=self.now)
                else:
                    review.resume_brand(session, brand, user=user, choices={}, now=self.now)
        except CalendarError:
            return

    @invariant()
    def nothing_is_lost_doubled_or_called_sent_that_was_not(self) -> None:
        if not hasattr(self, "world"):
            return
        assert max(self.arrived.values(), default=0) <= 1
        with self.world.database.read() as session:
            day = ledger.day_sum(session, self.world.brand(session), DAY)
            rows = session.execute(
                select(Delivery.id, Delivery.state, Post.state.label("post")).join(Post)
            ).all()
        assert day.holds, day.faults
        for row in rows:
            assert row.state != DeliveryState.sent or self.arrived[row.id] == 1
            assert row.post != PostState.released or row.state not in UNENDED


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("life") / "template.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.mark.faults
def test_nothing_lost_nothing_doubled_in_any_order(template: Path) -> None:
    from hypothesis.stateful import run_state_machine_as_test

    Life.template = template
    run_state_machine_as_test(
        Life,
        settings=settings(
            max_examples=12, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
