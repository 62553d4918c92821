"""The model meter and the day's calls: on the page, in the menu, over the API, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from fastapi import FastAPI
from sqlalchemy import event
from starlette.testclient import TestClient

from content_calendar.spending import Call, Limits, Outcome, reserve, settle
from desk.web import model_words
from generator.models.outcomes import CODES
from workers.runtime import Runtime
from workers.settings import Settings

MONDAY = date(2026, 11, 23)


@pytest.fixture
def modelled(app: FastAPI, runtime: Runtime) -> Iterator[Runtime]:
    """The desk with a model, a price and limits."""
    settings = Settings(
        data_dir=runtime.settings.data_dir, models="http://127.0.0.1:9/v1#fake", model_daily_tokens=10_000,
        model_daily_yuan=Decimal("2"),
    )  # fmt: skip
    made = replace(runtime, settings=settings)
    app.state.runtime = made
    yield made
    app.state.runtime = runtime


def called(runtime: Runtime, now: datetime, count: int = 1, *, brand: int | None = None, **more: Any) -> None:
    """Calls that cost more and take longer one after the other."""
    with runtime.database.write() as session:
        for number in range(count):
            call = Call(
                brand, None, MONDAY, now + timedelta(seconds=number), "custom:fake", "write", 900, 600, 60_000
            )
            ticket = reserve(session, replace(call, **more), Limits())
            assert ticket is not None
            settle(session, ticket, Outcome("ok", 100 + number, 900, 20 + number, Decimal(9 + number) / 100))


def test_the_meter_and_every_call_of_the_day_are_on_the_page(
    as_role: Callable[[str], TestClient], modelled: Runtime, shop: Any, make: Any
) -> None:
    post = shop.posts["review"]
    called(modelled, make.now, 3, brand=shop.brand, post_id=post)
    body = as_role("operator").get("/settings/models").text
    assert "2,763" in body and "/ 10,000" in body and "¥0.30" in body and "/ ¥2.00" in body
    assert body.count(f'href="/posts/{post}"') == 3 and "900 + 21" in body and "¥0.1000" in body
    assert "写稿" in body and "成功" in body


def test_the_meter_is_in_the_menu_and_on_the_settings_page_where_a_model_is_set(
    as_role: Callable[[str], TestClient], modelled: Runtime, shop: Any, make: Any
) -> None:
    called(modelled, make.now, 3)
    for path in ("/", "/review", "/settings"):
        assert re.search(r'href="/settings/models">.*28%', as_role("editor").get(path).text), path
    assert "3 次调用" in as_role("service").get("/settings").text


def test_without_a_model_the_page_says_who_writes_and_the_menu_is_silent(
    as_role: Callable[[str], TestClient], shop: Any
) -> None:
    assert "还没有接模型，全部由离线写手撰写" in as_role("editor").get("/settings/models").text
    assert 'href="/settings/models"' not in as_role("editor").get("/").text


def test_a_day_that_turned_calls_away_says_so(
    as_role: Callable[[str], TestClient], modelled: Runtime, shop: Any, make: Any
) -> None:
    with modelled.database.write() as session:
        call = Call(shop.brand, None, MONDAY, make.now, "m", "write", 9_000, 2_000, 60_000)
        assert reserve(session, call, Limits(tokens=10_000)) is None
    editor = as_role("editor")
    assert "今天不够用了" in editor.get("/").text
    editor.cookies.set("chongfen_lang", "en")
    body = editor.get("/settings/models").text
    assert "1 not made for want of budget" in body and "written offline" in body


@pytest.mark.parametrize(
    ("sort", "first"),
    [("tokens", "900 + 20"), ("-tokens", "900 + 24"), ("ms", "900 + 20"), ("-cost", "900 + 24"), ("at", "900 + 20"),
     ("", "900 + 24"), ("'; drop", "900 + 24"), ("-model", "900 + 24"), ("outcome", "900 + 20")],
)  # fmt: skip
def test_the_calls_are_sorted_as_asked_money_by_its_amount(
    as_role: Callable[[str], TestClient], modelled: Runtime, shop: Any, make: Any, sort: str, first: str
) -> None:
    called(modelled, make.now, 5)  # ¥0.09 ... ¥0.13
    body = as_role("editor").get("/settings/models", params={"sort": sort}).text
    assert re.findall(r"900 \+ \d+", body)[0] == first


def test_long_days_are_paged_with_the_same_statements(
    as_role: Callable[[str], TestClient], modelled: Runtime, shop: Any, make: Any
) -> None:
    editor = as_role("editor")

    def statements() -> int:
        said: list[str] = []
        listen: Any = lambda _c, _cursor, statement, *_: said.append(statement)  # noqa: E731
        event.listen(modelled.database.engine, "before_cursor_execute", listen)
        editor.get("/settings/models")
        event.remove(modelled.database.engine, "before_cursor_execute", listen)
        return len([one for one in said if not one.startswith(("BEGIN", "PRAGMA"))])

    editor.get("/settings/models")
    called(modelled, make.now)
    before = statements()
    called(modelled, make.now, 120, brand=shop.brand)
    assert statements() == before
    assert len(re.findall(r"900 \+ \d+", editor.get("/settings/models").text)) == 100
    assert len(re.findall(r"900 \+ \d+", editor.get("/settings/models?n=2").text)) == 21


def test_another_days_calls_are_on_that_days_page(
    as_role: Callable[[str], TestClient], modelled: Runtime, shop: Any, make: Any
) -> None:
    called(modelled, make.now, 2)
    body = as_role("editor").get("/settings/models?day=2026-11-22").text
    assert "这一天没有调用模型" in body and "day=2026-11-23" in body


def test_the_api_tells_the_same_meter(
    as_role: Callable[[str], TestClient], modelled: Runtime, shop: Any, make: Any
) -> None:
    called(modelled, make.now, 2)
    told = as_role("service").get("/api/budget").json()
    assert told == {
        "day": "2026-11-23", "calls": 2, "in_flight": 0, "refused": 0, "exhausted": False,
        "tokens": {"used": 1841.0, "reserved": 0.0, "limit": 10_000.0, "left": 8159.0},
        "yuan": {"used": 0.19, "reserved": 0.0, "limit": 2.0, "left": 1.81},
        "seconds": {"used": 0.201, "reserved": 0.0, "limit": None, "left": None},
    }  # fmt: skip


def test_every_outcome_of_a_call_has_a_name_of_its_own() -> None:
    stored = set(CODES) - {"deadline", "resting", "budget"} | {
        "open",
        "lost",
    }  # those three never reach the network
    assert {code for code in stored if model_words.outcome(code) == code} == set()
