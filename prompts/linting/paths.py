"""Which names a template reads and what they lead to, followed without rendering, also inside branches no sample takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import SimpleNamespace
from typing import Any

from jinja2 import nodes

from prompts.library.library import Library

MISSING = object()


def paths(library: Library, node: nodes.Node, names: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Every dotted path a tree reads and what it leads to; loop variables stand for their list's first item."""
    if isinstance(node, nodes.Include):
        assert isinstance(node.template, nodes.Const)
        tree = library.sandbox.partial(str(node.template.value))
        yield from paths(library, tree, names)
        return
    if isinstance(node, nodes.For):
        yield from paths(library, node.iter, names)
        _, items = _resolve(node.iter, names)
        assert isinstance(node.target, nodes.Name)
        inner = items[0] if isinstance(items, tuple) and items else MISSING
        if items is not MISSING:
            for child in (*node.body, *node.else_):
                yield from paths(library, child, {**names, node.target.name: inner})
        return
    if isinstance(node, nodes.Getattr):
        yield _resolve(node, names)
        return
    for child in node.iter_child_nodes():
        yield from paths(library, child, names)


def _resolve(node: nodes.Node, names: Mapping[str, Any]) -> tuple[str, Any]:
    if isinstance(node, nodes.Name):
        return node.name, names.get(node.name, MISSING)
    if isinstance(node, nodes.Filter) and node.node is not None:
        return _resolve(node.node, names)
    if isinstance(node, nodes.Getattr):
        path, holder = _resolve(node.node, names)
        value = getattr(holder, node.attr, MISSING) if isinstance(holder, SimpleNamespace) else MISSING
        return f"{path}.{node.attr}", value
    return "?", MISSING
