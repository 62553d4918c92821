"""The cage templates are rendered in: few constructs, few filters, strict names, bounded size and time.

Jinja's own sandbox stops access to Python's insides but not a loop over a loop over a loop, nor a string
repeated 200 million times. So the syntax tree is checked against a white list before anything is compiled
(no calls, no macros, no arithmetic, includes only of our partials by a constant name), loops may
nest twice at most, and output is counted while it is generated.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, UndefinedError, nodes
from jinja2.loaders import FunctionLoader
from jinja2.sandbox import ImmutableSandboxedEnvironment

from prompts.errors import PromptError
from prompts.library import spoken

MOST_CHARS = 60_000
MOST_SECONDS = 1.0
MOST_LOOPS = 2
PARTIALS = "partials/"

ALLOWED: tuple[type[nodes.Node], ...] = (
    nodes.Template, nodes.Output, nodes.TemplateData, nodes.Name, nodes.Const, nodes.Getattr, nodes.If,
    nodes.For, nodes.CondExpr, nodes.Filter, nodes.Test, nodes.Compare, nodes.Operand, nodes.And, nodes.Or,
    nodes.Not, nodes.Include, nodes.Tuple,
)  # fmt: skip
FILTERS: Mapping[str, Callable[..., Any]] = {
    "join": lambda items, sep="、": _join(items, sep),
    "count": len,
    "first": lambda items: items[0],
    "most": lambda items, n: items[: min(int(n), 50)],
    "clip": lambda text, n: text if len(text) <= n else text[: int(n) - 1] + "…",
    "one_line": lambda text: " ".join(str(text).split()),
    "clock": spoken.clock,
    "day": spoken.day,
    "moment": spoken.moment,
}
TESTS = ("defined", "none", "equalto", "in", "sameas")


class Sandbox:
    """An environment over named template texts (``{"tip.j2": …, "partials/data.j2": …}``)."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts
        self._trees: dict[str, nodes.Template] = {}
        self.environment = ImmutableSandboxedEnvironment(
            loader=FunctionLoader(self._load),
            undefined=StrictUndefined,
            autoescape=False,
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=False,
            auto_reload=False,
        )
        self.environment.globals.clear()
        self.environment.filters = dict(FILTERS)
        self.environment.tests = {name: self.environment.tests[name] for name in TESTS}

    def compile(self, name: str, text: str) -> Template:
        """A checked template; PromptError says what it may not do."""
        vet(self.parse(name, text), name, self.partial)
        try:
            return self.environment.from_string(text)
        except TemplateError as error:
            raise PromptError(
                f"模板 {name} 编译不过：{error}",
                code="prompt.template",
                english=f"Template {name} does not compile: {error}",
            ) from error

    def parse(self, name: str, text: str) -> nodes.Template:
        """The syntax tree of a template text; PromptError with the line when it does not parse."""
        try:
            return self.environment.parse(text, name)
        except TemplateError as error:
            line = getattr(error, "lineno", None) or "?"
            raise PromptError(
                f"模板 {name} 第 {line} 行有语法错误：{error}",
                code="prompt.template",
                english=f"Template {name}, line {line}: {error}",
            ) from error

    def partial(self, name: str) -> nodes.Template:
        """The syntax tree of a partial, parsed once; PromptError when there is none of that name."""
        if name not in self._texts:
            raise PromptError(
                f"模板片段 {name} 不存在。",
                code="prompt.template",
                english=f"There is no template part {name}.",
            )
        if name not in self._trees:
            self._trees[name] = self.parse(name, self._texts[name])
        return self._trees[name]

    def _load(self, name: str) -> str | None:
        return self._texts.get(name) if name.startswith(PARTIALS) else None


def vet(tree: nodes.Template, name: str, load: Callable[[str], nodes.Template]) -> None:
    """Refuse a tree (and the partials it includes) that does anything outside the white list."""
    _walk(tree, name, load, names=frozenset({"brief"}), loops=0, inside=(name,))


def render(template: Template, view: Any, name: str, clock: Callable[[], float] = time.thread_time) -> str:
    """The rendered text, at most MOST_CHARS characters and MOST_SECONDS seconds of this thread's own work."""
    parts: list[str] = []
    size, end = 0, clock() + MOST_SECONDS
    try:
        for part in template.generate(brief=view):
            size += len(part)
            if size > MOST_CHARS or clock() > end:
                raise PromptError(
                    f"模板 {name} 生成的内容太长或太慢，请精简。",
                    code="prompt.too_long",
                    english=f"Template {name} makes too much text or takes too long; shorten it.",
                )
            parts.append(part)
    except UndefinedError as error:
        raise PromptError(
            f"模板 {name} 用了简报里没有的东西：{error}",
            code="prompt.name",
            english=f"Template {name} uses something the brief does not have: {error}",
        ) from error
    except (TemplateError, TypeError, ValueError, LookupError, AttributeError) as error:
        raise PromptError(
            f"模板 {name} 渲染失败：{error}",
            code="prompt.template",
            english=f"Template {name} cannot be rendered: {error}",
        ) from error
    return "".join(parts)


def _walk(
    node: nodes.Node,
    name: str,
    load: Callable[[str], nodes.Template],
    *,
    names: frozenset[str],
    loops: int,
    inside: tuple[str, ...],
) -> None:
    """Check a node and all under it. Nothing is compiled before: Jinja folds constants, 'a' * 200000000 too."""
    _leaf(node, name, names)
    if isinstance(node, nodes.Include):
        partial = _partial(node, name, inside)
        _walk(load(partial), partial, load, names=names, loops=loops, inside=(*inside, partial))
        return
    if isinstance(node, nodes.For):
        names, loops = _inside_loop(node, name, names, loops)
    for child in node.iter_child_nodes():
        _walk(child, name, load, names=names, loops=loops, inside=inside)


def _inside_loop(node: nodes.For, name: str, names: frozenset[str], loops: int) -> tuple[frozenset[str], int]:
    if loops + 1 > MOST_LOOPS or node.recursive or not isinstance(node.target, nodes.Name):
        raise PromptError(
            f"模板 {name} 第 {node.lineno} 行循环套得太深或写法不允许。",
            code="prompt.unsafe",
            english=f"Template {name}, line {node.lineno}: loops nest too deep or are written in a way that is not allowed.",
        )
    return names | {node.target.name, "loop"}, loops + 1


def _leaf(node: nodes.Node, name: str, names: frozenset[str]) -> None:
    if not isinstance(node, ALLOWED):
        raise PromptError(
            f"模板 {name} 第 {node.lineno} 行用了不允许的写法（{type(node).__name__}）。",
            code="prompt.unsafe",
            english=f"Template {name}, line {node.lineno}: {type(node).__name__} is not allowed.",
        )
    if isinstance(node, nodes.Name) and node.name not in names:
        raise PromptError(
            f"模板 {name} 第 {node.lineno} 行用了不认识的名字 {node.name}，只有 brief 可用。",
            code="prompt.name",
            english=f"Template {name}, line {node.lineno}: unknown name {node.name}; there is only brief.",
        )
    if isinstance(node, nodes.Filter) and node.name not in FILTERS:
        raise PromptError(
            f"模板 {name} 第 {node.lineno} 行的过滤器 {node.name} 不可用。",
            code="prompt.unsafe",
            english=f"Template {name}, line {node.lineno}: no filter {node.name}.",
        )
    if isinstance(node, nodes.Test) and node.name not in TESTS:
        raise PromptError(
            f"模板 {name} 第 {node.lineno} 行的判断 {node.name} 不可用。",
            code="prompt.unsafe",
            english=f"Template {name}, line {node.lineno}: no test {node.name}.",
        )
    if isinstance(node, nodes.Getattr) and node.attr.startswith("_"):
        raise PromptError(
            f"模板 {name} 第 {node.lineno} 行不能取 {node.attr}。",
            code="prompt.unsafe",
            english=f"Template {name}, line {node.lineno}: {node.attr} may not be read.",
        )


def _partial(node: nodes.Include, name: str, inside: tuple[str, ...]) -> str:
    target = node.template.value if isinstance(node.template, nodes.Const) else None
    if not isinstance(target, str) or not target.startswith(PARTIALS) or target in inside or len(inside) > 3:
        raise PromptError(
            f"模板 {name} 第 {node.lineno} 行只能引用 partials/ 下的片段，且不能互相绕圈。",
            code="prompt.unsafe",
            english=f"Template {name}, line {node.lineno}: only parts below partials/ may be included, and not in a circle.",
        )
    return target


def _join(items: Any, separator: str) -> str:
    """Lists only, with a short separator: joining the characters of a text again and again would explode."""
    if isinstance(items, str) or len(separator) > 8:
        raise TypeError("join 只能连接列表，分隔符不超过 8 个字")
    return separator.join(str(item) for item in items)
