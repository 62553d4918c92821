"""The sentences around the facts, in the manner of the persona, chosen by the question so that they vary."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

SERVICE = frozenset({"kefu"})  # personas that say 我们 and 您


@cache
def _written() -> dict[str, Any]:
    file = resources.files("generator.replies.composing") / "phrases.yaml"
    written: dict[str, Any] = yaml.safe_load(file.read_text("utf-8"))
    return written


@dataclass(frozen=True)
class Phrases:
    """One persona's sentences; ``seed`` makes the choice."""

    persona: str
    seed: str

    def say(self, *path: str, **filled: str) -> str:
        """The sentence at this place, with its blanks filled."""
        manner = "service" if self.persona in SERVICE else "friend"
        found = _at(_written()[manner], path)
        if found is None:
            found = _at(_written()["friend"], path)
        if isinstance(found, list):
            found = found[_pick(self.seed, "/".join(path), len(found))]
        text = str(found)
        for name, value in filled.items():
            text = text.replace("{" + name + "}", value)
        return text

    def who(self, family: str) -> str:
        """Whom to ask about this."""
        names: dict[str, str] = _written()["who"]
        return names.get(family, names["other"])


def _at(tree: Any, path: tuple[str, ...]) -> Any:
    for name in path:
        if not isinstance(tree, dict) or name not in tree:
            return None
        tree = tree[name]
    return tree


def _pick(seed: str, place: str, count: int) -> int:
    return int.from_bytes(hashlib.sha256(f"{seed}/{place}".encode()).digest()[:4], "big") % count
