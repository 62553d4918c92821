"""Every template rendered with a fixed brief, word for word.

Refresh after an intended change: CHONGFEN_REFRESH_GOLDENS=1 .venv/bin/python -m pytest tests/prompts/test_goldens.py
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path

import pytest

from prompts.kinds import all_kinds
from prompts.library import Library
from tests.fakes.briefs import full

FOLDER = Path(__file__).parent / "goldens"


def rendered(kind: str) -> str:
    """The middle tier's prompt in full, then the lines that are different for the other two."""
    middle = Library.load().render(full(kind, "mid"))
    parts = [f"===== system =====\n{middle.system}\n===== user =====\n{middle.user}\n"]
    for level in ("high", "low"):
        other = Library.load().render(full(kind, level))
        lines = difflib.ndiff(middle.system.split("\n"), other.system.split("\n"))
        parts.append(
            f"===== {level} =====\n" + "\n".join(line[2:] for line in lines if line.startswith("+ ")) + "\n"
        )
    return "".join(parts)


@pytest.mark.parametrize("kind", sorted(all_kinds()))
def test_the_words_that_ask_for_a_post_change_only_on_purpose(kind: str) -> None:
    path, text = FOLDER / f"{kind}.txt", rendered(kind)
    if os.environ.get("CHONGFEN_REFRESH_GOLDENS"):
        FOLDER.mkdir(exist_ok=True)
        path.write_text(text, "utf-8")
    assert text == path.read_text("utf-8")
