"""A brand's own rules for its texts, as plain data: what it adds, what it silences, each with a reason.

Stored by the calendar, run by the generator, which do not know each other: so the shape, and what a word may look
like, live on the floor below both. A word is plain text in which ``*`` stands for up to six characters of one clause
and ``#`` for a number. There is nothing else to write, so no word can make a search slow.
"""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from prompts.draft import Verdict

MOST_RULES = 500  # of one brand
MOST_WORDS = 40  # of one rule
LONGEST_WORD = 60
LONGEST_SAID = 200  # reason, suggestion, replacement
MOST_GAPS = 2  # of * in one word; with more a search could become slow
OWN = "own"  # the pack that a brand's own rules form: own.1f3a9c2e
_BETWEEN = re.compile(r"[、，,；;|｜\n]+")
_ID = re.compile(r"[a-z_]+(?:\.[a-z0-9_]+)+")
_UNSEEN = frozenset({"Cf", "Mn", "Me"})  # what the checks drop before they look
Apply = tuple[str, ...]  # kinds a rule is for; empty: every text


class OwnRule(BaseModel):
    """A rule a brand adds. Its id comes of its words and kinds: the same rule told twice is one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: tuple[str, ...] = Field(min_length=1, max_length=MOST_WORDS)
    verdict: Verdict = "block"
    reason: str = Field(min_length=2, max_length=LONGEST_SAID)
    suggestion: str = Field(default="", max_length=LONGEST_SAID)
    replacement: str = Field(default="", max_length=LONGEST_SAID)
    kinds: Apply = ()

    @property
    def id(self) -> str:
        """``own.`` and eight hex digits."""
        return own_id(self.words, self.kinds)

    @property
    def version(self) -> str:
        """Six hex digits that change with what the rule says."""
        return _digest([self.verdict, self.reason, self.suggestion, self.replacement])[:6]


class SilencedRule(BaseModel):
    """A packaged rule that does not apply to this brand, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str = Field(max_length=80)
    reason: str = Field(min_length=2, max_length=LONGEST_SAID)


class HouseRules(BaseModel):
    """Everything a brand changes about the packs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    add: tuple[OwnRule, ...] = Field(default=(), max_length=MOST_RULES)
    silence: tuple[SilencedRule, ...] = ()

    @cached_property
    def mark(self) -> str:
        """What tells one set from another, reasons included; worked out once."""
        return hashlib.sha256(self.model_dump_json().encode("utf-8", "replace")).hexdigest()

    def __hash__(self) -> int:
        return hash(self.mark)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, HouseRules) and other.mark == self.mark

    def digest(self) -> str:
        """SHA-256 of what they do to a text; why a rule is silent does not count."""
        added = sorted((rule.id, rule.version) for rule in self.add)
        return _digest([added, sorted(item.rule for item in self.silence)])


NO_RULES = HouseRules()


@dataclass(frozen=True)
class PackRule:
    """What of a packaged rule somebody must know to silence it. ``kept``: nobody may."""

    id: str
    title: str
    verdict: Literal["block", "warn"]
    kept: bool = False


Catalogue = Mapping[str, PackRule]  # by id


@dataclass(frozen=True)
class Wrong:
    """Why a word cannot be used, for a person."""

    zh: str
    en: str


def own_id(words: Iterable[str], kinds: Iterable[str]) -> str:
    """What a rule with these words for these kinds is called."""
    return f"{OWN}.{_digest([sorted(map(folded, words)), sorted(kinds)])[:8]}"


def words_of(written: str) -> tuple[str, ...]:
    """The words of a cell or field: separated by 、 comma, semicolon, bar or line; each once."""
    parts = (" ".join(part.split()) for part in _BETWEEN.split(written))
    return tuple({folded(part): part for part in parts if part}.values())


def faulty(word: str) -> Wrong | None:
    """What is wrong with one word; None when it can be used."""
    shown = word[:20]
    if len(word) > LONGEST_WORD:
        return Wrong(
            f"「{shown}…」超过 {LONGEST_WORD} 字，请写短一点", f"{shown!r} is over {LONGEST_WORD} characters"
        )
    if not re.sub(r"[*#\s]", "", folded(word)):
        return Wrong(f"「{shown}」里没有字，请写上要找的词", f"{shown!r} holds nothing to look for")
    if word.count("*") > MOST_GAPS or word.count("#") > MOST_GAPS:
        return Wrong(
            f"「{shown}」里的 * 或 # 多于 {MOST_GAPS} 个，请拆成几个词",
            f"{shown!r} has more than {MOST_GAPS} of * or #",
        )
    if word.strip().startswith("*") or word.strip().endswith("*") or "**" in word:
        return Wrong(f"「{shown}」里的 * 要夹在两个字中间", f"* in {shown!r} must stand between two signs")
    return None


def faults(words: Iterable[str]) -> list[Wrong]:
    """Everything wrong with a rule's words."""
    many = tuple(words)
    found = [wrong for word in many if (wrong := faulty(word))]
    if not many:
        found.append(Wrong("没有写词，请写上要找的词", "there are no words"))
    if len(many) > MOST_WORDS:
        found.append(
            Wrong(f"一条规则最多 {MOST_WORDS} 个词，请分成几条", f"a rule has at most {MOST_WORDS} words")
        )
    return found


def meant(written: str, catalogue: Catalogue) -> PackRule | None:
    """The packaged rule that an id or a title means."""
    name = written.strip()
    if _ID.fullmatch(name):
        return catalogue.get(name)
    return next((rule for rule in catalogue.values() if rule.title == name), None)


def folded(text: str) -> str:
    """Width, case and spaces folded, unseen signs dropped: enough to tell whether two people wrote the same word."""
    seen = (sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) not in _UNSEEN)
    return " ".join("".join(seen).lower().split())


def _digest(body: object) -> str:
    return hashlib.sha256(json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")).hexdigest()
