"""The library: finds the pieces and the template for a brief and renders the two messages a model gets.

Loaded once, read only, safe for threads. Every prompt carries a hash of all words that went into it (template,
partials, persona, tier, kind, industry, angle, answer schema), so that a revision can say what asked for it.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple, TypeVar

from jinja2 import Template, nodes

from prompts.angles import Angle
from prompts.brief import Brief, Level
from prompts.errors import PromptError
from prompts.industries import Industry, choose
from prompts.kinds import Kind
from prompts.library import chain, pieces, sources, view
from prompts.library.pieces import Pieces
from prompts.library.sandbox import PARTIALS, Sandbox, render
from prompts.library.sources import PACKAGED, Source
from prompts.library.words import Words
from prompts.personas import PersonaSpec
from prompts.schema import json_schema
from prompts.tiers import TierStance

_Piece = TypeVar("_Piece")


@dataclass(frozen=True)
class Prompt:
    """The two messages, which template made them and the hash of every word that went in."""

    system: str
    user: str
    template: str
    template_hash: str


class Compiled(NamedTuple):
    """A template's two parts, ready, and the names of the files they are made of."""

    system: Template
    user: Template
    files: tuple[str, ...]


class Library:
    """Personas, tiers, kinds, industries, angles and templates, packaged and overridden."""

    def __init__(self, packaged: Mapping[str, Source], own: Mapping[str, Source]) -> None:
        self.packaged, self.own = packaged, own
        self.pieces: Pieces = pieces.build(packaged, own)
        self.files: Mapping[str, Source] = {**packaged, **own}
        self.sandbox = Sandbox(_partials(self.files))
        self._compiled: dict[str, Compiled] = {}
        self._lock = threading.Lock()

    @staticmethod
    def load(overrides: Path | None = None) -> Library:
        """The packaged library with a brand's own files laid over; PromptError when a file does not fit."""
        return Library(_packaged(), sources.overrides(overrides)) if overrides else _plain()

    def persona(self, key: str) -> PersonaSpec:
        """The persona with this key; PromptError lists the known ones."""
        return _known(self.pieces.personas, key, "人设")

    def stance(self, level: Level) -> TierStance:
        """The stance towards a tier."""
        return _known(self.pieces.tiers, level, "层级")

    def kind(self, key: str) -> Kind:
        """The kind with this key, overrides laid over."""
        return _known(self.pieces.kinds, key, "内容类型")

    def angle(self, key: str) -> Angle | None:
        """The angle with this key, or None: a plan may use a word of its own."""
        return self.pieces.angles.get(key)

    def industry(self, written: str) -> Industry:
        """The trade a brand's industry field means."""
        return choose(self.pieces.industries.values(), written)

    def template(self, brief: Brief) -> tuple[str, Source]:
        """The template that speaks for a brief: short name and source."""
        return chain.find(brief, self.own, self.packaged)

    def compiled(self, source: Source) -> Compiled:
        """A template's two parts, checked and compiled once."""
        with self._lock:
            key = f"{source.origin}:{source.name}"
            if key not in self._compiled:
                self._compiled[key] = self._compile(source)
            return self._compiled[key]

    def render(self, brief: Brief) -> Prompt:
        """The messages that ask for this post. Pure: the same brief and files give the same words."""
        name, source = self.template(brief)
        ready = self.compiled(source)
        kind, persona = self.kind(brief.kind), self.persona(brief.voice.persona)
        inside = self.system_view(brief, kind, persona)
        return Prompt(
            system=_tidy(render(ready.system, inside, source.name)),
            user=_tidy(render(ready.user, view.user_view(brief, kind=kind), source.name)),
            template=name,
            template_hash=self._hash(self._sources(ready, source, inside)),
        )

    def system_view(self, brief: Brief, kind: Kind, persona: PersonaSpec) -> SimpleNamespace:
        """What the system part may see of this brief."""
        return view.system_view(
            brief,
            kind=kind,
            persona=persona,
            stance=self.stance(brief.tier.level),
            angle=self.angle(brief.touch.angle) if brief.touch else None,
            industry=self.industry(brief.voice.industry),
        )

    def _compile(self, source: Source) -> Compiled:
        parts = chain.split(source)
        system = self.sandbox.compile(source.name, parts.system)
        user = self.sandbox.compile(source.name, parts.user)
        trees = (self.sandbox.parse(source.name, part) for part in parts)
        files = sorted({name for tree in trees for name in self._included(tree)})
        return Compiled(system, user, tuple(f"templates/{name}" for name in files))

    def _included(self, tree: nodes.Template) -> Iterator[str]:
        for node in tree.find_all(nodes.Include):
            assert isinstance(node.template, nodes.Const)
            name = str(node.template.value)
            yield name
            yield from self._included(self.sandbox.partial(name))

    def words(self, brief: Brief) -> Words:
        """Every word that asks for this post, and the hash :meth:`render` records for it."""
        name, source = self.template(brief)
        inside = self.system_view(brief, self.kind(brief.kind), self.persona(brief.voice.persona))
        files = self._sources(self.compiled(source), source, inside)
        texts = [(file.name, file.origin, file.text) for file in files] + [("schema", PACKAGED, _schema())]
        return Words.of(name, self._hash(files), texts)

    def _sources(self, ready: Compiled, source: Source, inside: SimpleNamespace) -> list[Source]:
        """The template, then all files that speak with it, a brand's own behind the packaged."""
        files = [f"kinds/{inside.kind.key}.yaml", f"personas/{inside.persona.key}.yaml",
                 f"tiers/{inside.level}.yaml", f"industries/{inside.industry.key}.yaml"]  # fmt: skip
        if inside.angle is not None:
            files.append("angles/angles.yaml")
        layers = (self.packaged, self.own)
        return [source] + [
            layer[name] for name in sorted({*files, *ready.files}) for layer in layers if name in layer
        ]

    def _hash(self, files: Sequence[Source]) -> str:
        return hashlib.sha256("\n".join([*(file.sha for file in files), _schema()]).encode()).hexdigest()


def _schema() -> str:
    return json.dumps(json_schema(), ensure_ascii=False, sort_keys=True)


@cache
def _packaged() -> Mapping[str, Source]:
    return sources.packaged()


@cache
def _plain() -> Library:
    return Library(_packaged(), {})


def _partials(files: Mapping[str, Source]) -> dict[str, str]:
    prefix = f"templates/{PARTIALS}"
    return {
        name.removeprefix("templates/"): file.text for name, file in files.items() if name.startswith(prefix)
    }


def _known(known: Mapping[str, _Piece], key: str, what: str) -> _Piece:
    if key not in known:
        raise PromptError(
            f"没有叫「{key[:40]}」的{what}，现有：{'、'.join(sorted(known))}。",
            code="prompt.missing",
            english=f"Nothing is called {key[:40]!r} here; there are: {', '.join(sorted(known))}.",
        )
    return known[key]


def _tidy(text: str) -> str:
    """One blank line at most between paragraphs, no trailing spaces."""
    lines = [line.rstrip() for line in text.strip().split("\n")]
    return "\n".join(line for i, line in enumerate(lines) if line or (i and lines[i - 1]))
