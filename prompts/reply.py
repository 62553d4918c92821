"""What a reply may stand on: one brand's reviewed answers, know-how, goods and campaigns as plain records.

The calendar reads them from its tables, the generator searches them; neither knows the other. ``row`` is the
row of the workbook's sheet (the header is row 1), so that an operator can look a source up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from prompts.brief import CampaignSheet, ProductSheet, Voice
from prompts.house_rules import NO_RULES, HouseRules

Sheet = Literal["话术", "知识", "商品", "活动", "品牌"]


@dataclass(frozen=True, slots=True)
class ScriptRecord:
    """A reviewed answer. ``handover``: who takes over and when, as the sheet says it (empty: nobody needs to)."""

    key: str
    row: int
    scene: str
    question: str
    answer: str
    taboo: str = ""
    escalate: bool = False
    handover: str = ""


@dataclass(frozen=True, slots=True)
class KnowledgeRecord:
    """A fact for answering. ``origin``: where the brand has it from."""

    key: str
    row: int
    topic: str
    question: str
    answer: str
    products: tuple[str, ...] = ()
    origin: str = ""


@dataclass(frozen=True, slots=True)
class ProductRecord:
    """A product with its present prices."""

    row: int
    sheet: ProductSheet


@dataclass(frozen=True, slots=True)
class CampaignRecord:
    """A campaign with its window; whether it is on is judged against the moment of the question."""

    row: int
    sheet: CampaignSheet


@dataclass(frozen=True)
class Corpus:
    """All a brand may answer from. ``stamp`` changes whenever its workbook was read again.

    ``hours_row``, ``mall_row`` and ``story_row`` are the rows of 品牌 that hold the working hours, the mall and the story; ``tier_names`` are words that would tell a
    customer which tier he is in; ``house`` are the rules of the brand's own that every reply is checked by.
    """

    voice: Voice
    zone: str
    stamp: str
    scripts: tuple[ScriptRecord, ...] = ()
    knowledge: tuple[KnowledgeRecord, ...] = ()
    products: tuple[ProductRecord, ...] = ()
    campaigns: tuple[CampaignRecord, ...] = ()
    tier_names: tuple[str, ...] = ()
    hours_row: int = 9
    mall_row: int = 8
    story_row: int = 14
    house: HouseRules = NO_RULES
