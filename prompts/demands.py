"""What a text still lacks of its kind's must-haves, and which of its kind's bans it breaks.

One test for the writer, the checks, the lint and the evaluation, so that they cannot disagree. It looks at
words only; whether a number is true is the fact check's business.
"""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any, NamedTuple

from prompts.brief import Brief
from prompts.kinds.model import Kind, MustHave, Never
from prompts.mentions import stands_in

_WORDS = re.compile(r"[\u3400-\u9fffA-Za-z0-9]+")


class Broken(NamedTuple):
    """A ban and where the text breaks it (character offsets)."""

    ban: Never
    start: int
    end: int


def missing(kind: Kind, text: str, brief: Brief) -> tuple[MustHave, ...]:
    """The must-haves of ``kind`` that this brief demands and ``text`` does not meet."""
    return tuple(
        must for must in kind.must_have if _demanded(must, text, brief) and not met(must, text, brief)
    )


def broken(kind: Kind, text: str) -> tuple[Broken, ...]:
    """Every place where ``text`` does what its kind never does."""
    return tuple(
        Broken(ban, match.start(), match.end())
        for ban in kind.never
        for pattern in ban.any_of
        for match in re.finditer(pattern, text)
    )


def met(must: MustHave, text: str, brief: Brief) -> bool:
    """True when ``text`` meets the must-have in one of its ways."""
    if any(re.search(pattern, text) for pattern in must.any_of):
        return True
    wanted = (fact for fact in brief.facts if any(fnmatch.fnmatchcase(fact.id, glob) for glob in must.facts))
    if any(stands_in(text, fact) for fact in wanted):
        return True
    mine = pairs(text)
    return any(
        len(mine & pairs(source)) >= must.least for path in must.about for source in _texts(brief, path)
    )


def held(brief: Brief, path: str) -> Any:
    """What the brief holds at a dotted path (``campaign.price``), or None."""
    value: Any = brief
    for name in path.split("."):
        value = getattr(value, name, None)
        if value is None:
            return None
    return value


def _demanded(must: MustHave, text: str, brief: Brief) -> bool:
    if must.stages and brief.stage not in must.stages:
        return False
    if must.when_text and not re.search(must.when_text, text):
        return False
    return all(held(brief, path) not in (None, "", ()) for path in must.needs)


def _texts(brief: Brief, path: str) -> Iterable[str]:
    """Each text at a path: a list yields its items one by one, a sheet all its words together."""
    value = held(brief, path)
    for item in value if isinstance(value, tuple) else (value,):
        if item:
            yield item if isinstance(item, str) else " ".join(_words(item.model_dump(mode="python")))


def _words(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for part in value.values():
            yield from _words(part)
    elif isinstance(value, list | tuple):
        for part in value:
            yield from _words(part)


@lru_cache(maxsize=2048)
def pairs(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters inside runs of Chinese, letters and digits; a lone one counts as itself."""
    found: set[str] = set()
    for run in _WORDS.findall(text[:4000]):
        found.update(run[i : i + 2] for i in range(max(1, len(run) - 1)))
    return frozenset(found)
