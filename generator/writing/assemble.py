"""From a model's answer to the text of a post: cleaned, cut, in order, with one action and the brand's label.

A model's output is hostile: marks of Markdown, invisible signs, template syntax, a second call to action,
tokens nobody can fill, fact ids that do not exist. What comes out is plain text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from prompts import live
from prompts.asks import asks
from prompts.brief import Brief, Fact
from prompts.clean import plain
from prompts.kinds import Kind
from prompts.mentions import mentioned
from prompts.schema import ACTION, BODY, FACTS, FIRST_LINE, PICTURE

_FENCE = re.compile(r"^\s*```.*$", re.MULTILINE)
_LINK = re.compile(r"\[([^\[\]\n]{1,80})\]\((https?://[^\s()]+)\)")
_EMPHASIS = re.compile(r"(\*\*|__|~~)(?=\S)(.+?)(?<=\S)\1")
_HEAD = re.compile(r"^[ \t]*(#{1,6}[ \t]+|>[ \t]+|[-*•·][ \t]+)", re.MULTILINE)
_TAG = re.compile(r"</?[A-Za-z][^<>\n]{0,60}>")
_SYNTAX = re.compile(r"\{\{|\}\}|\{%|%\}|\{#|#\}")
# What only a machine says to a machine. A line with it was never meant for a group and is left out whole.
_DEBRIS = re.compile(
    r"<\|[^|\n]{0,40}\|>|\[\s*/?\s*(?:INST|SYS|SYSTEM)\s*\]|\{%-?\s*\w|\{[\w.\u4e00-\u9fff]{1,30}\}|__\w+__"
    r"|(?:忽略|无视|忘掉)(?:掉)?(?:以上|上面|上述|之前|前面|此前|所有).{0,8}(?:规则|指令|要求|设定|提示)"
    r"|提示词|system prompt|ignore (?:all|the|any) .{0,20}(?:instructions|rules)"
    r"|作为(?:一[个名款])?\s*(?:AI|人工智能|大?语言模型)",
    re.IGNORECASE,
)
_QUOTES = {'"': '"', "“": "”", "'": "'", "「": "」"}


@dataclass(frozen=True)
class Assembled:
    """A post's text and its parts. ``declared`` are the fact ids the model named that exist."""

    text: str
    first_line: str
    action: str
    picture: str
    facts: tuple[Fact, ...]


def assemble(answer: Mapping[str, Any], brief: Brief, kind: Kind) -> Assembled | None:
    """The post an answer makes, or None when nothing is left of it."""
    first, rest = _first(_clean(answer.get("first_line"), FIRST_LINE * 3))
    body = _lines(_allowed(_join(rest, _clean(answer.get("body"), BODY)), brief, kind))
    first = _allowed(first, brief, kind)
    if not first and body:
        first, body = body[0], body[1:]
    body = body[1:] if body and body[0] == first else body
    action = _first(_clean(answer.get("action"), ACTION))[0]
    body, action = _one_action(body, _allowed(action, brief, kind))
    if not first:
        return None
    text = labelled(_lay_out(first, body, action, kind), brief.voice.ai_label)
    picture = plain(_allowed(_marks(_string(answer.get("picture"))), brief, kind), PICTURE, lines=False)
    return Assembled(text, first, action, picture, _facts(text, answer.get("fact_ids"), brief))


def labelled(text: str, label: str) -> str:
    """The text with the brand's AI label as its last line, once; unchanged when the switch is off."""
    label = plain(label, 80, lines=False)
    return f"{text}\n\n{label}" if label and label not in text else text


def _clean(value: Any, limit: int) -> str:
    return _unquoted(plain(_marks(_string(value)), limit))


def _string(value: Any) -> str:
    """Text as it is, a list as its lines, without machine talk; anything else is no text."""
    if isinstance(value, list):
        value = "\n".join(item for item in value if isinstance(item, str))
    if not isinstance(value, str):
        return ""
    return "\n".join(line for line in value[:40_000].split("\n") if not _DEBRIS.search(line))


def _marks(text: str) -> str:
    """Without Markdown, tags and template syntax; their words stay."""
    text = _LINK.sub(r"\1 \2", _FENCE.sub("", text))
    text = _TAG.sub("", _EMPHASIS.sub(r"\2", text)).replace("`", "")
    while _SYNTAX.search(text):
        text = _SYNTAX.sub("", text)
    return _HEAD.sub("", text)


def _unquoted(text: str) -> str:
    """Without the quotes round the whole, when they are a pair and the only one."""
    if len(text) > 2 and _QUOTES.get(text[0]) == text[-1]:
        inner = text[1:-1]
        return inner if text[0] not in inner and text[-1] not in inner else text
    return text


def _first(text: str) -> tuple[str, str]:
    head, _, rest = text.strip().partition("\n")
    return head.strip(), rest.strip()


def _join(*parts: str) -> str:
    return "\n".join(part for part in parts if part)


def _lines(text: str) -> list[str]:
    """Lines without trailing space; blank ones stay as paragraph breaks, never two, never at the ends."""
    lines: list[str] = []
    for line in text.strip("\n").split("\n"):
        line = line.strip()
        if line or (lines and lines[-1]):
            lines.append(line)
    return lines[:-1] if lines and not lines[-1] else lines


def _allowed(text: str, brief: Brief, kind: Kind) -> str:
    """Without the lines whose live token this post may not carry, or whose brackets are no token at all."""
    offers = {offer.token for offer in live.offered(brief, kind.live)}
    return "\n".join(line for line in text.split("\n") if _fillable(line, offers))


def _fillable(line: str, offers: Iterable[str]) -> bool:
    known = set(offers)
    tokens = [match.group(0) for match in live.TOKEN.finditer(line)]
    left = live.TOKEN.sub("", line)
    return all(token in known for token in tokens) and "⟦" not in left and "⟧" not in left


def _one_action(body: list[str], action: str) -> tuple[list[str], str]:
    """One request at the end: the action is dropped when the body says it already or ends in a request."""
    if not action or any(action in line or (line and line in action) for line in body[-2:]):
        return body, next((line for line in body[-2:] if action and action in line), "")
    last = body[-1] if body else ""
    if last and asks(last) and asks(action):
        if "http" not in action or "http" in last:
            return body, last
        return (body[:-1] if len(last) <= 24 else body) + [action], action
    return [*body, action], action


def _lay_out(first: str, body: list[str], action: str, kind: Kind) -> str:
    """First line, body, action; a blank line round the body where the kind wants air."""
    if kind.spacing == "tight" or not body:
        return "\n".join((first, *body))
    inner = body[:-1] if action and body[-1] == action else body
    parts = [first, "\n".join(inner), action if inner is not body else ""]
    return "\n\n".join(part for part in parts if part)


def _facts(text: str, declared: Any, brief: Brief) -> tuple[Fact, ...]:
    """The facts a text stands on: those that stand in it and those the model named, if the brief has them."""
    named = (
        {item for item in declared[:FACTS] if isinstance(item, str)} if isinstance(declared, list) else set()
    )
    inside = {fact.id for fact in mentioned(text, brief.facts)}
    return tuple(fact for fact in brief.facts if fact.id in inside | named)
