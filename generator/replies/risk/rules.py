"""Risk classes as data: what a class's YAML may say, and how it is loaded.

A pattern is a regular expression over plain simplified text; ``<~6>`` stands for up to six characters inside one
clause, ``<words>`` for a list of the file's own ``lists`` or of ``_words.yaml``. Gaps are bounded, so matching stays linear.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from generator.errors import GeneratorError

_GAP = re.compile(r"<~(\d{1,2})>")
_NAME = re.compile(r"<([a-z_]+)>")


class Evidence(BaseModel):
    """One kind of word: how much it says, and whether the class is unthinkable without it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    words: str
    weight: float
    needed: bool = False  # at least one of the needed kinds must be there


class Otherwise(BaseModel):
    """Other words to say at once where a customer's show another case of the same class: an allergy told of before anything was
    used, a parcel that stands still."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    when: tuple[str, ...]
    unless: tuple[str, ...] = ()  # found anywhere, the usual words hold
    private: str
    group: str


class ClassText(BaseModel):
    """One class as its file writes it."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    key: str
    name: str
    order: int  # the gravest first
    patterns: tuple[str, ...]
    unless: tuple[str, ...] = ()  # a match of these that touches the hit clears it
    unless_clause: tuple[str, ...] = ()  # found in the hit's clause, clears it
    unless_text: tuple[str, ...] = ()  # found anywhere, clears the class
    deniable: bool = True  # 没怀孕 is no pregnancy; 不给退 is a dispute
    askable: bool = False  # 会不会过敏 asks, it does not report
    not_for: tuple[str, ...] = ()  # industries where the words are the trade's own
    lists: Mapping[str, str] = {}
    evidence: tuple[Evidence, ...] = ()  # words that together mean it, wherever they stand in a message
    enough: float = 3.0  # the sum of evidence from which on the class is seen
    handover: str  # who takes over when no script says it
    private: str  # what to say at once, one to one
    group: str  # the same in the group: no private matter in public
    otherwise: Otherwise | None = None
    at_once: str  # what the operator should do
    search: str = ""  # words that find the brand's own reviewed answer
    hit: tuple[str, ...] = ()
    miss: tuple[str, ...] = ()


@dataclass(frozen=True)
class RiskClass:
    """A class ready for use."""

    text: ClassText
    pattern: re.Pattern[str]
    unless: re.Pattern[str] | None
    unless_clause: re.Pattern[str] | None
    unless_text: re.Pattern[str] | None
    evidence: tuple[tuple[re.Pattern[str], Evidence], ...] = ()
    other: re.Pattern[str] | None = None
    not_other: re.Pattern[str] | None = None

    @property
    def key(self) -> str:
        """The stable key."""
        return self.text.key

    def words(self, text: str, *, private: bool) -> str:
        """What to say at once to a customer who wrote ``text``."""
        other = self.other is not None and self.other.search(text)
        usual = not other or (self.not_other is not None and self.not_other.search(text))
        said = self.text if usual or self.text.otherwise is None else self.text.otherwise
        return said.private if private else said.group


@cache
def classes() -> tuple[RiskClass, ...]:
    """All classes, the gravest first."""
    folder = resources.files("generator.replies.risk") / "classes"
    shared: dict[str, str] = yaml.safe_load((folder / "_words.yaml").read_text("utf-8"))
    files = sorted(
        file.name for file in folder.iterdir() if file.name.endswith(".yaml") and file.name[0] != "_"
    )
    found = [_load(name, (folder / name).read_text("utf-8"), shared) for name in files]
    return tuple(sorted(found, key=lambda one: one.text.order))


def _load(name: str, written: str, shared: Mapping[str, str]) -> RiskClass:
    try:
        text = ClassText.model_validate(yaml.safe_load(written))
        words = {**shared, **text.lists}
        pattern = _compiled(text.patterns, words)
        assert pattern is not None
        return RiskClass(
            text,
            pattern,
            _compiled(text.unless, words),
            _compiled(text.unless_clause, words),
            _compiled(text.unless_text, words),
            tuple((_one(kind.words, words), kind) for kind in text.evidence),
            _compiled(text.otherwise.when if text.otherwise else (), words),
            _compiled(text.otherwise.unless if text.otherwise else (), words),
        )
    except (yaml.YAMLError, ValidationError, re.error, KeyError) as error:
        raise GeneratorError(f"风险类文件 {name} 读不懂：{error}", code="replies.class") from error


def _one(pattern: str, words: Mapping[str, str]) -> re.Pattern[str]:
    return re.compile(_expanded(pattern, words), re.MULTILINE)


def _compiled(patterns: tuple[str, ...], words: Mapping[str, str]) -> re.Pattern[str] | None:
    joined = "|".join(f"(?:{_expanded(pattern, words)})" for pattern in patterns)
    return re.compile(joined, re.MULTILINE) if joined else None


def _expanded(pattern: str, words: Mapping[str, str]) -> str:
    plain = _NAME.sub(lambda match: f"(?:{words[match[1]]})", pattern)
    return _GAP.sub(lambda match: f"[^，,。！？!?；;\\n]{{0,{match[1]}}}", plain)
