"""Model calls: every one in the book, within the day's budget, and the week is written when the model fails."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from content_calendar.tables import ModelCall
from tests.fakes.openai_server import POST, OpenAIServer, answer, status
from tests.workers.batches.conftest import NOW, Shop
from workers.batches.selection import Window
from workers.batches.write import write_posts

WEEK = Window(NOW, NOW + timedelta(days=7))


def _calls(shop: Shop) -> list[ModelCall]:
    with shop.database.read() as session:
        return list(session.scalars(select(ModelCall)))


@pytest.mark.databases
def test_every_network_attempt_is_booked_under_its_post(shop: Shop) -> None:
    with OpenAIServer(answer(POST)) as server:
        shop = shop.with_settings(models=f"{server.url}#m", model_concurrency=2)
        ids = shop.posts(2)
        report = write_posts(shop.runtime, WEEK)
    calls = _calls(shop)
    assert report.written == 2
    assert len(calls) == len(server.journal)
    assert {call.post_id for call in calls} == set(ids)
    assert all(call.outcome == "ok" and call.brand_id for call in calls)


def test_a_spent_budget_leaves_the_work_to_the_offline_writer(shop: Shop) -> None:
    with OpenAIServer(answer(POST)) as server:
        shop = shop.with_settings(models=f"{server.url}#m", model_daily_tokens=1)
        shop.posts(2)
        report = write_posts(shop.runtime, WEEK)
    assert server.journal == []
    assert (report.written, report.fell_back["budget"]) == (2, 2)


def test_what_the_book_says_of_today_counts_against_the_budget(shop: Shop) -> None:
    with OpenAIServer(answer(POST)) as server:
        shop = shop.with_settings(models=f"{server.url}#m", model_daily_tokens=50_000)
        with shop.database.write() as session:
            session.add(
                ModelCall(
                    at=NOW,
                    day=NOW.date(),
                    model="m",
                    tokens_in=49_000,
                    tokens_out=999,
                    milliseconds=5,
                    outcome="ok",
                )
            )
        shop.posts(1)
        report = write_posts(shop.runtime, WEEK)
    assert report.fell_back["budget"] == 1


def test_a_failing_model_does_not_stop_the_calendar(shop: Shop) -> None:
    with OpenAIServer(status(401)) as server:
        shop = shop.with_settings(models=f"{server.url}#m")
        shop.posts(2)
        report = write_posts(shop.runtime, WEEK)
    assert report.authors == {"offline": 2}
    with shop.database.read() as session:
        assert session.scalar(select(func.count()).select_from(ModelCall).where(ModelCall.outcome == "auth"))
