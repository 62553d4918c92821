"""From records to documents: what each source is found by, with the question weighing more than the answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from generator.replies.retrieval.goods import Goods
from generator.replies.retrieval.matters import spoken_of
from generator.replies.retrieval.terms import counted, said
from prompts.reply import CampaignRecord, Corpus, KnowledgeRecord, ProductRecord, ScriptRecord, Sheet

Record = ScriptRecord | KnowledgeRecord | ProductRecord | CampaignRecord | None
_KINDS = {
    "launch": "新品开售 首发 什么时候开卖", "flash_sale": "秒杀 几点开始 抢购", "spend_and_save": "满减 凑单",
    "member_day": "福利日 满多少送", "game": "抽奖 奖品 开奖 中奖概率", "discount": "折扣 优惠 活动价", "showcase": "",
}  # fmt: skip
# What every row of these sheets can be asked about.
OF_GOODS = frozenset({
    "price_of", "size_of", "lasts", "how_to_use", "ingredients_of", "suits_whom", "texture_of", "efficacy_of", "filing_of", "stock_of",
    "link_of", "cautions_of", "colour_of", "pack_of", "under_makeup", "fragrance_in", "alcohol_in", "preservative_in",
})  # fmt: skip
OF_SALES = frozenset(
    {"sale_when", "sale_price", "sale_limit", "sale_stock", "sale_rules", "sale_gift", "next_sale"}
)
_OF_KIND = {
    "game": frozenset({"lottery_real", "prize_which", "prize_claim"}), "flash_sale": frozenset({"missed_sale"}),
    "launch": frozenset({"cream_sample"}),
}  # fmt: skip
_CAMPAIGN = "活动 什么时候开始 几点 结束 限购 每人几 活动价 多少钱 优惠 赠品 送什么"
_PRODUCT = "多少钱 价格 什么价 规格 多大 链接 怎么买 功效 怎么用 用法 适合 成分 质地 注意"


@dataclass(frozen=True)
class Document:
    """One source: its place, its title, what is compared with a question, its weighted terms."""

    sheet: Sheet
    row: int
    key: str
    title: str
    question: str
    record: Record
    weights: dict[str, float]
    concepts: frozenset[str]
    products: frozenset[str]
    matters: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        """What a source is called by, across its row's moves: 话术:S012."""
        return f"{self.sheet}:{self.key}"


def documents(corpus: Corpus, goods: Goods) -> Iterator[Document]:
    """Every source of a brand."""
    for script in corpus.scripts:
        yield _note(
            script, "话术", script.scene, script.question, script.answer, goods.named(script.question)
        )
    for item in corpus.knowledge:
        named = frozenset(item.products) | goods.named(item.question)
        yield _note(item, "知识", item.topic, item.question, item.answer, named)
    for product in corpus.products:
        yield _product(product)
    for campaign in corpus.campaigns:
        yield _campaign(campaign, goods)
    yield from _brand(corpus)


def _note(
    record: ScriptRecord | KnowledgeRecord, sheet: Sheet, topic: str, question: str, answer: str, named: frozenset[str]
) -> Document:  # fmt: skip
    weights: dict[str, float] = {}
    counted(question, 2.4, weights)
    counted(topic, 0.8, weights)
    counted(answer, 0.45, weights)
    _products(weights, named, 1.2)
    return Document(
        sheet,
        record.row,
        record.key,
        question,
        f"{question}",
        record,
        weights,
        said(f"{question} {topic}"),
        named,
        spoken_of(question, topic),
    )


def _products(weights: dict[str, float], codes: frozenset[str], weight: float) -> None:
    for code in codes:
        weights[f"#{code}"] = weights.get(f"#{code}", 0.0) + weight


def _product(record: ProductRecord) -> Document:
    sheet = record.sheet
    weights: dict[str, float] = {}
    counted(sheet.name, 2.0, weights)
    counted(_PRODUCT, 0.6, weights)
    for text in (
        sheet.spec,
        sheet.selling_points,
        sheet.usage,
        sheet.suitable,
        sheet.caution,
        sheet.ingredients,
    ):
        counted(text, 0.55, weights)
    counted(f"{'、'.join(sheet.efficacy)} {sheet.filing}", 0.5, weights)
    named = frozenset({sheet.code})
    _products(weights, named, 3.0)
    return Document(
        "商品",
        record.row,
        sheet.code,
        sheet.name,
        sheet.name,
        record,
        weights,
        said(_PRODUCT),
        named,
        OF_GOODS,
    )


def _campaign(record: CampaignRecord, goods: Goods) -> Document:
    sheet = record.sheet
    weights: dict[str, float] = {}
    kind = _KINDS.get(sheet.kind, "")
    counted(sheet.name, 2.0, weights)
    counted(kind, 1.2, weights)
    counted(_CAMPAIGN, 0.5, weights)
    for text in (sheet.rules, sheet.gift, sheet.prizes):
        counted(text, 0.5, weights)
    named = goods.named(sheet.name) or frozenset(sheet.products)
    _products(weights, named, 1.6)
    return Document(
        "活动", record.row, sheet.code, sheet.name, f"{sheet.name} {kind}", record, weights,
        said(f"{sheet.name} {kind} {_CAMPAIGN}"), named, OF_SALES | _OF_KIND.get(sheet.kind, frozenset()),
    )  # fmt: skip


def _brand(corpus: Corpus) -> Iterator[Document]:
    """The brand's own sheet: when somebody answers, where its things are bought, where it comes from."""
    voice = corpus.voice
    for key, title, row, value, asked in (
        ("hours", "工作时间", corpus.hours_row, voice.hours, "工作时间 几点上班 几点下班 客服在线时间 晚上有人吗"),
        ("mall", "官方商城", corpus.mall_row, voice.mall_url, "官方商城 官网 网址 在哪里买 小程序 店铺"),
        ("story", "品牌故事", corpus.story_row, voice.story, "品牌故事 牌子 怎么来的 来历 创立"),
    ):  # fmt: skip
        if value:
            weights: dict[str, float] = {}
            counted(asked, 2.0, weights)
            yield Document(
                "品牌", row, key, title, asked, None, weights, said(asked), frozenset(), frozenset({key})
            )
