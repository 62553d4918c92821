"""The words that ask a model for replies: one template of two parts over harmless data, a brand's own before ours.

The customer's words arrive masked and leave as data in a block of their own; no word of theirs reaches the system part.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import NamedTuple
from weakref import WeakKeyDictionary

from jinja2 import Template

from prompts.brief import Level
from prompts.clean import quoted
from prompts.library import Library, Prompt, chain
from prompts.library.sandbox import render
from prompts.library.sources import Source
from prompts.personas import PersonaSpec

NAME = "reply"
FOLDER = "replying/"
CUSTOMER, TEXT, TITLE, SOURCES = 800, 420, 80, 8
_APART = re.compile(r'<data name="customer">\s*\{\{\s*brief\.customer\s*\}\}\s*</data>')
_TOLD = re.compile(r"\bbrief\s*\.\s*customer\b")
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True, slots=True)
class SourceText:
    """One source as the model reads it."""

    kind: str  # 话术, 知识, 商品, 活动
    title: str
    text: str


def stands_apart(user_part: str) -> bool:
    """True when a user part tells the customer's words once, inside their own data block."""
    return len(_APART.findall(user_part)) == 1 and len(_TOLD.findall(user_part)) == 1


class _Ready(NamedTuple):
    name: str
    system: Template
    user: Template
    template_hash: str
    said: dict[tuple[str, bool, bool], str]  # the system part by occasion: it knows nothing of the customer


_kept: WeakKeyDictionary[Library, dict[tuple[str, str, str], _Ready]] = WeakKeyDictionary()


def prompt(
    *, library: Library, brand: str, persona: str, tier: Level | None, stance: str, private: bool, selling: bool,
    now: datetime, sources: Sequence[SourceText], known: Sequence[str], customer: str,
) -> Prompt:  # fmt: skip
    """The two messages for one question. ``customer`` must be masked; ``now`` is in the brand's zone."""
    ready = _ready(library, brand, persona, tier or "")
    occasion = (stance, private, selling)
    if occasion not in ready.said:
        inside = system_view(library.persona(persona), stance, private=private, selling=selling)
        ready.said[occasion] = render(ready.system, inside, ready.name)
    return Prompt(
        system=ready.said[occasion],
        user=render(ready.user, user_view(now, sources, known, customer), ready.name),
        template=f"{FOLDER}{NAME}",
        template_hash=ready.template_hash,
    )


def system_view(persona: PersonaSpec, stance: str, *, private: bool, selling: bool) -> SimpleNamespace:
    """What the system part may know: the persona and the occasion, nothing of the customer."""
    return SimpleNamespace(
        who=persona.who, person=persona.person, address=persona.address, manner=persona.manner, never=persona.never,
        stance=stance, private=private, selling=selling,
    )  # fmt: skip


def user_view(
    now: datetime, sources: Sequence[SourceText], known: Sequence[str], customer: str
) -> SimpleNamespace:
    """What the user part may know: sources and the customer's words, every sign of markup taken out of them."""
    return SimpleNamespace(
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


def find(
    own: Mapping[str, Source], packaged: Mapping[str, Source], brand: str, persona: str, tier: str
) -> Source:
    """The template: brand/persona/tier, persona/tier, persona, tier, plain; a brand's own before the packaged."""
    names = list(chain.names(brand, persona, tier, NAME)) if tier else [f"{persona}/{NAME}", NAME]
    found = (layer.get(f"{FOLDER}{name}.j2") for layer in (own, packaged) for name in names)
    return next(source for source in found if source is not None)  # the plain one ships with the product


def _ready(library: Library, brand: str, persona: str, tier: str) -> _Ready:
    kept = _kept.setdefault(library, {})
    key = (brand, persona, tier)
    if key not in kept:
        source = find(library.own, library.packaged, brand, persona, tier)
        parts = chain.split(source)
        if not stands_apart(parts.user):  # lint says so; a customer's words are never let out of their block
            source = library.packaged[f"{FOLDER}{NAME}.j2"]
            parts = chain.split(source)
        spec = library.persona(persona).model_dump_json()
        kept[key] = _Ready(
            source.name,
            library.sandbox.compile(source.name, parts.system),
            library.sandbox.compile(source.name, parts.user),
            hashlib.sha256(f"{source.sha}\n{persona}\n{spec}".encode()).hexdigest(),
            {},
        )
    return kept[key]
