"""A brand's own rules made ready to run: the words it adds become a pack of their own, the rules it silences a set.

The words are data of :mod:`prompts.house_rules`; what reaches the engine is built here, sign by sign, from literals and
bounded gaps. Nothing a person types is ever read as a regular expression.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib import resources

from generator.checks import rules, views
from generator.checks.rules import Pack, PackText, RuleText, compiled, packs
from generator.errors import GeneratorError
from prompts.house_rules import (
    LONGEST_WORD,
    OWN,
    Catalogue,
    HouseRules,
    OwnRule,
    PackRule,
    faulty,
)

KEPT = frozenset({"privacy", "replies"})  # packs nobody silences: a phone number, a customer in danger
_GAP = "[^，,。！？!?；;\\n]{0,6}"
_NUMBER = r"(?<![\d.])\d{1,8}(?:\.\d{1,2})?(?!\d)"


@dataclass(frozen=True, eq=False)
class OwnRules:
    """A brand's rules ready to run. ``reasons``: why each silenced rule is silent; ``digest`` of what they do.

    Two are the same when they do the same: comparing five hundred rules for every text would cost more than running them.
    """

    packs: tuple[Pack, ...] = ()
    silenced: frozenset[str] = frozenset()
    reasons: Mapping[str, str] = field(default_factory=dict)
    digest: str = HouseRules().digest()

    def __hash__(self) -> int:
        return hash(self.digest)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, OwnRules) and other.digest == self.digest


NONE = OwnRules()


@lru_cache(maxsize=64)
def own_rules(house: HouseRules) -> OwnRules:
    """``house`` ready to run; GeneratorError (``rule.brand``) names a word that cannot be used.

    A silenced id no pack has any more silences nothing: packs change, what a brand once said stays.
    """
    for rule in house.add:
        for word in rule.words:
            if wrong := faulty(word):
                raise GeneratorError(f"品牌规则用不了：{wrong.zh}。", code="rule.brand", english=f"A rule is unusable: {wrong.en}.")  # fmt: skip
    made = tuple(_rule(rule) for rule in {rule.id: rule for rule in house.add}.values())
    pack = PackText(id=OWN, title="品牌自定规则", law="品牌自定规则", rules=made)
    known = catalogue()
    return OwnRules(
        packs=(compiled(pack),) if made else (),
        silenced=frozenset(
            item.rule for item in house.silence if item.rule in known and not known[item.rule].kept
        ),
        reasons={item.rule: item.reason for item in house.silence},
        digest=house.digest(),
    )


@cache
def catalogue() -> Catalogue:
    """Every packaged rule by id: its title, its verdict, and whether it may be silenced at all."""
    return {
        rule.id: PackRule(rule.id, rule.text.title, rule.text.verdict, kept=pack.id in KEPT)
        for pack in packs()
        for rule in pack.rules
    }


def fingerprint(own: OwnRules, *said: object) -> str:
    """SHA-256 of all that decides a text's findings besides its facts: packs, engine, the brand's rules, ``said``.

    ``said``: what else of the brand the checks read (industry, forbidden words, AI label). Another value means that
    drafts should be checked again.
    """
    body = "\0".join((rules.fingerprint(), _engine(), own.digest, *map(repr, said)))
    return hashlib.sha256(body.encode("utf-8", "replace")).hexdigest()


@cache
def _engine() -> str:
    """SHA-256 of the code of the checks: a mended check is a reason to look again."""
    folder = resources.files("generator.checks")
    names = sorted(entry.name for entry in folder.iterdir() if entry.name.endswith(".py"))
    body = "\0".join(folder.joinpath(name).read_text("utf-8") for name in names)
    return hashlib.sha256(body.encode()).hexdigest()


def _rule(rule: OwnRule) -> RuleText:
    first = rule.words[0][:LONGEST_WORD]
    return RuleText(
        id=rule.id, version=rule.version, title=first, verdict=rule.verdict, reason=rule.reason,
        patterns=tuple(pattern(word) for word in rule.words), suggestion=rule.suggestion, kinds=rule.kinds,
        replacement=rule.replacement or None, passes=(),
    )  # fmt: skip


def pattern(word: str) -> str:
    """A word as the engine looks for it, in the plain form that texts are read in."""
    plain = " ".join(views.strict(word).text.split())
    return "".join(_sign(sign) for sign in plain)


def _sign(sign: str) -> str:
    if sign == "*":
        return _GAP
    if sign == "#":
        return _NUMBER
    # In brackets: the packs' language reads <name> as the name of a word list.
    return f"[{sign}]" if sign in "<>" else re.escape(sign)
