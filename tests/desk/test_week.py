"""The week: what stands where, what will fail, and a constant number of statements."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event
from starlette.testclient import TestClient

from content_calendar.clock import FixedClock
from content_calendar.tables import Brand, Group, Post, SopRow, TradeDay
from desk.queries import week
from workers.runtime import Runtime


def load(runtime: Runtime, make: Any, **chosen: Any) -> week.Week:
    with runtime.database.read() as session:
        brand = session.query(Brand).order_by(Brand.id).first()
        return week.load(
            session, brand, first=make.monday, chosen=week.Filter(**chosen), now=runtime.clock.now()
        )


def cards(found: week.Week) -> dict[int, Any]:
    return {card.id: card for line in found.lines for cell in line.cells for card in cell.cards}


def test_each_post_stands_in_its_day_and_at_its_time(runtime: Runtime, shop: Any, make: Any) -> None:
    found = load(runtime, make)
    line = next(line for line in found.lines if line.time == "14:00")
    assert [card.id for card in line.cells[1].cards] == [shop.posts["approved"]]
    assert [day.day for day in found.days] == [make.monday + timedelta(days=n) for n in range(7)]
    assert shop.posts["released"] not in cards(found), "last week's post is not in this one"


def test_a_time_node_of_the_sop_has_its_row_even_without_a_post(
    runtime: Runtime, make: Any, shop: Any
) -> None:
    with runtime.database.write() as session:
        session.query(Post).filter(Post.time == "09:00").update({"time": "09:30"})
    assert "09:00" in [line.time for line in load(runtime, make).lines]


def test_a_post_that_will_fail_says_why(runtime: Runtime, make: Any, shop: Any) -> None:
    found = cards(load(runtime, make))
    assert [risk.code for risk in found[shop.posts["soon"]].risks] == ["unapproved"]
    assert found[shop.posts["soon"]].risks[0].number == 20
    assert [risk.code for risk in found[shop.posts["blocked"]].risks] == ["block"]
    assert found[shop.posts["approved"]].risks == ()


def test_conflicts_missing_groups_missing_channels_and_a_pause_are_risks_too(
    runtime: Runtime, make: Any, shop: Any
) -> None:
    with runtime.database.write() as session:
        brand = session.get_one(Brand, shop.brand)
        brand.demo, brand.paused_at = False, make.now
        post = session.get_one(Post, shop.posts["approved"])
        post.conflicts = [
            {"kind": "cap", "level": "error", "text": "超过每日上限"},
            {"level": "notice", "text": "提示"},
        ]
        session.query(Group).filter(Group.tier == "mid").update({"active": False})
        session.query(Group).filter(Group.tier == "high").update({"channel": "webhook", "address": ""})
    found = cards(load(runtime, make))
    assert [risk.code for risk in found[shop.posts["approved"]].risks] == ["conflict", "channel", "paused"]
    assert found[shop.posts["approved"]].risks[0].text == "超过每日上限"
    assert "no_groups" in [risk.code for risk in found[shop.posts["review"]].risks]


def test_what_is_past_or_sent_is_no_risk_any_more(
    runtime: Runtime, make: Any, shop: Any, clock: FixedClock
) -> None:
    clock.advance(timedelta(days=8))
    assert load(runtime, make).at_risk == 0


def test_a_cell_shows_four_and_links_to_the_rest_the_endangered_first(
    runtime: Runtime, make: Any, shop: Any, editor: TestClient
) -> None:
    with runtime.database.write() as session:
        brand = session.get_one(Brand, shop.brand)
        for _ in range(6):
            make.post(session, brand, day=make.monday + timedelta(days=2), wall="16:00")
        last = make.post(
            session, brand, day=make.monday + timedelta(days=2), wall="16:00", findings=(("block", 0, 2),)
        ).id
    line = next(line for line in load(runtime, make).lines if line.time == "16:00")
    assert len(line.cells[2].cards) == 4 and line.cells[2].more == 3
    assert line.cells[2].cards[0].id == last
    page = editor.get("/").text
    assert "还有 3 篇" in page and "/days/2026-11-25?time=16:00" in page
    assert editor.get("/days/2026-11-25?time=16:00").text.count('href="/posts/') == 7


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("tier=high", {"approved", "soon"}),
        ("kind=morning_news", {"review"}),
        ("state=held", {"held"}),
        ("state=risk", {"soon", "blocked"}),
        ("tier=low&state=planned", {"planned"}),
        ("tier=nonsense", set()),
    ],
)
def test_filters_narrow_and_stay_in_every_link(
    editor: TestClient, shop: Any, query: str, expected: set[str]
) -> None:
    page = editor.get(f"/?{query}").text
    shown = {name for name, number in shop.posts.items() if f'data-id="{number}"' in page}
    assert shown == expected
    after = re.search(r'href="(/\?from=2026-11-30[^"]*)"', page)
    assert after and all(part in after[1].replace("&amp;", "&") for part in query.split("&"))


def test_campaigns_lie_over_their_days_and_never_over_one_another(
    runtime: Runtime, make: Any, shop: Any
) -> None:
    from content_calendar.tables import Campaign

    with runtime.database.write() as session:
        for number, (first, last) in enumerate(((-3, 1), (2, 2), (1, 9))):
            session.add(
                Campaign(
                    brand_id=shop.brand, code=f"c{number}", name=f"活动{number}", kind="discount",
                    start_at=make.at(make.monday + timedelta(days=first), "10:00"),
                    end_at=make.at(make.monday + timedelta(days=last), "22:00"),
                )
            )  # fmt: skip
    found = load(runtime, make)
    bands = {band.name: band for track in found.tracks for band in track}
    assert (bands["面霜开售"].start, bands["面霜开售"].span, bands["面霜开售"].warm_up) == (0, 7, 3)
    assert (bands["活动0"].start, bands["活动0"].span, bands["活动0"].clipped_left) == (0, 2, True)
    assert (bands["活动2"].start, bands["活动2"].span, bands["活动2"].clipped_right) == (1, 6, True)
    for track in found.tracks:
        taken = [column for band in track for column in range(band.start, band.start + band.span)]
        assert len(taken) == len(set(taken))


def test_trade_days_and_festivals_stand_above_their_day(runtime: Runtime, make: Any, shop: Any) -> None:
    with runtime.database.write() as session:
        session.add(TradeDay(brand_id=shop.brand, rule="11-27", name="黑五"))
        session.add(TradeDay(brand_id=shop.brand, rule="2027-11-27", name="别的年"))
    found = load(runtime, make)
    assert found.days[4].notes == ("黑五",)
    with runtime.database.read() as session:
        brand = session.query(Brand).one()
        winter = week.load(session, brand, first=date(2026, 12, 21), chosen=week.Filter(), now=make.now)
    assert "冬至" in winter.days[1].notes


def test_the_line_of_now_is_drawn_today_and_only_this_week(
    runtime: Runtime, make: Any, shop: Any, editor: TestClient
) -> None:
    found = load(runtime, make)
    assert [line.time for line in found.lines if line.now] == ["08:20"]
    assert 'class="nowat"' in editor.get("/").text
    assert 'class="nowat"' not in editor.get("/?from=2026-12-07").text


def test_the_day_after_midnight_in_the_brands_zone_is_today(
    editor: TestClient, clock: FixedClock, make: Any
) -> None:
    clock.instant = make.at(date(2026, 11, 24), "00:30")  # still Monday in UTC
    assert 'aria-current="date"><span>二</span>' in re.sub(r">\s+<", "><", editor.get("/").text)


def test_a_week_without_posts_offers_to_plan_it(editor: TestClient, as_role: Any) -> None:
    assert 'action="/plan"' in editor.get("/?from=2026-12-07").text
    assert 'action="/plan"' not in as_role("operator").get("/?from=2026-12-07").text


def test_planning_from_the_desk_refuses_the_past(editor: TestClient) -> None:
    answer = editor.post("/plan", data={"start": "2026-11-02"})
    assert answer.status_code == 422 and "过去的日子不能再排期" in answer.text


def test_before_the_first_import_the_desk_says_what_to_do(
    app: Any, runtime: Runtime, clock: FixedClock
) -> None:
    from desk.auth import sessions, users
    from desk.web.visit import SESSION_COOKIE

    with runtime.database.write() as session:
        lead = users.ensure_lead(session, clock.now())
        cookie = sessions.open_(session, lead, now=clock.now())
    client = TestClient(app, base_url="http://desk.test", cookies={SESSION_COOKIE: cookie})
    assert "三步就能排出第一周" in client.get("/").text
    assert client.get("/brand").status_code == 200
    assert client.get("/settings").status_code == 200 and client.get("/audit").status_code == 200
    assert client.get("/review").status_code == 404 and "导入工作簿" in client.get("/review").text


def statements(runtime: Runtime, act: Any) -> int:
    """How many statements ``act`` sends."""
    said: list[str] = []

    def listen(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    event.listen(runtime.database.engine, "before_cursor_execute", listen)
    act()
    event.remove(runtime.database.engine, "before_cursor_execute", listen)
    return len([statement for statement in said if not statement.startswith(("BEGIN", "PRAGMA"))])


@pytest.mark.parametrize(
    "path",
    ["/", "/month", "/list", "/review", "/days/2026-11-25", "/api/posts?limit=200", "/deliveries", "/groups"],
)
def test_the_number_of_statements_does_not_grow_with_the_posts(
    editor: TestClient, runtime: Runtime, make: Any, shop: Any, path: str
) -> None:
    editor.get(path)  # a first look at a post is kept
    before = statements(runtime, lambda: editor.get(path))
    with runtime.database.write() as session:
        brand = session.get_one(Brand, shop.brand)
        for number in range(60):
            make.post(
                session, brand, day=make.monday + timedelta(days=number % 7), wall=f"{10 + number % 8}:00",
                findings=(("warn", 0, 2),) if number % 3 else (),
            )  # fmt: skip
    assert statements(runtime, lambda: editor.get(path)) == before <= 25


@pytest.mark.parametrize(
    ("today", "first"),
    [
        (date(2026, 11, 25), date(2026, 11, 23)),  # Wednesday: its Monday
        (date(2026, 11, 28), date(2026, 11, 28)),  # Saturday: the days ahead
        (date(2026, 11, 29), date(2026, 11, 29)),  # Sunday: the days ahead
    ],
)
def test_at_a_weekend_the_days_ahead_are_shown(today: date, first: date) -> None:
    assert week.first_day(today, today=today) == first


def test_a_day_of_another_week_is_shown_in_its_own_week() -> None:
    assert week.first_day(date(2026, 11, 12), today=date(2026, 11, 29)) == date(2026, 11, 9)


def asks(runtime: Runtime, **rule: Any) -> None:
    """Let the shop's SOP row ask for its moment on these days."""
    with runtime.database.write() as session:
        session.query(SopRow).update({"cycle_rule": rule})


def holes(found: week.Week) -> list[tuple[int, str, str]]:
    return [
        (hole.day.weekday(), hole.time, hole.tier)
        for line in found.lines
        for cell in line.cells
        for hole in cell.holes
    ]


def test_a_moment_the_sop_asks_for_without_a_post_is_a_hole_of_a_planned_day(
    runtime: Runtime, make: Any, shop: Any
) -> None:
    asks(runtime, weekdays=[1, 2, 3, 4, 5, 6, 7])
    with runtime.database.read() as session:
        planned = {post.day.weekday() for post in session.query(Post).filter(Post.day >= make.monday)}
        taken = {
            post.day.weekday()
            for post in session.query(Post).filter(Post.time == "09:00", Post.tier == "mid")
        }
    found = load(runtime, make)
    assert holes(found) == [(day, "09:00", "mid") for day in sorted(planned - taken)]
    assert found.summary.holes == len(holes(found)) > 0
    assert holes(load(runtime, make, tier="high")) == []
    assert holes(load(runtime, make, state="approved")) == []
    assert cards(load(runtime, make, state="hole")) == {}


def test_a_post_taken_off_or_moved_on_purpose_leaves_no_hole_a_rejected_one_does(
    runtime: Runtime, make: Any, shop: Any
) -> None:
    asks(runtime, weekdays=[3])
    day = make.monday + timedelta(days=2)
    with runtime.database.write() as session:
        post = session.get_one(Post, shop.posts["approved"])
        post.slot_key, post.day, post.time = f"sop:0900:{day.isoformat()}:mid", day, "10:00"
        post.due_at = post.due_at + (day - make.monday) - timedelta(days=1)
    assert holes(load(runtime, make)) == []
    with runtime.database.write() as session:
        session.get_one(Post, shop.posts["approved"]).state = "rejected"
    assert holes(load(runtime, make)) == [(2, "09:00", "mid")]


def test_every_view_keeps_the_filter_and_agrees_about_the_day(
    as_role: Any, shop: Any, runtime: Runtime
) -> None:
    client: TestClient = as_role("editor")
    with runtime.database.read() as session:
        post = session.get_one(Post, shop.posts["approved"])
        day, tier = post.day, post.tier
        kept = {post.id for post in session.query(Post).filter_by(day=day, state="approved", tier=tier)}
    for view in (f"/days/{day}", f"/?day={day}", f"/month?from={day}", f"/list?from={day}"):
        glue = "&" if "?" in view else "?"
        html = client.get(f"{view}{glue}state=approved&tier={tier}").text
        for other in ("/days/", "/?", "/month?", "/list?"):
            link = next(
                link
                for link in re.findall(r'href="([^"]+)"', html.split('class="seg views"')[1])
                if link.startswith(other)
            )
            assert "state=approved" in link and f"tier={tier}" in link, (view, other)
        shown = {int(number) for number in re.findall(r'href="/posts/(\d+)"', html)}
        assert shown == kept, view


@pytest.mark.parametrize(
    "sort", ["when", "-when", "kind", "-tier", "state", "owner", "groups", "campaign", "bad;--"]
)
def test_the_list_sorts_by_any_column_both_ways(as_role: Any, shop: Any, make: Any, sort: str) -> None:
    answer = as_role("editor").get(f"/list?from={make.monday}&sort={sort}")
    assert answer.status_code == 200
    numbers = [int(number) for number in re.findall(r'href="/posts/(\d+)"', answer.text)]
    assert len(numbers) == len(set(numbers)) > 3
    if sort == "-when":
        other = as_role("editor").get(f"/list?from={make.monday}&sort=when").text
        assert numbers[::-1] == [int(number) for number in re.findall(r'href="/posts/(\d+)"', other)]
