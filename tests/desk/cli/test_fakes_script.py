"""`chongfen-fakes` finds the fakes of a checkout, and a wheel carries them under a name of their own."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_script_says_how_it_is_used() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "desk.cli.fakes", "?"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2 and "chongfen-fakes" in done.stderr


def test_a_wheel_holds_every_file_of_the_fakes() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    carried = project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"]
    assert project["project"]["scripts"]["chongfen-fakes"] == "desk.cli.fakes:entry"
    for source, target in carried.items():
        assert (ROOT / source).exists() and target == source.replace("tests/fakes", "chongfen_fakes")
    folder = ROOT / "tests" / "fakes"
    used = {"main.py", "server.py", "bodies.py", "wecom", "feishu", "dingtalk"}
    assert {Path(source).name for source in carried} == used
    relative = [line for file in folder.rglob("*.py") if file.parent.name in used or file.name in used
                for line in file.read_text().splitlines() if line.startswith("from tests")]  # fmt: skip
    assert relative == []
