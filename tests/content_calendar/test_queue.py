"""The queue's lines: complete, in order, and as cheap for a thousand posts as for one."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import event

from content_calendar import ledger, queue
from content_calendar.tables import Campaign
from tests.release_world import BLOCK, DAY, NINE, PRICE, WARN, World


def entries(world: World, **more: object) -> list[queue.QueueLine]:
    with world.database.read() as session:
        return queue.entries(session, world.brand(session), **more)  # type: ignore[arg-type]


def test_a_line_says_everything_an_editor_needs(world: World) -> None:
    with world.database.write() as session:
        campaign = Campaign(
            brand_id=world.brand_id, code="c1", name="双12", kind="launch", start_at=NINE, end_at=NINE
        )
        session.add(campaign)
        session.flush()
        key = campaign.id
    world.in_review(
        text="面霜 199 元",
        facts=[PRICE],
        findings=[WARN, BLOCK],
        campaign_id=key,
        stage="start",
        angle="terms",
    )

    (line,) = entries(world)

    assert (line.campaign, line.stage, line.angle, line.groups) == ("双12", "start", "terms", 3)
    assert [finding["verdict"] for finding in line.findings] == ["block", "warn"]
    assert line.facts[0]["id"] == PRICE.id and line.number == 1
    assert line.blocked and not line.clean
    assert "due_at" not in line.document()


def test_lines_come_in_the_order_of_their_moment_and_filters_apply(world: World) -> None:
    late = world.in_review(due_at=NINE + timedelta(hours=2))
    early, tomorrow = world.post(), world.post(due_at=NINE + timedelta(days=1))

    assert [line.id for line in entries(world)] == [early, late, tomorrow]
    assert [line.id for line in entries(world, start=DAY, days=1)] == [early, late]
    assert [line.id for line in entries(world, states=["in_review"])] == [late]
    assert [line.id for line in entries(world, ids=[tomorrow])] == [tomorrow]


def test_after_freezing_the_frozen_audience_counts(world: World) -> None:
    post = world.approved()
    with world.database.write() as session:
        ledger.freeze(session, post, now=NINE)
    world.more_groups(5)

    assert entries(world)[0].groups == 3


def test_the_number_of_statements_does_not_grow(world: World) -> None:
    seen: list[str] = []
    event.listen(world.database.engine, "before_cursor_execute", lambda *args: seen.append(args[2]))
    counts = []
    for posts in (1, 20):
        for number in range(posts):
            world.in_review(text=f"{posts}-{number}", findings=[WARN])
        seen.clear()
        entries(world)
        counts.append(len(seen))
    assert counts[0] == counts[1]
