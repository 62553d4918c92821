"""The grammar of the offline writer, one YAML file per kind, and its schema.

A line is data: ``<mid|low price !short> {short}{price_yuan}，{when}``: conditions, then text with slots. Lines may stand under their common
conditions: ``mid: [甲, 乙]``. Only words live here; which facts fill the slots is decided in code.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from generator.offline import memory
from prompts.errors import PromptError

Role = Literal["first", "body", "action", "close", "link"]
_CONDITION = re.compile(r"^<([^<>]*)>\s*")
_SLOT = re.compile(r"\{([a-z_0-9]+)\}")
_BAD = re.compile(r"[{}]")
_MARK = 4  # so many signs make a turn of phrase


class Line(BaseModel):
    """One way to say something: conditions (all must hold; ``a|b`` is either), text parts and slot names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    when: tuple[frozenset[str], ...] = ()
    unless: frozenset[str] = frozenset()
    text: str
    slots: tuple[str, ...] = ()
    marks: tuple[
        str, ...
    ] = ()  # its own words between the slots, as texts are compared: by them it is known again

    @classmethod
    def parse(cls, written: str) -> Line:
        """Read the compact form of the files."""
        found = _CONDITION.match(written)
        text = written[found.end() :] if found else written
        when, unless = conditions(found.group(1) if found else "")
        if _BAD.search(_SLOT.sub("", text)):
            raise ValueError(f"多余的花括号：{written}")
        marks = tuple(mark for mark in map(memory.normal, _SLOT.split(text)[::2]) if len(mark) >= _MARK)
        return cls(when=when, unless=unless, text=text, slots=tuple(_SLOT.findall(text)), marks=marks)

    def fits(self, traits: frozenset[str]) -> bool:
        """True when every condition holds."""
        return not (self.unless & traits) and all(group & traits for group in self.when)


def conditions(written: str) -> tuple[tuple[frozenset[str], ...], frozenset[str]]:
    """``mid|low price !short`` as the groups of which one each must hold, and the traits that must not."""
    tokens = written.split()
    when = tuple(frozenset(token.split("|")) for token in tokens if not token.startswith("!"))
    return when, frozenset(token[1:] for token in tokens if token.startswith("!"))


class Block(BaseModel):
    """A place in the text with its ways to fill it. ``drop``: 0 never dropped, else the higher the sooner."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Role
    any: tuple[Line, ...]
    maybe: float = 1.0
    drop: int = 0
    ordered: bool = False  # the first line that can be said is taken, not any
    run: bool = False  # joined to the line before instead of opening a new one
    must: bool = False  # a frame whose block cannot be filled is not used

    @model_validator(mode="before")
    @classmethod
    def _compact(cls, given: object) -> object:
        if not isinstance(given, dict) or "role" in given:
            return given
        roles = [key for key in given if key in ("first", "body", "action", "close", "link")]
        if len(roles) != 1:
            raise ValueError(f"每一块要有且只有一个位置：{list(given)}")
        rest = {key: value for key, value in given.items() if key != roles[0]}
        lines = _flat(given[roles[0]])
        if not lines or not all(isinstance(line, str) for line in lines):
            raise ValueError(f"每一块要有几种写法：{list(given)}")
        must = rest.pop("must", roles[0] == "first")
        return {"role": roles[0], "any": [Line.parse(line) for line in lines], "must": must, **rest}


def _flat(lines: object) -> list[str]:
    """Lines as a list; ``{low: [甲, 乙]}`` is short for ``["<low> 甲", "<low> 乙"]``."""
    if not isinstance(lines, dict):
        return list(lines) if isinstance(lines, list) else []
    return [
        _under("" if traits == "any" else traits, line) for traits, under in lines.items() for line in under
    ]


def _under(traits: str, line: str) -> str:
    """The line with the conditions it stands under before its own."""
    own = _CONDITION.match(line)
    both = f"{traits} {own.group(1) if own else ''}".strip()
    text = line[own.end() :] if own else line
    return f"<{both}> {text}" if both else text


class Frame(BaseModel):
    """A shape of text for one kind: when it may be used and its blocks in order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    rank: int = 0  # of the frames that fit, those with the highest rank are used
    when: tuple[frozenset[str], ...] = ()
    unless: frozenset[str] = frozenset()
    blocks: tuple[Block, ...]

    @model_validator(mode="before")
    @classmethod
    def _compact(cls, given: object) -> object:
        if isinstance(given, dict) and isinstance(given.get("when", ""), str):
            when, unless = conditions(given.get("when", ""))
            return {**given, "when": when, "unless": unless}
        return given

    def fits(self, traits: frozenset[str]) -> bool:
        """True when every condition holds."""
        return not (self.unless & traits) and all(group & traits for group in self.when)


class Grammar(BaseModel):
    """All words of one kind. ``phrases`` are small parts that lines share, by name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    frames: tuple[Frame, ...] = ()
    phrases: Mapping[str, tuple[Line, ...]] = {}
    pictures: tuple[Line, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _compact(cls, given: object) -> object:
        if not isinstance(given, dict):
            return given
        phrases = {
            name: [Line.parse(line) if isinstance(line, str) else line for line in _flat(lines)]
            for name, lines in (given.get("phrases") or {}).items()
        }
        pictures = [
            Line.parse(line) if isinstance(line, str) else line for line in given.get("pictures") or ()
        ]
        return {**given, "phrases": phrases, "pictures": pictures}


@cache
def load(kind: str) -> Grammar:
    """The grammar of a kind, with the shared phrases behind its own. Raises PromptError when a file is broken."""
    own = _read(f"{kind}.yaml")
    shared = _read("shared.yaml")
    return own.model_copy(update={"phrases": {**shared.phrases, **own.phrases}})


@cache
def stock(name: str) -> Mapping[str, object]:
    """A plain list of small words and habits (seasons, riddles, idioms) from ``stock_<name>.yaml``."""
    data = yaml.safe_load(resources.files(__name__).joinpath(f"stock_{name}.yaml").read_text("utf-8"))
    if not isinstance(data, dict):
        raise PromptError(
            f"语料文件 stock_{name}.yaml 应当是按名字排列的一组词句。",
            code="prompt.grammar",
            english=f"stock_{name}.yaml should be a mapping of names to words.",
        )
    return data


def _read(file: str) -> Grammar:
    try:
        return Grammar.model_validate(
            yaml.safe_load(resources.files(__name__).joinpath(file).read_text("utf-8")) or {}
        )
    except (OSError, yaml.YAMLError, ValidationError, ValueError) as error:
        raise PromptError(
            f"离线写手的语料文件 {file} 读不懂：{error}",
            code="prompt.grammar",
            english=f"The offline writer's file {file} cannot be read: {error}",
        ) from error
