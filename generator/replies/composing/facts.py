"""What the product and campaign rows say to a question, as sentences: live values only, windows relative to now."""

from __future__ import annotations

import re
from datetime import datetime

from generator.replies.composing.current import phase
from generator.replies.composing.phrases import Phrases
from generator.replies.retrieval.terms import bare, plain
from prompts.brief import ProductSheet, Voice
from prompts.reply import CampaignRecord, Corpus

_PARTS = re.compile(r"(?<=[。；;！？\n])")
MOST_RULES = 3  # sentences of a campaign's rules in one answer

# What is asked → which cell answers it, in the order they are told.
_CELLS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("price", re.compile(r"多少钱|什么价|价格|价钱|几块|怎么卖|贵|便宜|优惠|报价")),
    ("spec", re.compile(r"多大(?!年)|几片|多少(?:克|毫升|ml|g|倍|片)|规格|容量|倍的|几支|几克|几毫升|spf")),
    ("usage", re.compile(r"怎么(?:用|涂|抹|擦)|用法|用量|第一周|早上|晚上|天天|先后|湿敷|几泵|几滴|敷多久|过夜")),
    ("ingredients", re.compile(r"成分|含|添加|香精|酒精|防腐|里(?:面|头)?有")),
    ("efficacy", re.compile(r"功效|作用|干嘛的|有什么用|有用")),
    ("filing", re.compile(r"备案|注册|编号|国妆|特字")),
    ("suit", re.compile(r"适合|年纪|能不能用|能用|可以用|油皮|干皮|混")),
    ("caution", re.compile(r"眼|过夜|注意|破损|辣")),
    ("texture", re.compile(r"质地|油不油|黏|泛白|味|香|颜色|滴管|按压|勺|包装|瓶|薄|厚|破|透气|闷|打字|拔干|搓泥")),
    ("link", re.compile(r"链接|哪里?(?:买|拍)|下单|商品页")),
)  # fmt: skip


def moment(at: datetime) -> str:
    """11月28日16:00."""
    return f"{at.month}月{at.day}日{at:%H:%M}"


def product_words(sheet: ProductSheet, asked: str, say: Phrases) -> str:
    """The cells of a product's row that answer ``asked``; price, size and texture when nothing special is asked."""
    read = plain(asked)
    wanted = [cell for cell, pattern in _CELLS if pattern.search(read)][:3] or ["texture", "price"]
    told = dict.fromkeys(_cell(sheet, cell, say) for cell in wanted)  # size and price stand in one sentence
    return "".join(filter(None, told))


def _cell(sheet: ProductSheet, cell: str, say: Phrases) -> str:
    if cell in ("price", "spec"):
        return price_line(sheet, say)
    if cell == "suit" and sheet.suitable:
        caution = sheet.caution.rstrip("。；;") or "按说明书来"
        return say.say("suit", name=sheet.name, suitable=sheet.suitable.rstrip("。"), caution=caution)
    if cell == "efficacy" and sheet.efficacy:
        return say.say("efficacy", name=sheet.name, text="、".join(sheet.efficacy))
    if cell == "filing" and sheet.filing:
        return say.say("filing", name=sheet.name, text=sheet.filing)
    if cell == "link" and sheet.url:
        return say.say("link", url=sheet.url)
    text = {"usage": sheet.usage, "ingredients": sheet.ingredients, "caution": sheet.caution}.get(
        cell, sheet.selling_points
    )
    return say.say("product_is", name=sheet.name, text=_ended(text)) if text else ""


def price_line(sheet: ProductSheet, say: Phrases) -> str:
    """Name, size and price; nothing when no price is known."""
    if not sheet.price:
        return say.say("product_is", name=sheet.name, text=_ended(sheet.spec)) if sheet.spec else ""
    name = "price_line" if sheet.spec else "price_plain"
    return say.say(name, name=sheet.name, spec=sheet.spec, price=sheet.price)


def brand_words(key: str, voice: Voice, say: Phrases) -> str:
    """What the brand's own sheet says: its hours, its mall, its story."""
    if key == "story":
        return _ended(voice.story)
    return say.say("mall", url=voice.mall_url) if key == "mall" else say.say("hours", hours=voice.hours)


def offer_of(code: str, corpus: Corpus, now: datetime) -> CampaignRecord | None:
    """The campaign that prices this product: the one that is on, else the next within its warm-up."""
    mine = [record for record in corpus.campaigns if code in record.sheet.products and record.sheet.price]
    on = [record for record in mine if phase(record, now) == "on"]
    warm = [
        record for record in mine
        if phase(record, now) == "before" and record.sheet.warmup_at is not None and record.sheet.warmup_at <= now
    ]  # fmt: skip
    return min(on or warm, key=lambda record: record.sheet.start_at, default=None)


def sale_line(sheet: ProductSheet, offer: CampaignRecord | None, now: datetime, say: Phrases) -> str:
    """The price now, and the campaign's where there is one; a launch that is to come has no price before it."""
    if offer is None:
        return price_line(sheet, say)
    if offer.sheet.kind == "launch" and phase(offer, now) == "before":
        return say.say(
            "launch_line", name=sheet.name, price=offer.sheet.price, start=moment(offer.sheet.start_at),
            end=moment(offer.sheet.end_at),
        )  # fmt: skip
    return price_line(sheet, say) + offer_line(offer, now, say)


def offer_line(record: CampaignRecord, now: datetime, say: Phrases) -> str:
    """The campaign's price and window in one sentence."""
    sheet = record.sheet
    key = "offer_on" if phase(record, now) == "on" else "offer_before"
    return say.say(
        key, campaign=sheet.name, price=sheet.price, start=moment(sheet.start_at), end=moment(sheet.end_at)
    )


def window(record: CampaignRecord, now: datetime, say: Phrases) -> str:
    """Whether a campaign is on, to come or over, with its moments."""
    sheet = record.sheet
    return say.say(
        f"window_{phase(record, now)}",
        campaign=sheet.name,
        start=moment(sheet.start_at),
        end=moment(sheet.end_at),
    )


def campaign_words(record: CampaignRecord, asked: str, now: datetime, say: Phrases) -> str:
    """Where a campaign stands, and those of its rules that meet the question."""
    told = window(record, now, say)
    if phase(record, now) == "over":
        return told
    sheet = record.sheet
    rules = [part.strip() for part in _PARTS.split(sheet.rules) if part.strip()]
    if sheet.prizes:
        rules.append(_ended(sheet.prizes))
    if sheet.gift and not any(sheet.gift[:8] in rule for rule in rules):
        rules.append(_ended(sheet.gift))
    order = sorted(range(len(rules)), key=lambda n: (-_shared(rules[n], asked), n))[:MOST_RULES]
    return told + "".join(_ended(rules[n]) for n in sorted(order))


def _shared(rule: str, asked: str) -> int:
    pairs = {asked[n : n + 2] for n in range(len(asked) - 1)} if len(asked) > 1 else {asked}
    read = bare(rule)
    return sum(pair in read for pair in pairs)


def _ended(text: str) -> str:
    text = text.strip().rstrip("；;")
    return text if not text or text[-1] in "。！？!?～" else f"{text}。"
