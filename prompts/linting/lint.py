"""All checks over both layers of the library, collected into one list in file order."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from prompts.errors import PromptError
from prompts.library import sources
from prompts.library.library import Library
from prompts.library.pieces import build
from prompts.library.sources import Source
from prompts.linting import laws, replying, shapes, templates
from prompts.linting.problem import Problem


def lint(overrides: Path | None = None) -> tuple[Problem, ...]:
    """Every problem of the packaged library with a brand's overrides laid over."""
    return _all(sources.packaged(), sources.overrides(overrides) if overrides else {})


def lint_tried(own: Mapping[str, Source], tried: Source) -> tuple[Problem, ...]:
    """Every problem of one file that somebody tries over the brand's ``own`` files, and those it makes in others.

    A part that several templates include has no problem of its own: it shows in the templates.
    """
    packaged = sources.packaged()
    found = _all(packaged, {**own, tried.name: tried})
    if all(one.file == tried.name for one in found):
        return found
    known = frozenset(_all(packaged, own))
    return tuple(one for one in found if one.file == tried.name or one not in known)


def _all(packaged: Mapping[str, Source], own: Mapping[str, Source]) -> tuple[Problem, ...]:
    sound, problems = _sound(packaged, own)
    library = Library(packaged, sound)
    tests: tuple[Callable[[Library], Iterator[Problem]], ...] = (
        shapes.check,
        templates.check,
        replying.check,
        laws.check,
    )
    found = [*problems, *(problem for test in tests for problem in test(library))]
    return tuple(sorted(dict.fromkeys(found)))


def _sound(
    packaged: Mapping[str, Source], own: Mapping[str, Source]
) -> tuple[dict[str, Source], list[Problem]]:
    """The overrides whose YAML fits, and a problem for each that does not: one bad file hides no other."""
    sound: dict[str, Source] = {}
    problems: list[Problem] = []
    for name, source in own.items():
        if name.endswith(".yaml"):
            try:
                build(packaged, {name: source})
            except PromptError as error:
                problems.append(Problem(name, "schema", "error", str(error)))
                continue
        sound[name] = source
    return sound, problems
