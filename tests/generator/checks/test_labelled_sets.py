"""The bars of the issue over every labelled set, and the long posts one by one.

Talk that only hints at a breach is held to less: most of it is for the model judge and the editor.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from generator.checks import check_text

SETS = sorted((Path(__file__).parent / "sets").glob("*.jsonl"))
LINES = {path.stem: [json.loads(line) for line in path.read_text("utf-8").splitlines()] for path in SETS}


def verdict(text: str) -> str:
    found = check_text(text)
    return "block" if any(f.verdict == "block" for f in found) else "warn" if found else "allow"


@pytest.mark.parametrize("name", LINES)
def test_a_set_keeps_the_bars(name: str) -> None:
    given = [(line, verdict(line["text"])) for line in LINES[name]]
    blocks = [g == "block" for line, g in given if line["verdict"] == "block"]
    warns = [g != "allow" for line, g in given if line["verdict"] == "warn"]
    hidden = [g != "allow" for line, g in given if "EVASION" in line["rule"]]
    alarms = [line["text"] for line, g in given if line["verdict"] == "allow" and g != "allow"]
    least, noticed = (0.80, 0.0) if name.endswith("_oblique") else (0.94, 0.85)
    assert sum(blocks) >= least * len(blocks)
    assert sum(warns) >= noticed * len(warns)
    assert sum(hidden) >= 0.80 * len(hidden)
    assert len(alarms) <= 0.03 * sum(line["verdict"] == "allow" for line, _ in given), alarms


def test_no_line_stands_twice_or_has_an_unknown_label() -> None:
    everything = [line for lines in LINES.values() for line in lines]
    assert len({line["text"] for line in everything}) == len(everything) > 1700
    assert {line["verdict"] for line in everything} == {"block", "warn", "allow"}
    assert all(line["rule"] for line in everything)


def test_one_unlawful_phrase_in_the_middle_of_a_long_post_is_found_and_long_innocent_posts_pass() -> None:
    long = [line for lines in LINES.values() for line in lines if len(line["text"]) > 140]
    assert len(long) >= 10
    assert [line["text"][:20] for line in long if verdict(line["text"]) != line["verdict"]] == []
