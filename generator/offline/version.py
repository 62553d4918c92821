"""The offline writer's words under a hash, so that a revision can say which grammar it came from and versions compare."""

from __future__ import annotations

import hashlib
from functools import cache
from importlib import resources

from generator.offline import grammar
from prompts.library.words import Words


@cache
def words(kind: str) -> Words:
    """The grammar files that speak for a kind: its own, the shared one and the small stocks."""
    folder = resources.files(grammar)
    names = sorted(item.name for item in folder.iterdir() if item.name.startswith(("shared", "stock_")))
    texts = [
        (f"grammar/{name}", "offline", folder.joinpath(name).read_text("utf-8"))
        for name in (f"{kind}.yaml", *names)
    ]
    digest = hashlib.sha256(
        "\n".join(f"{name}\n{text}" for name, _origin, text in texts).encode()
    ).hexdigest()
    return Words.of(f"offline/{kind}", digest, texts)
