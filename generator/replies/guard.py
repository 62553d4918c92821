"""The door of the reply lane: no suggestion with a block finding, no number without a source, no tier in a group.

A text is judged as a post of the kind "reply" whose brief holds exactly the sources it may stand on. What is found in
one sentence costs that sentence; what cannot be mended is not shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from zoneinfo import ZoneInfo

from generator.checks import check
from generator.checks.brand import own_rules
from generator.checks.checking import check_text
from generator.replies.question import Question, Suggestion
from generator.replies.retrieval.documents import Document
from generator.replies.strayed import strayed
from prompts.brief import Brief, CampaignSheet, Fact, FactKind, Note, ProductSheet, TierSheet
from prompts.draft import Finding
from prompts.reply import CampaignRecord, Corpus, KnowledgeRecord, ProductRecord, ScriptRecord

KIND = "reply"
KEPT = 0.6  # a text that loses more than the rest is no answer any more
_SENTENCE = re.compile(r"(?<=[。！？!?～\n])")
_TIER_TALK = re.compile(
    r"层级|高层|中层级|低层级|老客(?:户)?(?:专享|才)|你是(?:高|中|低)|沉睡(?:用户|客户)|(?:另一|别|其他|上一|前一|刚才那|有)(?:位|个)?的?(?:客户|顾客|买家|用户|禾苗|会员)(?:也|刚|昨|叫|说|的|[^，。]{0,6}买)"
)
_RIGID = frozenset({"care", "script"})  # reviewed words: shown whole or not at all
_OURS = _RIGID | {"offline", "person"}  # everybody else is a model


def brief_for(question: Question, corpus: Corpus, documents: Iterable[Document]) -> Brief:
    """The brief that a reply is judged against: the question's sources and what every reply may say."""
    records = [document.record for document in documents]
    campaigns = [record.sheet for record in records if isinstance(record, CampaignRecord)]
    products = [record.sheet for record in records if isinstance(record, ProductRecord)]
    return Brief(
        post="reply",
        voice=corpus.voice,
        tier=TierSheet(level=question.tier or "mid"),
        kind=KIND,
        at=question.now.astimezone(ZoneInfo(corpus.zone)),
        zone=corpus.zone,
        lane="hand_off",
        products=tuple(products),
        campaign=campaigns[0] if campaigns else None,
        next_launch=campaigns[1] if len(campaigns) > 1 else None,
        knowledge=tuple(_note(record) for record in records if isinstance(record, KnowledgeRecord)),
        scripts=tuple(_script(record) for record in records if isinstance(record, ScriptRecord)),
        facts=tuple(fact for sheet in campaigns for fact in _campaign_facts(sheet)) + tuple(fact for sheet in products for fact in _product_facts(sheet)),
    )  # fmt: skip


def _note(record: KnowledgeRecord) -> Note:
    return Note(key=record.key, topic=record.topic, question=record.question, answer=record.answer)


def _script(record: ScriptRecord) -> Note:
    return Note(key=record.key, topic=record.scene, question=record.question, answer=record.answer)


def _campaign_facts(sheet: CampaignSheet) -> Iterable[Fact]:
    name = f"campaign.{sheet.code}"
    yield Fact(id=f"{name}.name", kind=FactKind.name, label="活动", value=sheet.name)
    yield Fact(
        id=f"{name}.start", kind=FactKind.moment, label=f"{sheet.name} 开始", value=sheet.start_at.isoformat()
    )
    yield Fact(
        id=f"{name}.end", kind=FactKind.moment, label=f"{sheet.name} 结束", value=sheet.end_at.isoformat()
    )
    for part in (sheet.rules, sheet.gift, sheet.prizes):
        if part:
            yield Fact(id=f"{name}.text{len(part)}", kind=FactKind.text, label=sheet.name, value=part)
    if sheet.price:
        yield Fact(
            id=f"{name}.price",
            kind=FactKind.price,
            label=f"{sheet.name} 活动价",
            value=sheet.price,
            unit="元",
        )


def _product_facts(sheet: ProductSheet) -> Iterable[Fact]:
    name = f"product.{sheet.code}"
    yield Fact(id=f"{name}.name", kind=FactKind.name, label="名称", value=sheet.name)
    for key, price in (("price", sheet.price), ("lowest_7d", sheet.lowest_7d)):
        if price:
            yield Fact(
                id=f"{name}.{key}", kind=FactKind.price, label=f"{sheet.name} 价格", value=price, unit="元"
            )
    if sheet.url:
        yield Fact(id=f"{name}.url", kind=FactKind.url, label="购买链接", value=sheet.url)


def safe(suggestion: Suggestion, question: Question, corpus: Corpus, brief: Brief) -> Suggestion | None:
    """The suggestion with its findings, mended where one sentence was at fault; None when it may not be shown."""
    findings = judge(suggestion.text, suggestion.author, question, corpus, brief)
    wrong = [finding for finding in findings if _bars(finding, suggestion.author)]
    if not wrong:
        return replace(suggestion, findings=findings)
    if suggestion.author in _RIGID:
        return None
    text = _without(suggestion.text, wrong)
    if len(text) < max(8, KEPT * len(suggestion.text)):
        return None
    again = judge(text, suggestion.author, question, corpus, brief)
    if any(_bars(finding, suggestion.author) for finding in again):
        return None
    return replace(suggestion, text=text, findings=again)


def judge(text: str, author: str, question: Question, corpus: Corpus, brief: Brief) -> tuple[Finding, ...]:
    """Everything the reply lane finds in a text. Care sentences are the product's own and hold no facts of a brand."""
    found = _of_care(text) if author == "care" else check(text, brief, own=own_rules(corpus.house))
    beyond = () if author in _OURS else strayed(text, brief)
    told = () if question.private and author in _OURS else _told_in_public(text, corpus)
    return (*found, *beyond, *told)


def _of_care(text: str) -> tuple[Finding, ...]:
    """A sentence about a customer's safety is nobody's to forbid: only the packs judge it."""
    return check_text(text, kind=KIND)


def _bars(finding: Finding, author: str) -> bool:
    """A block always bars; a number of doubtful origin or a promise nobody may make bars a model's text as well."""
    return finding.verdict == "block" or (
        author not in _OURS and finding.rule.startswith(("fact.", "replies."))
    )


def _told_in_public(text: str, corpus: Corpus) -> tuple[Finding, ...]:
    names = [name for name in corpus.tier_names if name in text]
    match = _TIER_TALK.search(text)
    hit = names[0] if names else match[0] if match else ""
    if not hit:
        return ()
    at = text.find(hit)
    return (
        Finding(
            rule="reply.tier_in_group", verdict="block", start=at, end=at + len(hit), excerpt=hit,
            reason="不能对客户说出他的层级、别的客户；群里也不说订单。", suggestion="去掉这一句，要说的私信里说。",
        ),
    )  # fmt: skip


def _without(text: str, wrong: list[Finding]) -> str:
    """The text without the sentences that hold a finding."""
    kept, at = [], 0
    for part in _SENTENCE.split(text):
        end = at + len(part)
        if not any(finding.start < end and at < max(finding.end, finding.start + 1) for finding in wrong):
            kept.append(part)
        at = end
    return "".join(kept).strip()
