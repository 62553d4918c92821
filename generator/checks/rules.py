"""Rules as data: what a pack's YAML may say, how its patterns are written, and how packs are loaded.

A pattern is a regular expression over a plain text. ``<name>`` stands for a list of words of
``packs/_words.yaml``; ``<~6>`` for up to six characters inside one clause, ``<=12>`` for up to twelve
inside one sentence. Gaps are bounded and quantifiers are never nested, so that matching stays linear.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from generator.checks import needles
from generator.errors import GeneratorError
from prompts.draft import Verdict

Industry = Literal["beauty", "food", "general"]
Context = Literal["denial", "exposure", "advice", "question", "quotation", "aim", "inner", "named", "called"]

_MACRO = re.compile(r"<([~=])(\d{1,2})>|<([a-z_]+)>")
_GREEDY = re.compile(r"(\[\^[^\]]*\]\{0,\d+\})(?!\?)")
_CLAUSE = "[^，,。！？!?；;\\n]"
_SENTENCE = "[^。！？!?；;\\n]"


class RuleText(BaseModel):
    """One rule as a pack writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    verdict: Verdict
    patterns: tuple[str, ...]
    law: str = ""  # default: the pack's
    reason: str
    suggestion: str = ""
    version: str = "1"
    unless: tuple[str, ...] = ()  # a match of these that touches the hit clears it
    unless_sentence: tuple[str, ...] = ()  # found anywhere in the sentence, clears it
    unless_text: tuple[str, ...] = ()  # found anywhere in the text, clears it
    needs: tuple[str, ...] = ()  # target test: must be found in the sentence
    needs_text: tuple[str, ...] = ()  # target test: must be found in the text
    passes: tuple[Context, ...] | None = None  # exempt contexts; default: the pack's
    industries: tuple[Industry, ...] = ()  # default: the pack's
    kinds: tuple[str, ...] = ()  # only for posts of these kinds; empty: any
    efficacy: str = ""  # the filed class that bears this claim out; see cosmetics
    disguised: bool = False  # hits only where the words are written otherwise than they read
    replacement: str | None = None  # only where putting it in is always safe
    hit: tuple[str, ...] = ()  # own examples, run as tests
    miss: tuple[str, ...] = ()


class PackText(BaseModel):
    """One pack file."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str
    title: str
    law: str
    industries: tuple[Industry, ...] = ("beauty", "food", "general")
    passes: tuple[Context, ...] = ()
    rules: tuple[RuleText, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule ready to run. Optional patterns are None when the rule does not use them."""

    id: str
    pack: str
    text: RuleText
    law: str
    passes: frozenset[str]
    industries: frozenset[str]
    patterns: tuple[tuple[re.Pattern[str], tuple[needles.Pieces, ...]], ...]  # with what they need
    unless: re.Pattern[str] | None
    unless_sentence: re.Pattern[str] | None
    unless_text: re.Pattern[str] | None
    needs: re.Pattern[str] | None
    needs_text: re.Pattern[str] | None


@dataclass(frozen=True)
class Pack:
    """A pack ready to run."""

    id: str
    title: str
    law: str
    industries: frozenset[str]
    rules: tuple[Rule, ...]


@cache
def words() -> Mapping[str, str]:
    """The word lists that patterns may name: list name → alternatives, without groups inside groups.

    ``re`` skips to where a match can begin only when every alternative begins with a plain character,
    so a list that names another takes in its alternatives one by one.
    """
    raw: dict[str, list[str] | str] = yaml.safe_load(_read("_words.yaml"))
    made: dict[str, str] = {}
    for name, entries in raw.items():
        parts = [
            part
            for entry in ([entries] if isinstance(entries, str) else entries)
            for part in _flat(entry, made)
        ]
        made[name] = "(?:" + "|".join(_expanded(part, made) for part in parts) + ")"
    return made


def _flat(entry: str, made: Mapping[str, str]) -> list[str]:
    """The alternatives of a list's entry, those of lists it names among them."""
    parts = _alternatives(_ungrouped(entry))
    return [
        inner
        for part in parts
        for inner in (_alternatives(_ungrouped(made[part[1:-1]])) if part[1:-1] in made else [part])
    ]


def _ungrouped(entry: str) -> str:
    """``(?:a|b)`` → ``a|b`` when the group is the whole entry."""
    if not entry.startswith("(?:") or not entry.endswith(")"):
        return entry
    inner = entry[3:-1]
    depth = 0
    for sign in inner:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return entry
    return inner


def _alternatives(pattern: str) -> list[str]:
    """The parts of ``pattern`` between bars that stand outside brackets."""
    parts, depth, start, at = [], 0, 0, 0
    while at < len(pattern):
        sign = pattern[at]
        if sign == "\\":
            at += 1
        elif sign in "([":
            depth += 1
        elif sign in ")]":
            depth -= 1
        elif sign == "|" and depth == 0:
            parts.append(pattern[start:at])
            start = at + 1
        at += 1
    return [*parts, pattern[start:]]


def expanded(pattern: str) -> str:
    """``pattern`` with its word lists and gaps written out."""
    return _expanded(pattern, words())


def _expanded(pattern: str, lists: Mapping[str, str]) -> str:
    def put(match: re.Match[str]) -> str:
        if match[1]:
            return f"{_CLAUSE if match[1] == '~' else _SENTENCE}{{0,{match[2]}}}"
        if match[3] not in lists:
            raise GeneratorError(f"规则里的词表「{match[3]}」不存在。", code="rule.words")
        before, after = (
            pattern[max(0, match.start() - 3) : match.start()],
            pattern[match.end() : match.end() + 1],
        )
        alone = before.endswith(("(?:", "|")) and after in ("|", ")")
        return _ungrouped(lists[match[3]]) if alone else lists[match[3]]

    # Gaps take as little as they can: a hit then ends where the breach does.
    return _GREEDY.sub(r"\1?", _MACRO.sub(put, pattern))


def _read(name: str) -> str:
    return resources.files("generator.checks").joinpath("packs", name).read_text("utf-8")


@cache
def packs() -> tuple[Pack, ...]:
    """Every packaged rule pack, read once, in the order of their file names."""
    folder = resources.files("generator.checks").joinpath("packs")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return tuple(parse(name, _read(name)) for name in names if not name.startswith("_"))


@cache
def fingerprint() -> str:
    """SHA-256 (64 hex digits) of every packaged pack and table: another value means drafts should be checked again."""
    folder = resources.files("generator.checks").joinpath("packs")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".yaml"))
    return hashlib.sha256("\0".join(f"{name}\0{_read(name)}" for name in names).encode()).hexdigest()


def parse(name: str, written: str) -> Pack:
    """A pack from its YAML; GeneratorError says which file and rule cannot be used."""
    try:
        pack = PackText.model_validate(yaml.safe_load(written))
        return compiled(pack)
    except (yaml.YAMLError, ValidationError, re.error) as error:
        raise GeneratorError(f"规则包 {name} 读不懂：{error}", code="rule.pack") from error


def compiled(pack: PackText) -> Pack:
    """A pack with its patterns compiled."""
    rules = tuple(_rule(pack, text) for text in pack.rules)
    return Pack(pack.id, pack.title, pack.law, frozenset(pack.industries), rules)


def _rule(pack: PackText, text: RuleText) -> Rule:
    if not text.id.startswith(f"{pack.id}."):
        raise GeneratorError(f"规则 {text.id} 的编号应以「{pack.id}.」开头。", code="rule.id")
    if not any(text.patterns):
        raise GeneratorError(f"规则 {text.id} 没有写 patterns。", code="rule.patterns")
    return Rule(
        id=text.id,
        pack=pack.id,
        text=text,
        law=text.law or pack.law,
        passes=frozenset(pack.passes if text.passes is None else text.passes),
        industries=frozenset(text.industries or pack.industries),
        patterns=tuple(
            (re.compile(written, re.MULTILINE), needs)
            for pattern in text.patterns
            for written, needs in needles.alternatives(expanded(pattern))
        ),
        unless=_compiled(text.unless),
        unless_sentence=_compiled(text.unless_sentence),
        unless_text=_compiled(text.unless_text),
        needs=_compiled(text.needs),
        needs_text=_compiled(text.needs_text),
    )


def _compiled(patterns: Iterable[str]) -> re.Pattern[str] | None:
    joined = "|".join(expanded(pattern) for pattern in patterns)
    return re.compile(joined, re.MULTILINE) if joined else None
