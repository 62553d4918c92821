"""Marks the law asks for: 广告 on know-how that carries a buying link, the AI label where the brand switched it on."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.checks.marks import Page
from prompts.brief import Brief
from prompts.draft import Finding
from prompts.kinds import all_kinds

_LINK = re.compile(
    r"https?://|(?:点|戳)[^，,。！？!?\n]{0,6}(?:卡片|链接)|(?:卡片|链接)[^，,。！？!?\n]{0,4}(?:下单|购买|直接)|商品卡"
)
_MARKED = re.compile(r"(?:【|\[|（|\(|^|\n)\s?广告")


def labels(page: Page, brief: Brief, *, final: bool) -> Iterator[Finding]:
    """A missing 广告 mark; and, when ``text`` is final as it will be sent, a missing AI label."""
    kind = all_kinds().get(brief.kind)
    link = _LINK.search(page.view.text)
    if kind is not None and kind.family == "know_how" and link and not _MARKED.search(page.view.text):
        yield page.finding(
            "marks.ad_missing", "block", link.start(), link.end(),
            "知识类内容带了购买链接，要显著标明“广告”。", law="互联网广告管理办法第九条第（三）项",
            suggestion="开头加上【广告】，或者去掉链接。",
        )  # fmt: skip
    if final and brief.voice.ai_label and brief.voice.ai_label not in page.text:
        yield page.finding(
            "marks.ai_missing", "block", 0, 0, f"品牌要求写明「{brief.voice.ai_label}」，文中没有。",
            law="人工智能生成合成内容标识办法第十条", suggestion="在末尾另起一行加上。",
        )  # fmt: skip
