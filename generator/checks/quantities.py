"""Numbers against their sources: unknown ones, ones in a wrong role, and sums that are shown in the text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation

from generator.checks.known import Known
from generator.checks.lengths import length
from generator.checks.marks import Page
from generator.checks.mentions import Mention, Reading, Sort
from prompts.brief import Brief, CampaignSheet, ProductSheet
from prompts.draft import Finding, Verdict

_GOODS_WORDS = re.compile(
    r"(?:限|每人|每账号|每个账号|共|剩|余量|余|库存|名额|抽|满|前|送|赠|仅有|只有|卖出|售出|已售|备货|限量|首批|到货)[^，,。！？!?\n]{0,6}$"
)
_TERM_WORDS = re.compile(
    r"(?:价保|保价|无理由|退换|退货|退款|发货|发出|到货|送达|有效期?|保质|内用完|见效|起效|变白|截止|到账|还有|还剩|倒计时|仅剩|最后)[^，,。！？!?\n]{0,5}$"
)
_TERM_AFTER = re.compile(r"\s?(?:内|无理由|价保|保价|发货|到货|见效|后结束|有效|之内|后截止|结束|截止)")
# 近7日最低成交价 is the name of the lawful comparison (明码标价和禁止价格欺诈规定 16), not a duration somebody states.
_COMPARED = re.compile(r"[日天]内?(?:的)?最低")
_CALL = re.compile(r"(?:回复?|扣|打|敲|按|选|数字|输入|发)[「“\"'‘『 ]{0,2}$")
_PAIR = re.compile(r"满\s?(\d+(?:\.\d+)?)\s?元?\s?[立即就可再]{0,2}减\s?(\d+(?:\.\d+)?)")
_SUM_SIGNS = re.compile(r"[=+]|共计|合计|总共|一共|加起来|凑|实付|到手|减完|省")
_NO_PART = re.compile(r"(?:=|合计|共计|总共|一共|实付|到手|减完|减后|-|减)[是只要仅需约]{0,2}\s?¥?$")
_MINUS = re.compile(r"(?:-|减|立减|再减)\s?¥?$")
_SIZED = {Sort.money, Sort.bare}
SEVEN = 7


def check(page: Page, brief: Brief, table: Known, reading: Reading) -> Iterator[Finding]:
    """Findings for every quantity of the text that the brief does not bear out."""
    wrong = list(_wrong_roles(page, brief, table))
    yield from wrong
    spans = [(finding.start, finding.end) for finding in wrong]
    yield from _wrong_pairs(page, table)
    for mention in reading.mentions:
        first, last = page.view.span(mention.start, mention.end)
        if any(start < last and first < end for start, end in spans):
            continue
        if not _sourced(mention, table):
            yield from _unknown(page, brief, table, reading, mention)


def _sourced(mention: Mention, table: Known) -> bool:
    """True when a source names this quantity, or names the number without saying of what."""
    if mention.value is None or mention.listed:
        return True
    if (mention.sort, mention.value, mention.unit) in table.numbers or mention.value in table.bare:
        return True
    if mention.sort is Sort.duration:
        return _as_long(mention.value, mention.unit, table)
    same = any(sort is mention.sort and value == mention.value for sort, value, _ in table.numbers)
    if mention.sort is Sort.bare:
        return mention.value in table.values
    return same and mention.sort in {Sort.people, Sort.step, Sort.points, Sort.percent}


def _as_long(value: Decimal, unit: str, table: Known) -> bool:
    """True when a source names a duration as long; 两天 is 48小时, and 48天 is not."""
    mine = length(value, unit)
    return any(sort is Sort.duration and length(known, of) == mine for sort, known, of in table.numbers)


def _unknown(page: Page, brief: Brief, table: Known, reading: Reading, mention: Mention) -> Iterator[Finding]:
    verdict = _verdict(page.view.text, mention)
    if verdict is None or mention.value is None:
        return
    if mention.sort in _SIZED and _derived(page.view.text, table, reading, mention):
        return
    rule, noun = _RULES[mention.sort]
    guess = _only_price(brief) if mention.sort is Sort.money else None
    yield page.finding(
        rule, verdict, mention.start, mention.end,
        f"{noun}「{page.view.text[mention.start : mention.end].strip()}」在这条内容的资料里找不到出处。",
        suggestion=f"资料里的价格是 {guess} 元，请核对。" if guess else "请改成资料里有的数字，或者删去。",
        replacement=f"{guess}元" if guess and verdict == "block" and mention.unit == "元" else None,
        trust=1.0 if verdict == "block" else 0.6,
    )  # fmt: skip


_RULES: dict[Sort, tuple[str, str]] = {
    Sort.money: ("fact.price_unknown", "金额"),
    Sort.percent: ("fact.percent_unknown", "百分比"),
    Sort.discount: ("fact.discount_unknown", "折扣"),
    Sort.points: ("fact.count_unknown", "积分数"),
    Sort.goods: ("fact.count_unknown", "数量"),
    Sort.people: ("fact.count_unknown", "人数"),
    Sort.step: ("fact.number_unknown", "数字"),
    Sort.duration: ("fact.duration_unknown", "时长"),
    Sort.size: ("fact.size_unknown", "规格或用量"),
    Sort.bare: ("fact.number_unknown", "数字"),
}


def _verdict(text: str, mention: Mention) -> Verdict | None:
    """How much an unsourced quantity matters where it stands."""
    before = text[max(0, mention.start - 14) : mention.start]
    small = mention.value is not None and mention.value <= 10
    match mention.sort:
        case Sort.money | Sort.percent | Sort.discount | Sort.points:
            return "block"
        case Sort.goods | Sort.people:
            if _GOODS_WORDS.search(before) and not (mention.chinese and mention.value == 1):
                return "block"
            return None if small and mention.chinese else "warn" if small else "block"
        case Sort.duration:
            if mention.value == SEVEN and _COMPARED.match(text, mention.end - 1):
                return None
            if _TERM_WORDS.search(before) or _TERM_AFTER.match(text[mention.end : mention.end + 4]):
                return "block"
            return None if small and mention.chinese else "warn"
        case Sort.size:
            return None if mention.chinese and small else "warn" if mention.unit in {"度", "℃"} else "block"
        case Sort.step:
            return None if small or mention.chinese else "warn"
        case Sort.bare:
            return _bare_verdict(text, mention, before)


def _bare_verdict(text: str, mention: Mention, before: str) -> Verdict | None:
    assert mention.value is not None
    if _CALL.search(before) and mention.value <= 999:
        return None
    if re.search(r"(?:满|减|价|到手|券|实付|付|仅需|只要|[=+])[^，,。！？!?\n]{0,4}$", before):
        return "block"
    return None if mention.value <= 10 else "warn"


def _only_price(brief: Brief) -> str | None:
    """The campaign's price when the brief speaks of one product at one price."""
    campaign = brief.campaign
    if campaign is None or not campaign.price or len(campaign.products) != 1:
        return None
    return campaign.price.removesuffix(".00")


def _derived(text: str, table: Known, reading: Reading, mention: Mention) -> bool:
    """True for the result of a sum whose parts stand before it on the same line, and are known.

    129+199=328-40=288: any number of the parts may be added up; what is taken off must be one of the
    parts after a minus, or the campaign's 减 once its threshold is reached.
    """
    head = text.rfind("\n", 0, mention.start) + 1
    if not _SUM_SIGNS.search(text[head : mention.end]):
        return False
    before = [m for m in reading.mentions if head <= m.start < mention.start and m.sort in _SIZED]
    parts = [
        m.value for m in before if m.value is not None and not m.listed and not _follows(_NO_PART, text, m)
    ]
    taken = [m.value for m in before if m.value is not None and _follows(_MINUS, text, m)]
    offs = [*_pairs_in(table.corpus), *((Decimal(0), off) for off in taken)]
    sums = _sums(parts[:9])
    wanted = mention.value
    return wanted in sums or any(
        total - off == wanted for total in sums for need, off in offs if total >= need and total > off
    )


def _follows(sign: re.Pattern[str], text: str, mention: Mention) -> bool:
    return bool(sign.search(text[max(0, mention.start - 6) : mention.start]))


def _sums(parts: list[Decimal]) -> set[Decimal]:
    sums = {Decimal(0)}
    for part in parts:
        sums |= {total + part for total in sums}
    return sums - {Decimal(0)}


def _pairs_in(text: str) -> set[tuple[Decimal, Decimal]]:
    return {(Decimal(match[1]), Decimal(match[2])) for match in _PAIR.finditer(text)}


def _wrong_pairs(page: Page, table: Known) -> Iterator[Finding]:
    """满299减40 must be a pair that a source names."""
    sourced = _pairs_in(table.corpus)
    for match in _PAIR.finditer(page.view.text):
        if sourced and (Decimal(match[1]), Decimal(match[2])) not in sourced:
            need, off = sorted(sourced)[0]
            yield page.finding(
                "fact.threshold_contradicts", "block", match.start(), match.end(),
                f"满减写成「{match.group()}」，资料里是满{need}减{off}。",
                suggestion=f"改为满{need}减{off}。",
                replacement=f"满{need}减{off}" if len(sourced) == 1 else None,
            )  # fmt: skip


_MONEY = r"(?P<n>\d+(?:,\d{3})*(?:\.\d+)?)\s?(?:元|块)?"
_ROLES: dict[str, re.Pattern[str]] = {
    "limit": re.compile(
        r"(?:限购|每人限?购?|每个?账号限?购?|限)\s?(?P<n>\d{1,4})\s?(?:瓶|盒|支|罐|件|份|组|片|管)"
    ),
    "price": re.compile(rf"(?:活动价|秒杀价|开售价|首发价|到手价|福利价|折后价)[是为:：]?\s?¥?{_MONEY}"),
    "usual": re.compile(rf"(?:日常价|平时卖|平日价|日常售价)[是为:：]?\s?¥?{_MONEY}"),
    "lowest": re.compile(rf"(?:近7[日天])?最低成交价[是为:：]?\s?¥?{_MONEY}"),
}
_ROLE_NAMES = {"limit": "每人限购", "price": "活动价", "usual": "日常价", "lowest": "近7日最低成交价"}


def _wrong_roles(page: Page, brief: Brief, table: Known) -> Iterator[Finding]:
    """A known number in another's place: the stock where the limit should stand, a price that is not this one."""
    for role, pattern in _ROLES.items():
        right = _right(brief, role)
        for match in pattern.finditer(page.view.text):
            value = _decimal(match["n"])
            if not right or value is None or value in right:
                continue
            if _said_so(table.corpus, pattern, value):
                continue
            best = str(next(iter(right))) if len(right) == 1 else None
            yield page.finding(
                f"fact.{role}_contradicts", "block", match.start("n"), match.end("n"),
                f"{_ROLE_NAMES[role]}写成 {match['n']}，资料里是 {'、'.join(map(str, sorted(right)))}。",
                suggestion="改成资料里的数。", replacement=best,
            )  # fmt: skip


def _said_so(corpus: str, pattern: re.Pattern[str], value: Decimal) -> bool:
    """Another source (a neighbour's campaign, a script) uses this number in this very role."""
    return any(_decimal(match["n"]) == value for match in pattern.finditer(corpus))


def _right(brief: Brief, role: str) -> set[Decimal]:
    campaign = brief.campaign
    products = _offered(brief, campaign)
    if role == "limit":
        limit = campaign.limit_per_person if campaign else None
        return {Decimal(limit)} if limit is not None else set()
    if role == "price":
        return {value for value in [_decimal(campaign.price)] if value is not None} if campaign else set()
    field = "price" if role == "usual" else "lowest_7d"
    found = (_decimal(getattr(product, field)) for product in products)
    return {value for value in found if value is not None}


def _offered(brief: Brief, campaign: CampaignSheet | None) -> list[ProductSheet]:
    codes = campaign.products if campaign else ()
    return [product for product in brief.products if not codes or product.code in codes]


def _decimal(written: str) -> Decimal | None:
    try:
        value = Decimal(written.replace(",", ""))
    except InvalidOperation:
        return None
    return value.normalize() if value != value.to_integral() else value.quantize(Decimal(1))
