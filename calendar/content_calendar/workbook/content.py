"""What a workbook says, as plain data: one frozen dataclass per sheet, its fields named like the table's columns.

The same shapes are made from a file (:mod:`reading`) and from the database (:mod:`stored`), so that comparing an import with
what is there, and writing the workbook back, are comparisons of equal things. ``row`` never counts as a difference.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from prompts.brief import Level
from prompts.house_rules import own_id


@dataclass(frozen=True)
class BrandSheet:
    """品牌, without the persona. Times are HH:MM; equal quiet times mean there are none."""

    name: str
    industry: str = ""
    zone: str = "Asia/Shanghai"
    quiet_from: str = "22:30"
    quiet_to: str = "08:30"
    hours_from: str = "09:00"
    hours_to: str = "22:30"
    mall_url: str = ""
    fans: str = ""
    forbidden: tuple[str, ...] = ()
    ai_label: str = ""
    ai_label_on: bool = False
    story: str = ""
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class PersonaSheet:
    """The persona's rows of 品牌."""

    code: str
    nickname: str
    intro: str = ""
    manner: str = ""


@dataclass(frozen=True)
class TierRow:
    """One row of 层级."""

    level: Level
    name: str = ""
    threshold: str = ""
    aim: str = ""
    focus: str = ""
    daily_cap: int = 6
    row: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        """Its identity across imports."""
        return self.level


@dataclass(frozen=True)
class GroupRow:
    """One row of 社群."""

    code: str
    name: str
    tier: Level
    channel: str
    source: str = ""
    customer_type: str = ""
    members: int = 0
    tags: tuple[str, ...] = ()
    owner: str = ""
    address: str = ""
    row: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        """Its identity across imports."""
        return self.code


@dataclass(frozen=True)
class ProductRow:
    """One row of 商品. Prices in yuan."""

    code: str
    name: str
    spec: str = ""
    price: Decimal | None = None
    lowest_7d: Decimal | None = None
    selling_points: str = ""
    ingredients: str = ""
    efficacy: tuple[str, ...] = ()
    filing: str = ""
    usage: str = ""
    suitable: str = ""
    caution: str = ""
    url: str = ""
    stock: int | None = None
    evidence: str = ""
    row: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        """Its identity across imports."""
        return self.code


@dataclass(frozen=True)
class CampaignRow:
    """One row of 活动. Moments are instants (aware, UTC)."""

    code: str
    name: str
    kind: str
    start_at: datetime
    end_at: datetime
    kind_written: str = ""
    products: tuple[str, ...] = ()
    price: Decimal | None = None
    rules: str = ""
    warmup_at: datetime | None = None
    stock: int | None = None
    limit_per_person: int | None = None
    tiers: tuple[Level, ...] = ()
    gift: str = ""
    prizes: str = ""
    row: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        """Its identity across imports."""
        return self.code


@dataclass(frozen=True)
class SopLine:
    """One row of the SOP. ``cycle_rule`` has a shape of :mod:`values.cycles`; ``cycle_as_written`` is only shown."""

    key: str
    time: str
    cycle: str
    cycle_rule: dict[str, Any]
    tiers: tuple[Level, ...]
    kind: str
    channel: str
    kind_written: str = ""
    theme: str = ""
    owner: str = ""
    remark: str = ""
    cycle_as_written: str = field(default="", compare=False)
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class ScriptRow:
    """One row of 话术."""

    key: str
    scene: str
    question: str
    answer: str
    taboo: str = ""
    escalate: bool = False
    escalate_to: str = ""
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class KnowledgeRow:
    """One row of 知识."""

    key: str
    topic: str
    question: str
    answer: str
    products: tuple[str, ...] = ()
    source: str = ""
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class PastRow:
    """One row of 历史内容."""

    key: str
    day: date
    kind: str
    text: str
    time: str = ""
    tiers: tuple[Level, ...] = ()
    kind_written: str = ""
    reached: int | None = None
    reads: int | None = None
    clicks: int | None = None
    interactions: int | None = None
    orders: int | None = None
    row: int = field(default=0, compare=False)


@dataclass(frozen=True)
class RuleRow:
    """One row of 规则: a rule of the brand's own (``add``), or a packaged one that is silent here (``silence``)."""

    action: str
    reason: str
    rule: str = ""  # the packaged rule that is silenced
    words: tuple[str, ...] = ()
    verdict: str = "block"
    suggestion: str = ""
    replacement: str = ""
    kinds: tuple[str, ...] = ()
    row: int = field(default=0, compare=False)

    @property
    def key(self) -> str:
        """Its identity across imports: the id of the rule it adds or silences."""
        return self.rule or own_id(self.words, self.kinds)

    @property
    def name(self) -> str:
        """What it is about, for people."""
        return self.rule or "、".join(self.words)


@dataclass(frozen=True)
class WorkbookContent:
    """A whole workbook. A sheet that the file does not have is None: what is stored of it stays as it is."""

    brand: BrandSheet
    persona: PersonaSheet
    tiers: tuple[TierRow, ...] = ()
    groups: tuple[GroupRow, ...] = ()
    products: tuple[ProductRow, ...] = ()
    campaigns: tuple[CampaignRow, ...] | None = ()
    sop: tuple[SopLine, ...] = ()
    scripts: tuple[ScriptRow, ...] | None = ()
    knowledge: tuple[KnowledgeRow, ...] | None = ()
    past: tuple[PastRow, ...] | None = ()
    rules: tuple[RuleRow, ...] | None = None
