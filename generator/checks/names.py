"""Names, codes, addresses and live tokens against the brief: nothing may be called what it is not."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.checks.known import Known
from generator.checks.marks import Page
from generator.checks.mentions import Code, Reading
from prompts import live
from prompts.brief import Brief
from prompts.draft import Finding

# What makes a run of words a product's name rather than "a cream": an ingredient or a line's name in front.
_INGREDIENTS = (
    "氨基酸|烟酰胺|神经酰胺|玻尿酸|透明质酸钠?|积雪草|山茶花?|多肽|胜肽|角鲨烷|玻色因|视黄醇|A醇|a醇|水杨酸|果酸|胶原蛋白|"
    "富勒烯|麦角硫因|虾青素|传明酸|熊果苷|维c|vc|寡肽|酵母|白池花籽|高岭土|葡糖酸内酯|摩洛哥坚果油|乳木果|燕麦|芦荟|洋甘菊|马齿苋|"
    "金缕梅|茶树|绿茶|玫瑰|橙花|白茶|人参|燕窝|珍珠|依克多因|泛醇|B5|b5|咖啡因"
)
_GOODS = (
    "洁面乳|洁面膏|洁面|洗面奶|卸妆膏|卸妆油|卸妆水|精华水|精华液|精华|爽肤水|化妆水|乳液|修护乳|面霜|眼霜|防晒乳|防晒霜|防晒|"
    "面膜|泥膜|凝露|唇膏|护手霜|身体乳|洗发水|护发素|沐浴露|气垫|粉底|原液|安瓶|喷雾"
)
_NAME = re.compile(rf"(?:{_INGREDIENTS})[\u4e00-\u9fffa-z]{{0,6}}?(?:{_GOODS})")
_NOT_A_NAME = re.compile(r"[的是和与有在跟了，用看放含加不没会能让给做成带]")
_ITEM = re.compile(r"^(?:[a-z]{1,6})-?\d{2,6}$")
_STRONG = re.compile(r"妆|健字|食健|械|spf|^[a-z]{2}-[a-z]{2}-")
_COMMON = re.compile(
    r"^(?:a[1-9]|b\d{1,2}|uv[ab]?\d?|ph\d|\d+[mgl]|[a-d]\d?|5g|4k|p\d|v\d|no\d|top\d+|\d{1,2}[a-d]|ai\d?|h5|c\d|e\d|k\d)$"
)


def check(page: Page, brief: Brief, table: Known, reading: Reading) -> Iterator[Finding]:
    """Findings for every name, code and address of the text that the brief does not know."""
    for url in reading.urls:
        if not _known_url(url.text, table):
            yield page.finding(
                "fact.url_unknown", "block", url.start, url.end,
                "这个链接不在资料里，点开的是什么没有人核过。",
                suggestion="换成商品页或商城的链接，或者删去。", replacement=brief.voice.mall_url or None,
            )  # fmt: skip
    for code in reading.codes:
        yield from _code(page, table, code)
    yield from _products(page, table)
    yield from _tokens(page, brief)


def _known_url(url: str, table: Known) -> bool:
    plain = url.rstrip("/")
    return any(plain == known.rstrip("/") for known in table.urls)


def _code(page: Page, table: Known, code: Code) -> Iterator[Finding]:
    if code.text in table.corpus or code.text in table.codes or _COMMON.match(code.text):
        return
    if code.text.rstrip("+") in table.corpus and not code.text.startswith(("spf", "pa")):
        return
    strong = bool(_STRONG.search(code.text))
    yield page.finding(
        "fact.code_unknown", "block" if strong else "warn", code.start, code.end,
        f"编号或标示「{page.view.text[code.start : code.end]}」不在这条内容的资料里。",
        suggestion="请按商品资料改正，或者删去。", trust=1.0 if strong else 0.6,
    )  # fmt: skip


def _products(page: Page, table: Known) -> Iterator[Finding]:
    for match in _NAME.finditer(page.view.text):
        name = match.group()
        if _NOT_A_NAME.search(name) or any(_within(name, known) for known in table.names):
            continue
        if name in table.corpus:
            continue
        yield page.finding(
            "fact.product_unknown", "warn", match.start(), match.end(),
            f"「{name}」不在这条内容的商品里。", suggestion="请用商品表里的名称，或者改成泛称。", trust=0.6,
        )  # fmt: skip


def _within(short: str, long: str) -> bool:
    """True when the signs of ``short`` appear in ``long`` in this order: 神经酰胺面霜 in 神经酰胺修护面霜."""
    signs = iter(long)
    return all(sign in signs for sign in short)


def _tokens(page: Page, brief: Brief) -> Iterator[Finding]:
    """Only live values the desk knows, only for goods of this brief, and only whole tokens."""
    codes = {product.code for product in brief.products}
    for campaign in filter(None, (brief.campaign, brief.next_launch)):
        codes |= {campaign.code, *campaign.products}
    spans = []
    for match in live.TOKEN.finditer(page.text):
        spans.append(match.span())
        if match[1] not in live.NAMES or (match[2] and match[2] not in codes):
            yield _bad_token(
                match.group(), match.start(), match.end(), "资料里没有这个实时数值，发出时填不上。"
            )
    for match in re.finditer(r"[⟦⟧]", page.text):
        if not any(start <= match.start() < end for start, end in spans):
            yield _bad_token(match.group(), match.start(), match.end(), "实时数值的括号不完整。")


def _bad_token(written: str, start: int, end: int, reason: str) -> Finding:
    return Finding(
        rule="fact.live_unknown", verdict="block", start=start, end=end, excerpt=written, reason=reason,
        suggestion="改用 ⟦stock:商品编码⟧ 这样的写法，或者删去。",
    )  # fmt: skip
