"""Prompt templates as the desk shows them: what there is, which file speaks for a post, whether another text is sound.

Nothing here writes. A text that is tried is linted as the library's own files are, and rendered only in the library's cage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desk.errors import Missing
from prompts.brief import Brief
from prompts.library import Library
from prompts.library.chain import names
from prompts.library.sources import OVERRIDE, Source
from prompts.linting import Problem, lint_tried

FOLDERS = ("templates", "personas", "tiers", "kinds")
LONGEST = 64_000


@dataclass(frozen=True, slots=True)
class Piece:
    """One file of the library. ``own``: the brand's, not the packaged one."""

    file: str
    folder: str
    key: str
    name: str
    own: bool


@dataclass(frozen=True, slots=True)
class Step:
    """One name of the chain a post's template is looked for by; ``there``: packaged, override or empty."""

    name: str
    there: str
    speaks: bool


def shelf(library: Library) -> list[Piece]:
    """Templates, personas, tiers and kinds, in the folders' order."""
    found = [_piece(library, file, source) for file, source in library.files.items()]
    return sorted(
        (one for one in found if one.folder in FOLDERS), key=lambda one: (FOLDERS.index(one.folder), one.key)
    )


def _piece(library: Library, file: str, source: Source) -> Piece:
    folder, _, rest = file.partition("/")
    key = rest.rsplit(".", 1)[0]
    pieces = library.pieces
    named: dict[str, Mapping[str, Any]] = {
        "personas": pieces.personas,
        "tiers": pieces.tiers,
        "kinds": pieces.kinds,
        "templates": pieces.kinds,
    }
    known = named.get(folder, {}).get(key.rsplit("/", 1)[-1])
    return Piece(file, folder, key, known.name if known else "", source.origin == OVERRIDE)


def text_of(library: Library, file: str) -> str:
    """A file's text; Missing when the library has no such file to show here."""
    source = library.files.get(file)
    if source is None or file.partition("/")[0] not in FOLDERS:
        raise Missing("没有这个提示词文件。", code="prompt.missing", english="There is no such prompt file.")
    return source.text


def chain(library: Library, brief: Brief) -> list[Step]:
    """Every name the template is looked for by, the most particular first, and the one that speaks."""
    spoken, source = library.template(brief)
    steps = []
    for name in names(brief.voice.brand, brief.voice.persona, brief.tier.level, brief.kind):
        file = f"templates/{name}.j2"
        there = "override" if file in library.own else "packaged" if file in library.packaged else ""
        steps.append(Step(name, there, name == spoken and there == source.origin))
    return steps


def tried(library: Library, file: str, text: str) -> tuple[tuple[Problem, ...], Library | None]:
    """What the lint says of ``text`` in place of ``file``, and the library with it; None when there is an error."""
    text_of(library, file)
    source = Source(file, text.replace("\r\n", "\n")[:LONGEST], OVERRIDE)
    problems = lint_tried(library.own, source)
    if any(problem.level == "error" for problem in problems):
        return problems, None
    return problems, Library(library.packaged, {**library.own, file: source})


def library_at(folder: Path | None) -> Library:
    """The library with the brand's own folder laid over."""
    return Library.load(folder)
