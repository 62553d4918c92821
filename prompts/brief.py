"""The brief: everything a writer may know about one post, and nothing else.

It is the only thing the calendar and the generator share. The calendar builds it from the brand's
tables, the generator reads it, and a copy is stored beside each revision so that a text can always be
traced to what was known when it was written. Every number, date, price and name a text may use is a
:class:`Fact` with an id and a source cell; a writer may not invent another.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, datetime
from enum import StrEnum
from typing import Literal

from pydantic import BaseModel, ConfigDict

Level = Literal["high", "mid", "low"]
LEVELS: tuple[Level, ...] = ("high", "mid", "low")
Lane = Literal["auto", "confirm", "hand_off", "demo"]
Stage = Literal["warm_up", "start", "status", "last_call", "showcase"]
Aidma = Literal["attention", "interest", "desire", "memory", "action"]


class FactKind(StrEnum):
    """What sort of thing a fact is; checks compare by it."""

    price = "price"  # yuan, decimal text without a unit: "199", "49.9"
    amount = "amount"  # a count with its unit in ``unit``: 800 盒, 2 瓶
    moment = "moment"  # ISO 8601 instant with offset
    day = "day"  # ISO date
    name = "name"  # product, campaign, gift or column name
    text = "text"  # a sentence that may be quoted or retold
    url = "url"
    code = "code"  # filing and report numbers
    live = "live"  # known only at send time; appears in a text as a live token


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Fact(_Frozen):
    """An id, a value and a source that a text may rely on.

    ``id`` is stable across imports (``product.MH105.price``, ``campaign.<code>.start``,
    ``knowledge.<key>``); at release the same id is resolved again and compared with ``value``.
    """

    id: str
    kind: FactKind
    label: str  # what it is, in the interface's words: 神经酰胺修护面霜 日常价
    value: str  # canonical text, see FactKind
    unit: str = ""
    source: str = ""  # 商品!D6


class Voice(_Frozen):
    """The brand and the person who speaks for it."""

    brand: str
    industry: str
    persona: str  # key of the persona in the library, e.g. "chongfenguan"
    nickname: str  # 沐禾宠粉官
    intro: str = ""
    manner: str = ""
    fans: str = ""  # how fans are addressed: 禾苗
    mall_url: str = ""
    hours: str = ""
    forbidden: tuple[str, ...] = ()
    ai_label: str = ""  # appended when the brand's switch is on; empty when off
    story: str = ""


class TierSheet(_Frozen):
    """One tier as the brand describes it."""

    level: Level
    name: str = ""
    threshold: str = ""
    aim: str = ""
    focus: str = ""
    daily_cap: int = 6


class ProductSheet(_Frozen):
    """A product as a writer may speak of it. ``special`` is true for registered special cosmetics."""

    code: str
    name: str
    spec: str = ""
    price: str = ""
    lowest_7d: str = ""
    selling_points: str = ""
    ingredients: str = ""
    efficacy: tuple[str, ...] = ()
    filing: str = ""
    usage: str = ""
    suitable: str = ""
    caution: str = ""
    url: str = ""
    evidence: str = ""
    stock: int | None = None


class CampaignSheet(_Frozen):
    """A promotion as a writer may speak of it; moments are aware and in the brand's zone."""

    code: str
    name: str
    kind: str  # kind key: launch, flash_sale, spend_and_save, member_day, game, discount
    products: tuple[str, ...] = ()
    price: str = ""
    rules: str = ""
    warmup_at: datetime | None = None
    start_at: datetime
    end_at: datetime
    stock: int | None = None
    limit_per_person: int | None = None
    tiers: tuple[Level, ...] = LEVELS
    gift: str = ""
    prizes: str = ""


class Note(_Frozen):
    """One item of knowledge or one reviewed script: a question and an answer that may be retold."""

    key: str
    topic: str
    question: str
    answer: str
    products: tuple[str, ...] = ()
    source: str = ""


class Heard(_Frozen):
    """A post these groups already heard: to be varied against, never repeated."""

    day: date
    kind: str
    text: str
    tier: Level | None = None
    reads: int | None = None
    clicks: int | None = None


class Example(_Frozen):
    """An approved text of the same kind and tier; ``edited_from`` when a person mended the machine's."""

    kind: str
    text: str
    tier: Level | None = None
    edited_from: str = ""


class Touch(_Frozen):
    """Which of the about seven touches of an offer this is; no two share an angle."""

    number: int
    of: int
    angle: str  # texture, ingredients, terms, morning_note, countdown, opening, stock, ... (see library)
    aidma: Aidma


class Programme(_Frozen):
    """Another post of the same tier near this one, so that a text can point at what comes today."""

    at: datetime
    kind: str
    theme: str


class Brief(_Frozen):
    """All a writer may know about one post. Moments are aware and in the brand's zone."""

    post: str  # the post's slot key: stable, and the seed of every random choice
    voice: Voice
    tier: TierSheet
    kind: str
    at: datetime
    zone: str
    lane: Lane
    theme: str = ""
    remark: str = ""  # the SOP row's 备注: a wish about the text, not a text
    kind_written: str = ""  # the kind as the operator's sheet calls it: 护肤秘籍
    max_bytes: int = 4000  # what the narrowest lane of the audience carries, UTF-8
    groups: int = 0
    tags: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    facts: tuple[Fact, ...] = ()
    products: tuple[ProductSheet, ...] = ()
    campaign: CampaignSheet | None = None
    stage: Stage | None = None
    touch: Touch | None = None
    next_launch: CampaignSheet | None = None
    knowledge: tuple[Note, ...] = ()
    scripts: tuple[Note, ...] = ()
    heard: tuple[Heard, ...] = ()
    best: tuple[Heard, ...] = ()  # the brand's past posts of this kind that were read and clicked most
    examples: tuple[Example, ...] = ()
    today: tuple[Programme, ...] = ()
    tomorrow: tuple[Programme, ...] = ()
    hooks: tuple[str, ...] = ()  # 大雪, 周一, 双12: names only
    house_notes: tuple[str, ...] = ()
    instruction: str = ""  # the editor's wish when a post is written again
    previous: str = ""  # the text that wish is about

    def fact(self, fact_id: str) -> Fact | None:
        """The fact with this id, or None."""
        return next((fact for fact in self.facts if fact.id == fact_id), None)

    def digest(self) -> str:
        """SHA-256 over the canonical JSON of this brief (64 hex digits)."""
        body = json.dumps(self.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(body.encode()).hexdigest()
