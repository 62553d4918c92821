"""Pieces that fit their schema and still make no sense together: lengths, aliases, tiers, references."""

from __future__ import annotations

from collections.abc import Iterator

from prompts import live
from prompts.brief import LEVELS, Brief
from prompts.kinds import Kind, fold
from prompts.library.library import Library
from prompts.linting.problem import Problem


def check(library: Library) -> Iterator[Problem]:
    """Problems of personas, tiers, kinds and their references to each other."""
    for key, kind in library.pieces.kinds.items():
        for kind_name, message in _kind(kind):
            yield Problem(f"kinds/{key}.yaml", kind_name, "warning", message)
    yield from _aliases(library)
    yield from _references(library)


def _kind(kind: Kind) -> Iterator[tuple[str, str]]:
    if not 0 < kind.min_chars < kind.max_chars or kind.first_line_chars > kind.max_chars:
        yield "schema", "字数上下限不合理。"
    if not kind.purpose or not kind.first_line or not kind.layout:
        yield "schema", "缺 purpose、first_line 或 layout。"
    if not kind.must_have:
        yield "must_have", "一条必须有的都没写。"
    for must in kind.must_have:
        if not (must.any_of or must.facts or must.about):
            yield "must_have", f"必须有「{must.key}」没有检验办法（any_of、facts 或 about）。"
        for path in (*must.needs, *must.about):
            if path.split(".")[0] not in Brief.model_fields:
                yield "name", f"必须有「{must.key}」用了简报里没有的 {path}。"
    for level in LEVELS:
        if level not in kind.tiers:
            yield "schema", f"没写对层级 {level} 有什么不同。"
    for name in kind.live:
        if name not in live.NAMES:
            yield "name", f"活数据 {name} 不存在。"


def _aliases(library: Library) -> Iterator[Problem]:
    owner: dict[str, str] = {}
    for key, kind in library.pieces.kinds.items():
        for name in (kind.name, *kind.aliases):
            other = owner.setdefault(fold(name), key)
            if other != key:
                yield Problem(f"kinds/{key}.yaml", "schema", "error", f"叫法「{name}」已经属于 {other}。")


def _references(library: Library) -> Iterator[Problem]:
    kinds = library.pieces.kinds
    for key, persona in library.pieces.personas.items():
        claimed = {kind for side in persona.sides for kind in side.kinds}
        for name in sorted(claimed - set(kinds)):
            yield Problem(f"personas/{key}.yaml", "name", "warning", f"提到了没有的内容类型 {name}。")
    for level in LEVELS:
        if level not in library.pieces.tiers:
            yield Problem(f"tiers/{level}.yaml", "missing", "error", "缺这一层的立场。")
