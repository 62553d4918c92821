"""Guards of the house itself: mistakes that would cost somebody an afternoon become tests."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("prompts", "generator", "calendar/content_calendar", "workers", "desk")


def _modules() -> list[Path]:
    return [path for package in PACKAGES for path in (ROOT / package).rglob("*.py")]


def test_the_calendar_folder_never_shadows_the_standard_library() -> None:
    assert not (ROOT / "calendar" / "__init__.py").exists()
    code = "import calendar; print(calendar.__file__)"
    found = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert str(ROOT) not in found.stdout


def test_every_folder_says_what_lives_there() -> None:
    for package in PACKAGES:
        for init in (ROOT / package).rglob("__init__.py"):
            if "migrations" in init.parts:
                continue
            assert ast.get_docstring(ast.parse(init.read_text("utf-8"))), f"{init} has no docstring"


@pytest.mark.parametrize("path", _modules(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_module_opens_with_why_it_exists(path: Path) -> None:
    if "versions" in path.parts:
        return
    assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), f"{path} has no docstring"


def test_only_workers_and_desk_read_the_environment() -> None:
    for package in PACKAGES[:3]:
        for path in (ROOT / package).rglob("*.py"):
            source = path.read_text("utf-8")
            assert "os.environ" not in source and "getenv" not in source, path


def test_only_the_clock_asks_the_machine_for_the_time() -> None:
    for package in PACKAGES[:3]:
        for path in (ROOT / package).rglob("*.py"):
            if path.name != "clock.py":
                source = path.read_text("utf-8")
                assert "datetime.now(" not in source and "date.today(" not in source, path
