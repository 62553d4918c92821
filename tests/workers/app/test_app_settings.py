"""The Celery app: the promises its settings make, on every broker."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from workers import schedule, tasks
from workers.app import make_app
from workers.settings import Settings

BROKERS = ["", "redis://127.0.0.1:6379/0", "valkey://127.0.0.1:6379/0", "amqp://127.0.0.1//"]


@pytest.fixture(params=BROKERS, ids=["files", "redis", "valkey", "rabbitmq"])
def app(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    return make_app(Settings(data_dir=tmp_path, broker_url=request.param))


def test_only_json_is_accepted_and_results_are_not_kept(app: Any) -> None:
    assert (app.conf.accept_content, app.conf.task_serializer) == (["json"], "json")
    assert app.conf.task_ignore_result


def test_a_lost_worker_has_its_task_tried_again_a_bounded_number_of_times(app: Any) -> None:
    assert app.conf.task_acks_late
    assert app.conf.task_retry_on_worker_lost
    assert not app.conf.task_reject_on_worker_lost  # that would run a task that kills its worker for ever


def test_every_tick_has_a_task_and_a_queue_a_worker_serves(app: Any) -> None:
    app.loader.import_default_modules()
    for entry in app.conf.beat_schedule.values():
        assert entry["task"] in app.tasks
        assert entry["options"]["queue"] in schedule.QUEUES
        assert app.conf.task_routes[entry["task"]]["queue"] == entry["options"]["queue"]
    assert {queue.name for queue in app.conf.task_queues} == set(schedule.QUEUES)


def test_every_task_is_routed_by_name(app: Any) -> None:
    app.loader.import_default_modules()
    ours = {name for name in app.tasks if name.startswith("chongfen.")}
    assert ours == set(app.conf.task_routes)
    assert tasks.dispatch.name in ours


def test_no_tick_is_asked_for_at_a_later_time(app: Any) -> None:
    for entry in app.conf.beat_schedule.values():
        assert not {"eta", "countdown"} & entry["options"].keys()
        assert entry["options"]["expires"] >= 10


def test_a_valkey_address_is_spoken_to_as_redis(tmp_path: Path) -> None:
    app = make_app(Settings(data_dir=tmp_path, broker_url="valkey://127.0.0.1:6379/0"))
    assert app.conf.broker_url == "redis://127.0.0.1:6379/0"
    assert app.conf.broker_transport_options["unacked_restore_throttle"] == 1


def test_one_machine_needs_no_server(tmp_path: Path) -> None:
    app = make_app(Settings(data_dir=tmp_path))
    with app.connection_for_write() as connection:
        connection.ensure_connection(max_retries=1)
    assert (tmp_path / "broker" / "queue").is_dir()


def test_a_fast_clock_hurries_the_calendar_and_not_the_signs_of_life() -> None:
    usual, fast = schedule.beat_schedule(), schedule.beat_schedule(60)
    assert usual["chongfen.heartbeat"]["schedule"] == fast["chongfen.heartbeat"]["schedule"] == 10
    assert (usual["chongfen.plan_ahead"]["schedule"], fast["chongfen.plan_ahead"]["schedule"]) == (60, 1.0)


def test_celery_finds_the_app_by_the_modules_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from celery.app.utils import find_app

    monkeypatch.setenv("CHONGFEN_DATA_DIR", str(tmp_path))
    assert find_app("workers.app").main == "chongfen"
