"""Ports, the folder's lock and the children's environment."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from desk.cli import serving
from desk.errors import DeskError
from workers.settings import Settings


@pytest.fixture
def taken() -> Iterator[int]:
    """A port somebody else listens on."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_taken_port_is_passed_over_when_nobody_chose_it(taken: int) -> None:
    assert serving.free_port("127.0.0.1", taken, chosen=False) > taken


def test_a_port_somebody_chose_is_never_changed(taken: int) -> None:
    with pytest.raises(DeskError, match=f"端口 {taken} 已被别的程序占用") as refusal:
        serving.free_port("127.0.0.1", taken, chosen=True)
    assert refusal.value.code == "port.taken"


def test_an_address_that_is_not_ours_is_named() -> None:
    with pytest.raises(DeskError, match=re.escape("192.0.2.1")):
        serving.listen("192.0.2.1", 0)


def test_one_folder_is_served_once(tmp_path: Path) -> None:
    with serving.claim_folder(tmp_path, "http://127.0.0.1:1"):
        assert serving.running_at(tmp_path) == "http://127.0.0.1:1"
        with pytest.raises(DeskError, match=f"进程 {os.getpid()}"):
            serving.claim_folder(tmp_path, "http://127.0.0.1:2")
    assert serving.running_at(tmp_path) == ""
    serving.claim_folder(tmp_path, "http://127.0.0.1:3").close()


def test_children_read_the_same_clock(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, clock="2026-11-23T08:55", speed=60)
    told = serving.environment(settings, port=9000)
    assert re.fullmatch(r"2026-11-23T08:55@\d+\.\d+", told["CHONGFEN_CLOCK"])
    assert serving.anchored(told["CHONGFEN_CLOCK"]) == told["CHONGFEN_CLOCK"]
    assert (told["CHONGFEN_SPEED"], told["CHONGFEN_PORT"]) == ("60.0", "9000")


@pytest.mark.parametrize(
    ("settings", "shown"),
    [
        ({"host": "127.0.0.1"}, "http://127.0.0.1:8765"),
        ({"host": "0.0.0.0"}, "http://127.0.0.1:8765"),
        ({"host": "::"}, "http://[::1]:8765"),
        ({"public_url": "https://desk.example.com/"}, "https://desk.example.com"),
    ],
)
def test_the_address_shown_is_one_a_person_can_open(settings: dict[str, str], shown: str) -> None:
    assert serving.address(Settings(**settings), 8765) == shown  # type: ignore[arg-type]
