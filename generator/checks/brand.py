"""A brand's own rules: words and patterns it adds, packaged rules it silences, each with a reason.

They come from the workbook or the desk as plain data. A silenced rule without a reason is refused: the
reason is what the log and the next editor need.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from generator.checks.rules import Pack, PackText, RuleText, compiled, packs
from generator.errors import GeneratorError
from prompts.draft import Verdict


class AddedRule(BaseModel):
    """A rule a brand adds: plain words, or regular expressions in the packs' language."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    words: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    verdict: Verdict = "block"
    reason: str = Field(min_length=2)
    suggestion: str = ""


class SilencedRule(BaseModel):
    """A packaged rule (or a whole pack) that does not apply to this brand, and why."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule: str
    reason: str = Field(min_length=2)


class BrandRules(BaseModel):
    """What a brand changes about the packs."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    add: tuple[AddedRule, ...] = ()
    silence: tuple[SilencedRule, ...] = ()


@dataclass(frozen=True)
class OwnRules:
    """A brand's rules ready to run. ``reasons``: why each silenced rule is silent."""

    packs: tuple[Pack, ...] = ()
    silenced: frozenset[str] = frozenset()
    reasons: dict[str, str] = field(default_factory=dict, compare=False)


NONE = OwnRules()
_NESTED = re.compile(r"[*+}]\)?[*+{]|\([^)]*[*+][^)]*\)[*+{]")
_Kind = Literal["word", "pattern"]


def own_rules(data: object) -> OwnRules:
    """A brand's rules from plain data; GeneratorError says which entry cannot be used and why."""
    try:
        rules = BrandRules.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise GeneratorError(
            f"品牌规则的 {where} 不可用（{first['msg']}），请写明内容和理由。", code="rule.brand"
        ) from error
    known = {pack.id for pack in packs()} | {rule.id for pack in packs() for rule in pack.rules}
    for silent in rules.silence:
        if silent.rule not in known:
            raise GeneratorError(f"没有编号为「{silent.rule}」的规则，不能停用。", code="rule.unknown")
    made = tuple(_rule(number, added) for number, added in enumerate(rules.add, 1))
    pack = PackText(id="brand", title="品牌自定规则", law="品牌自定", rules=made)
    return OwnRules(
        packs=(_compiled(pack),) if made else (),
        silenced=frozenset(silent.rule for silent in rules.silence),
        reasons={silent.rule: silent.reason for silent in rules.silence},
    )


def _rule(number: int, added: AddedRule) -> RuleText:
    patterns = (*(re.escape(word) for word in added.words if word.strip()), *added.patterns)
    if not patterns:
        raise GeneratorError(f"品牌规则第 {number} 条没有写词语。", code="rule.patterns")
    if any(_NESTED.search(pattern) or len(pattern) > 500 for pattern in added.patterns):
        raise GeneratorError(
            f"品牌规则第 {number} 条的写法可能很慢（重复里套着重复，或太长），请改简单些。", code="rule.slow"
        )
    return RuleText(
        id=f"brand.own_{number}", title=added.reason[:40], verdict=added.verdict, patterns=patterns,
        reason=added.reason, suggestion=added.suggestion, passes=("denial", "exposure"),
    )  # fmt: skip


def _compiled(pack: PackText) -> Pack:
    try:
        return compiled(pack)
    except (re.error, IndexError, ValueError) as error:
        raise GeneratorError(f"品牌规则里有读不懂的写法：{error}。", code="rule.pack") from error
