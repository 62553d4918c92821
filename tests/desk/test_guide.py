"""An empty desk says what to do first: three steps, those done ticked, the next one marked."""

from __future__ import annotations

import re
from typing import Any

from starlette.testclient import TestClient

from content_calendar.tables import User
from desk.queries import starting
from desk.queries.starting import Guide
from workers.runtime import Runtime


def marked(page: str) -> str:
    found = re.search(r'aria-current="step">.*?<h2>(.*?)</h2>', page, re.S)
    return found[1] if found else ""


def test_the_next_step_is_the_first_one_that_is_not_done() -> None:
    assert [
        Guide(*there).next for there in ((False, False, False), (True, False, False), (True, True, False))
    ] == [1, 2, 3]
    assert Guide(True, True, True).done and not Guide(True, True, False).done


def test_without_a_brand_it_begins_with_the_workbook(as_role: Any, runtime: Runtime, shop: Any) -> None:
    with runtime.database.read() as session:
        assert starting.load(session, None, shop.users["lead"]) == Guide(False, True, False)


def test_a_week_without_posts_leads_to_planning_and_a_full_one_shows_no_guide(
    lead: TestClient, runtime: Runtime, shop: Any, make: Any
) -> None:
    assert "三步就能排出第一周" not in lead.get("/").text
    with runtime.database.write() as session:
        fresh = make.brand(session, "新家")
        number = fresh.id
    page = lead.get(f"/?brand={number}").text
    assert marked(page) == "排这一周" and 'action="/plan"' in page


def test_somebody_alone_is_asked_to_let_colleagues_in_and_may_still_plan(
    lead: TestClient, runtime: Runtime, make: Any, shop: Any
) -> None:
    with runtime.database.write() as session:
        number = make.brand(session, "新家").id
        session.query(User).filter(User.role != "lead").update({"active": False})
    page = lead.get(f"/?brand={number}").text
    assert marked(page) == "请同事进来" and 'href="/settings"' in page and 'action="/plan"' in page


def test_an_operator_is_shown_no_button_they_may_not_press(as_role: Any, runtime: Runtime, make: Any) -> None:
    with runtime.database.write() as session:
        number = make.brand(session, "新家").id
    assert 'action="/plan"' not in as_role("operator").get(f"/?brand={number}").text
