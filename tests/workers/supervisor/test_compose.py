"""compose.yaml and the Dockerfile say what is true: their commands, settings and health checks exist."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from desk.cli.main import cli
from tests.release_world import NINE, World
from workers import health, pulse
from workers.process import Process, host
from workers.settings import Settings

ROOT = Path(__file__).parents[3]
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
OURS = ("web", "worker", "beat")


def test_the_parts_are_there_each_with_a_health_check_and_limits() -> None:
    assert set(COMPOSE["services"]) == {*OURS, "postgres", "redis"}
    for name, service in COMPOSE["services"].items():
        assert service["healthcheck"]["test"], name
        limits = service["deploy"]["resources"]["limits"]
        assert float(limits["cpus"]) > 0 and re.fullmatch(r"\d+[MG]", limits["memory"]), name
        assert service["restart"] == "unless-stopped"


@pytest.mark.parametrize("part", OURS)
def test_every_command_and_option_is_one_of_the_command_line(part: str) -> None:
    service = COMPOSE["services"][part]
    commands = [service["command"]]
    check = service["healthcheck"]["test"]
    if check[1] == "chongfen":
        commands.append(check[2:])
    for name, *arguments in commands:
        found = cli.get_command(None, name)  # type: ignore[arg-type]
        assert found is not None
        found.make_context(name, list(arguments), resilient_parsing=False)


def test_every_setting_exists_and_no_secret_is_written_down() -> None:
    environment = COMPOSE["services"]["web"]["environment"]
    for name, value in environment.items():
        assert name.removeprefix("CHONGFEN_").lower() in Settings.model_fields, name
        if re.search("KEY|SECRET|PASSWORD", name):
            assert value.startswith("${"), name
    assert "${POSTGRES_PASSWORD:?" in environment["CHONGFEN_DATABASE_URL"]
    settings = Settings(
        database_url=environment["CHONGFEN_DATABASE_URL"], log_format=environment["CHONGFEN_LOG_FORMAT"],
        broker_url=environment["CHONGFEN_BROKER_URL"],
    )  # fmt: skip
    assert not settings.embedded


def test_the_image_copies_what_the_installation_needs() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    copied = [path for line in lines if line.startswith("COPY") and "--from" not in line for path in line.split()[1:-1]]  # fmt: skip
    assert all((ROOT / path).exists() for path in copied)
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert not {"tests", "requirements", "prompts", "README.md", "LICENSE"} & set(ignored)


def test_a_machine_is_alive_by_its_own_stamps_not_by_anothers(world: World, tmp_path: Path) -> None:
    name = Process(Settings(data_dir=tmp_path)).name
    assert name.startswith(f"{host()}-")
    with world.database.write() as session:
        pulse.stamp(session, "worker:another-machine-1", now=NINE)
        assert not health.here(session, "worker", NINE).ok
        pulse.stamp(session, f"worker:{name}", now=NINE)
        assert health.here(session, "worker", NINE).ok
        assert not health.here(session, "worker", NINE + timedelta(seconds=60)).ok
        pulse.stamp(session, "beat", now=NINE)
        assert health.here(session, "beat", NINE).ok
