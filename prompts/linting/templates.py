"""Templates: syntax, forbidden constructs, undefined names, facts and must-haves that never reach the model.

Names are checked without rendering, also inside branches no sample takes: each dotted path is followed through
a brief that has every field filled.
"""

from __future__ import annotations

from collections.abc import Iterator

from prompts import live
from prompts.brief import LEVELS, Brief, Level
from prompts.errors import PromptError
from prompts.evalset import complete
from prompts.kinds import Kind
from prompts.library import chain, view
from prompts.library.library import Library
from prompts.library.sandbox import PARTIALS, render
from prompts.library.sources import Source
from prompts.linting.paths import MISSING, paths
from prompts.linting.problem import Problem


def check(library: Library) -> Iterator[Problem]:
    """Problems of every template of both layers, and kinds that have none."""
    for layer in (library.packaged, library.own):
        for name, source in layer.items():
            if name.startswith("templates/") and not name.startswith(f"templates/{PARTIALS}"):
                yield from _template(library, source)
    for key in library.pieces.kinds:
        if not any(f"templates/{key}.j2" in layer for layer in (library.packaged, library.own)):
            yield Problem(f"templates/{key}.j2", "missing", "error", f"内容类型 {key} 没有模板。")


def _template(library: Library, source: Source) -> Iterator[Problem]:
    stem = source.name.removesuffix(".j2").rsplit("/", 1)[-1]
    if stem not in library.pieces.kinds:
        yield Problem(source.name, "orphan", "warning", f"没有叫 {stem} 的内容类型，这个模板用不上。")
        return
    try:
        library.compiled(source)
        parts = chain.split(source)
    except PromptError as error:
        sort = "name" if error.code == "prompt.name" else "template"
        yield Problem(source.name, sort, "error", str(error))
        return
    brief = complete(stem, _level(source.name))
    kind = library.kind(stem)
    views = {
        "system": library.system_view(brief, kind, library.persona(brief.voice.persona)),
        "user": view.user_view(brief, kind=kind.model_copy(update={"live": tuple(live.NAMES)})),
    }
    seen: set[str] = set()
    for section, text in parts._asdict().items():
        tree = library.sandbox.parse(source.name, text)
        for path, found in paths(library, tree, {"brief": views[section]}):
            seen.add(path)
            if found is MISSING:
                yield Problem(source.name, "name", "error", f"[{section}] 里用了简报没有的 {path}。")
    yield from _unused(source, kind, seen)
    yield from _silent(library, source, kind, brief)


def _unused(source: Source, kind: Kind, seen: set[str]) -> Iterator[Problem]:
    """What a must-have stands on has to be shown to the model."""
    for must in kind.must_have:
        for path in (*must.needs, *must.about, *(("facts",) if must.facts else ())):
            root = path.split(".")[0]
            if not any(name == f"brief.{root}" or name.startswith(f"brief.{root}.") for name in seen):
                yield Problem(
                    source.name,
                    "unused",
                    "warning",
                    f"必须有「{must.key}」要靠 {path}，但模板没有把它给模型。",
                )


def _silent(library: Library, source: Source, kind: Kind, brief: Brief) -> Iterator[Problem]:
    """Each must-have's sentence has to stand in the rendered system message."""
    inside = library.system_view(brief, kind, library.persona(brief.voice.persona))
    try:
        text = render(library.compiled(source).system, inside, source.name)
    except PromptError:
        return  # an unknown name, already told with its path
    for must in kind.must_have:
        if must.say not in text:
            yield Problem(source.name, "must_have", "warning", f"没有把「{must.say}」说给模型。")


def _level(name: str) -> Level:
    return next((level for level in LEVELS if f"/{level}/" in name), "mid")
