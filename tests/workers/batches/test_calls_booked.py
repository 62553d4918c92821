"""Model calls: every one in the book, within the day's budget, and the week is written when the model fails."""

from __future__ import annotations

import threading
from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from content_calendar import spending
from content_calendar.spending import Call, Limits
from content_calendar.tables import Brand, ModelCall, Notice
from tests.fakes.openai_server import POST, OpenAIServer, answer, hang, status
from tests.workers.batches.conftest import NOW, Shop
from workers.batches.selection import Window
from workers.batches.write import write_posts
from workers.till import meter

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


def test_a_spent_budget_is_told_to_the_lead_once_a_day(shop: Shop) -> None:
    with OpenAIServer(answer(POST)) as server:
        shop = shop.with_settings(models=f"{server.url}#m", model_daily_tokens=1)
        shop.posts(3)
        write_posts(shop.runtime, WEEK)
        shop.posts(1, first=timedelta(hours=30))
        write_posts(shop.runtime, WEEK)
    with shop.database.read() as session:
        [notice] = session.scalars(select(Notice).where(Notice.code == "models.budget"))
    assert notice.subject == "budget:2026-11-23" and "离线写手" in notice.text
    told = _meter(shop)
    assert told.exhausted and told.refused == 4 and told.calls == 0


def test_prices_make_costs_and_the_days_money_is_kept_to(shop: Shop) -> None:
    with OpenAIServer(answer(POST)) as server:
        shop = shop.with_settings(
            models=f"{server.url}#m?max_tokens=500", model_prices="m=100/1000", model_daily_yuan="1.5",
            model_concurrency=1, model_repairs=0,
        )  # fmt: skip
        shop.posts(6)
        report = write_posts(shop.runtime, WEEK)
    paid = [call.cost for call in _calls(shop)]
    assert paid and set(paid) == {Decimal("0.21")}  # 900 tokens in, 120 out
    assert report.fell_back["budget"] and report.written == 6
    told = _meter(shop)
    assert told.yuan.used == Decimal("0.21") * len(paid) <= Decimal("1.5") and told.yuan.reserved == 0


def test_the_days_model_time_is_kept_to(shop: Shop) -> None:
    with OpenAIServer(answer(POST)) as server:
        shop = shop.with_settings(models=f"{server.url}#m", model_timeout=10.0, model_daily_seconds=9.0)
        shop.posts(1)
        report = write_posts(shop.runtime, WEEK)
    assert server.journal == [] and report.fell_back["budget"] == 1


@pytest.mark.databases
def test_two_batches_at_once_stay_within_one_budget(shop: Shop) -> None:
    with OpenAIServer(answer(POST, latency=0.02)) as server:
        shop = shop.with_settings(
            models=f"{server.url}#m?max_tokens=300", model_daily_tokens=20_000, model_repairs=0
        )
        halves = shop.posts(8), shop.posts(8, first=timedelta(hours=20))
        threads = [threading.Thread(target=write_posts, args=(shop.runtime, half)) for half in halves]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    told = _meter(shop)
    assert 0 < told.tokens.used <= 20_000 and told.tokens.reserved == 0 and told.in_flight == 0
    assert told.tokens.used == 1020 * len(server.journal) and len(server.journal) < 16
    assert set(shop.states().values()) == {"in_review"}


def test_what_a_killed_worker_held_back_does_not_lock_the_day(shop: Shop) -> None:
    with OpenAIServer(answer(POST)) as server:
        shop = shop.with_settings(models=f"{server.url}#m", model_daily_tokens=30_000)
        held = Call(None, None, NOW.date(), NOW - timedelta(minutes=5), "m", "write", 20_000, 9_000, 60_000)
        with shop.database.write() as session:
            assert spending.reserve(session, held, Limits(tokens=30_000)) is not None
        shop.posts(1)
        report = write_posts(shop.runtime, WEEK)
    assert report.authors == {"custom:m": 1}
    assert sorted(call.outcome for call in _calls(shop))[0] == "lost"


def test_leaving_a_batch_gives_everything_back_that_was_held(shop: Shop) -> None:
    with OpenAIServer(hang()) as server:
        shop = shop.with_settings(models=f"{server.url}#m", lease_seconds=0.2)
        ids, stop = shop.posts(4), threading.Event()
        stop.set()
        write_posts(shop.runtime, ids, stop=stop)
        batch = threading.Thread(
            target=write_posts, args=(shop.runtime, ids), kwargs={"stop": (go := threading.Event())}
        )
        batch.start()
        while not server.in_flight:
            threading.Event().wait(0.01)
        go.set()
        batch.join()
    for _ in range(500):
        if not _meter(shop).in_flight:
            break
        threading.Event().wait(0.01)
    told = _meter(shop)
    assert (told.in_flight, told.tokens.reserved) == (0, 0)
    assert {call.outcome for call in _calls(shop)} == {"cancelled"}


def test_candidates_and_repairs_come_from_the_settings(shop: Shop) -> None:
    with OpenAIServer(answer(POST)) as server:
        shop = shop.with_settings(models=f"{server.url}#m", model_candidates=3, model_repairs=0)
        shop.posts(1)
        write_posts(shop.runtime, WEEK)
    assert [call.purpose for call in _calls(shop)] == ["write"] * 3


def test_the_second_model_of_the_chain_steps_in_and_is_booked(shop: Shop) -> None:
    with OpenAIServer(status(401)) as first, OpenAIServer(answer(POST)) as second:
        shop = shop.with_settings(models=f"{first.url}#one, {second.url}#two", model_repairs=0)
        shop.posts(1)
        report = write_posts(shop.runtime, WEEK)
    assert report.authors == {"custom:two": 1} and report.fell_back == {"auth": 1}
    assert [(call.model, call.outcome) for call in _calls(shop)] == [
        ("custom:one", "auth"),
        ("custom:two", "ok"),
    ]


def _meter(shop: Shop) -> spending.Meter:
    with shop.database.read() as session:
        return meter(shop.runtime, session, session.scalars(select(Brand)).one())
