"""The calendar feed: one's own private link, revocable, opening nothing else; times with their zone, hostile words as text."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.testclient import TestClient

from content_calendar.tables import ApiToken, Brand, User
from desk.web import ics
from workers.runtime import Runtime

NASTY = "坏\r\nBEGIN:VEVENT\nATTACH:javascript:alert(1);,\\ \u202e逆 <script>alert(1)</script>"


def address(client: TestClient) -> str:
    page = client.post("/settings/calendar").text
    found = re.search(r"http://desk\.test(/calendar/\d+/cal_[\w-]+\.ics)", page)
    assert found is not None
    return found[1]


def unfolded(text: str) -> list[str]:
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    return text.replace("\r\n ", "").split("\r\n")


def test_a_link_shows_the_plan_with_the_brands_zone_to_whoever_holds_it(
    editor: TestClient, as_role: Any, shop: Any
) -> None:
    link = address(editor)
    answer = as_role("").get(link)
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/calendar")
    lines = unfolded(answer.text)
    assert "DTSTART;TZID=Asia/Shanghai:20261124T090000" in lines and "TZOFFSETTO:+0800" in lines
    assert lines.count("BEGIN:VEVENT") == 7 and f"URL:http://desk.test/posts/{shop.posts['review']}" in lines
    assert as_role("").get(link, headers={"if-none-match": answer.headers["etag"]}).status_code == 304
    approved = unfolded(as_role("").get(f"{link}?state=approved").text)
    assert approved.count("BEGIN:VEVENT") == 1 and "STATUS:CONFIRMED" in approved


def test_it_opens_nothing_else_and_ends_when_it_is_revoked_or_its_owner_is_gone(
    editor: TestClient, as_role: Any, runtime: Runtime, shop: Any
) -> None:
    link, other = address(editor), address(editor)
    secret = link.rpartition("/")[2].removesuffix(".ics")
    nobody = as_role("")
    assert nobody.get("/api/posts", headers={"authorization": f"Bearer {secret}"}).status_code == 401
    bearer = re.search(r"cf_[\w-]{30,}", editor.post("/settings/tokens", data={"name": "看板"}).text)
    assert bearer is not None and nobody.get(link.replace(secret, bearer[0])).status_code == 404
    for wild in (
        link.replace(secret, "x"),
        link.replace("/calendar/1/", "/calendar/999/"),
        "/calendar/1/..%2f..%2fetc.ics",
    ):
        assert nobody.get(wild).status_code in {404, 422}
    with runtime.database.read() as session:
        first = session.query(ApiToken).order_by(ApiToken.id).first()
        assert first is not None and secret not in first.hash
        number = first.id
    editor.post(f"/settings/tokens/{number}/revoke")
    assert nobody.get(link).status_code == 404 and nobody.get(other).status_code == 200
    with runtime.database.write() as session:
        session.get_one(User, shop.users["editor"]).active = False
    assert nobody.get(other).status_code == 404


def test_hostile_words_stay_inside_their_value(
    editor: TestClient, as_role: Any, runtime: Runtime, shop: Any, make: Any
) -> None:
    with runtime.database.write() as session:
        make.post(
            session,
            session.get_one(Brand, shop.brand),
            text=NASTY,
            wall="12:00",
            owner=NASTY[:40],
            theme=NASTY,
        )
    text = as_role("").get(address(editor)).text
    lines = unfolded(text)
    assert lines.count("BEGIN:VEVENT") == lines.count("END:VEVENT") == 8
    assert not [line for line in lines if line.startswith("ATTACH")] and "\u202e" not in text


@given(
    st.text(max_size=300),
    st.sampled_from(["Asia/Shanghai", "Europe/London", "Australia/Lord_Howe", "America/St_Johns"]),
)
def test_any_text_comes_back_and_no_line_is_too_long(said: str, zone: str) -> None:
    event = ics.Event(
        "u", datetime(2026, 11, 24, 1, 0, tzinfo=UTC), said, said, "https://x.test/1", "TENTATIVE", "k"
    )
    body = ics.feed(
        "沐禾", ZoneInfo(zone), [event], first=date(2026, 9, 1), last=date(2026, 12, 1), now=event.start
    )
    lines = unfolded(body.encode("utf-8", "replace").decode())
    assert lines.count("BEGIN:VEVENT") == 1 and lines[-2:] == ["END:VCALENDAR", ""]
    assert len([line for line in lines if line.startswith("SUMMARY:")]) == 1


@pytest.mark.parametrize(("zone", "changes"), [("Asia/Shanghai", 1), ("Europe/London", 2)])
def test_a_zone_tells_every_offset_of_the_days_it_feeds(zone: str, changes: int) -> None:
    body = ics.feed(
        "x", ZoneInfo(zone), [], first=date(2026, 9, 1), last=date(2026, 12, 1), now=datetime.now(UTC)
    )
    assert body.count("TZOFFSETTO:") == changes
    if zone == "Europe/London":
        assert "DTSTART:20261025T020000\r\nTZOFFSETFROM:+0100\r\nTZOFFSETTO:+0000" in body
