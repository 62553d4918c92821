"""The words that ask a model for replies: two templates over harmless data, with one hash for both.

The customer's words arrive masked and leave as data in a block of their own; no word of theirs reaches the system part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib import resources
from types import SimpleNamespace

from jinja2 import Template

from prompts.clean import quoted
from prompts.library import Prompt
from prompts.library.sandbox import Sandbox, render
from prompts.personas import PersonaSpec

NAME = "replying"
CUSTOMER, TEXT, TITLE, SOURCES = 800, 420, 80, 8
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class SourceText:
    """One source as the model reads it."""

    kind: str  # 话术, 知识, 商品, 活动
    title: str
    text: str


@cache
def _compiled() -> tuple[Template, Template, str]:
    folder = resources.files("prompts.replying")
    texts = [(folder / f"{part}.j2").read_text("utf-8") for part in ("system", "user")]
    cage = Sandbox({})
    digest = hashlib.sha256("\n".join(texts).encode()).hexdigest()
    return cage.compile("replying/system.j2", texts[0]), cage.compile("replying/user.j2", texts[1]), digest


def prompt(
    *, persona: PersonaSpec, stance: str, private: bool, selling: bool, now: datetime, sources: Sequence[SourceText],
    known: Sequence[str], customer: str,
) -> Prompt:  # fmt: skip
    """The two messages for one question. ``customer`` must be masked; ``now`` is in the brand's zone."""
    system, user, digest = _compiled()
    inside = SimpleNamespace(
        who=persona.who, person=persona.person, address=persona.address, manner=persona.manner, never=persona.never,
        stance=stance, private=private, selling=selling,
    )  # fmt: skip
    data = SimpleNamespace(
        now=f"{now:%Y-%m-%d %H:%M}，周{_WEEKDAYS[now.weekday()]}",
        sources=tuple(
            SimpleNamespace(
                kind=item.kind,
                title=quoted(item.title, TITLE, lines=False),
                text=quoted(item.text, TEXT, lines=False),
            )
            for item in sources[:SOURCES]
        ),
        known=tuple(quoted(item, TITLE, lines=False) for item in known[:SOURCES]),
        customer=quoted(customer, CUSTOMER),
    )
    hashed = hashlib.sha256(f"{digest}\n{persona.key}\n{persona.model_dump_json()}".encode()).hexdigest()
    return Prompt(
        system=render(system, inside, "replying/system.j2"),
        user=render(user, data, "replying/user.j2"),
        template=NAME,
        template_hash=hashed,
    )
