"""Whether a text says again what its groups heard lately, or what a neighbour of the same batch says.

rapidfuzz ratio on plain text: 0.85 and more is the same post again, 0.75 and more reads like it (measured on
rewritten posts: recall 0.855 at 0.80 with 2 % false alarms).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from rapidfuzz import fuzz, process

from generator.checks import views
from generator.checks.marks import Page
from prompts.brief import Brief
from prompts.draft import Finding

BLOCK, WARN = 85.0, 75.0
_NOISE = re.compile(r"https?://\S+|[\W_]+")
_SHORT = 12  # characters; shorter texts (晚安～) are alike by nature


def repetition(page: Page, brief: Brief, taken: Sequence[str] = ()) -> Iterator[Finding]:
    """A finding when the text is close to one heard lately (``brief.heard``) or already taken."""
    own = _plain(page.view.text)
    if len(own) < _SHORT:
        return
    others = [*((f"{item.day.month}月{item.day.day}日发过的一条", item.text) for item in brief.heard),
              *(("同一批里的另一条", text) for text in taken)]  # fmt: skip
    best = process.extractOne(own, [_bare(text) for _, text in others], scorer=fuzz.ratio, score_cutoff=WARN)
    if best is None:
        return
    _, score, at = best
    yield page.finding(
        "repetition.heard", "block" if score >= BLOCK else "warn", 0, 0,
        f"和{others[at][0]}有 {score:.0f}% 相同：「{others[at][1][:24]}…」。",
        suggestion="换一个角度或换一种开头。", trust=round(score / 100, 2),
    )  # fmt: skip


@lru_cache(maxsize=2048)
def _bare(text: str) -> str:
    """A neighbour's text as it is compared: each is met by every post of its tier."""
    return _plain(views.strict(text).text)


def _plain(text: str) -> str:
    return _NOISE.sub("", text)
