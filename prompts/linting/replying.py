"""The reply template: its syntax, its names, and the three things replies stand on.

The customer's words stay in a data block of their own, the system part never sees them, and the marks that the answer is read by are
asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from types import SimpleNamespace

from prompts import replying
from prompts.errors import PromptError
from prompts.library import chain
from prompts.library.library import Library
from prompts.library.sources import Source
from prompts.linting.paths import MISSING, paths
from prompts.linting.problem import Problem
from prompts.replying import FOLDER, NAME, SourceText

MARKS = ("【回答】", "【安抚】")


def check(library: Library) -> Iterator[Problem]:
    """Problems of the reply templates of both layers."""
    for layer in (library.packaged, library.own):
        for name, source in layer.items():
            if name.startswith(FOLDER):
                yield from _template(library, source)


def _template(library: Library, source: Source) -> Iterator[Problem]:
    if not source.name.endswith(f"/{NAME}.j2"):
        yield Problem(source.name, "orphan", "warning", f"{FOLDER} 里只认 {NAME}.j2，这个文件用不上。")
        return
    try:
        parts = chain.split(source)
        for section, text in parts._asdict().items():
            library.sandbox.compile(source.name, text)
            tree = library.sandbox.parse(source.name, text)
            for path, found in paths(library, tree, {"brief": _views(library)[section]}):
                if found is MISSING:
                    yield Problem(source.name, "name", "error", f"[{section}] 里用了没有的 {path}。")
    except PromptError as error:
        yield Problem(source.name, "template", "error", str(error))
        return
    yield from _stands_on(source, parts)


def _stands_on(source: Source, parts: chain.Sections) -> Iterator[Problem]:
    if not replying.stands_apart(parts.user):
        yield Problem(
            source.name, "must_have", "error",
            '客户的话必须、而且只能写在 <data name="customer"> 与 </data> 之间：{{ brief.customer }}。现在用的是原来的模板。',
        )  # fmt: skip
    for mark in MARKS:
        if mark not in parts.system:
            yield Problem(source.name, "must_have", "error", f"没有要求段首写{mark}，回来的话认不出。")


def _views(library: Library) -> dict[str, SimpleNamespace]:
    """Everything a template may name, filled."""
    persona = next(iter(library.pieces.personas.values()))
    moment = datetime(2026, 11, 24, 10, tzinfo=UTC)
    return {
        "system": replying.system_view(persona, "说得清楚、和气。", private=True, selling=True),
        "user": replying.user_view(moment, [SourceText("话术", "题", "文")], ["买过面霜"], "客户的话"),
    }
