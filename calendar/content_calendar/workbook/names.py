"""Which sheet and which column a heading means, however it was spaced, bracketed, numbered or suffixed.

``备案／注册号``, ``日常价(元)``, ``*群 编号`` and ``1.品牌表`` are the same words to a person; here they are folded to
one form and looked up, the reference's own words first, then the usual synonyms.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import cache

from content_calendar.workbook.values.text import Raw, fold, plain

SHEETS: Mapping[str, tuple[str, ...]] = {
    "品牌": ("品牌信息", "品牌资料", "品牌档案", "品牌设置", "基本信息", "品牌基本信息", "brand"),
    "层级": (
        "分层",
        "社群层级",
        "社群分层",
        "用户分层",
        "客户分层",
        "群层级",
        "层级说明",
        "层级设置",
        "tier",
        "tiers",
    ),
    "社群": (
        "群",
        "社群清单",
        "社群列表",
        "群清单",
        "群列表",
        "客户群",
        "社群信息",
        "群信息",
        "微信群",
        "group",
        "groups",
    ),
    "商品": (
        "产品",
        "货品",
        "商品库",
        "产品库",
        "商品信息",
        "产品信息",
        "商品清单",
        "产品清单",
        "product",
        "products",
    ),
    "活动": (
        "促销",
        "营销活动",
        "促销活动",
        "活动排期",
        "活动日历",
        "活动安排",
        "活动计划",
        "活动清单",
        "campaign",
        "campaigns",
    ),
    "SOP": (
        "sop时间",
        "内容sop",
        "运营sop",
        "社群sop",
        "推送sop",
        "sop排期",
        "内容排期",
        "推送排期",
        "排期",
        "sop时间轴",
        "社群运营sop",
        "sop明细",
    ),
    "话术": ("话术库", "标准话术", "客服话术", "问答话术", "话术清单", "回复话术", "script", "scripts"),
    "知识": ("知识库", "知识点", "科普", "科普知识", "护肤知识", "常识", "knowledge"),
    "历史内容": (
        "历史",
        "往期内容",
        "历史数据",
        "历史推送",
        "历史发送",
        "发送记录",
        "历史记录",
        "过往内容",
        "history",
    ),
    "规则": ("用词规则", "检查规则", "自定规则", "品牌规则", "自定义规则", "rule", "rules"),
}

_NUMBERING = re.compile(
    r"^(?:(?:第?[0-9一二三四五六七八九十]{1,3}[.、．)）_\-:：])|[①-⑳]|sheet[0-9]+[-_:：])+", re.IGNORECASE
)
_BRACKETS = re.compile(r"[(（\[【〔<《][^()（）\[\]【】〔〕<>《》]*[)）\]】〕>》]")
_SPARE = re.compile(r"旧|备份|模板|副本|废弃|草稿|作废|勿用|copy|old|backup|[(（][0-9]{1,2}[)）]")
_MARKS = re.compile(r"[\s/·・|,，、.。;；:：*＊#'\"“”‘’_~^!！?？+&@-]+")
_TAILS = (
    "一览表",
    "明细表",
    "汇总表",
    "信息表",
    "登记表",
    "排期表",
    "时间表",
    "清单",
    "列表",
    "明细",
    "表格",
    "总表",
    "表",
    "sheet",
    "页",
)
_STEPS = ("必填", "选填", "可选")


def fold_sheet(title: str) -> str:
    """A sheet's name without numbering, brackets around it, spaces and 表 at its end."""
    text = _NUMBERING.sub("", fold(title))
    text = re.sub(r"^[【\[「『(（](.+)[】\]」』)）]$", r"\1", text)
    bracketed = "".join(_BRACKETS.findall(text))
    text = text if _SPARE.search(bracketed) else _BRACKETS.sub("", text)
    text = _NUMBERING.sub("", text)
    return _MARKS.sub("", text)


def sheet_meant(title: str) -> tuple[str, int] | None:
    """The sheet of ours a title means, and how surely (0: its very name, 1: with trimmings, 2: a synonym)."""
    folded = fold_sheet(title)
    shorter = next(
        (folded.removesuffix(tail) for tail in _TAILS if folded.endswith(tail) and folded != tail), folded
    )
    own, synonyms = _titles()
    if fold(title) in own:
        return own[fold(title)], 0
    for rank, words in ((1, own), (2, synonyms)):
        for word in (folded, shorter):
            if word in words:
                return words[word], rank
    return None


@cache
def _titles() -> tuple[dict[str, str], dict[str, str]]:
    """Folded names of our sheets, and folded synonyms, each to our name."""
    synonyms = {fold(word): name for name, words in SHEETS.items() for word in words}
    return {fold(name): name for name in SHEETS}, synonyms


def fold_header(written: Raw) -> str:
    """A heading without brackets, units, stars, slashes and spaces."""
    text = unicodedata.normalize("NFKC", plain(written))
    text = fold(_BRACKETS.sub("", text) or text)
    text = _MARKS.sub("", text)
    for word in _STEPS:
        text = text.removesuffix(word)
    return text


def headers_meant(
    row: Sequence[Raw], wanted: Mapping[str, str]
) -> tuple[dict[str, int], list[tuple[str, int]]]:
    """Columns of ``row`` (0-based) by our header; and the columns that repeat one already found.

    ``wanted`` maps folded words to our header; a column with our very own word beats a synonym.
    """
    found: dict[str, int] = {}
    again: list[tuple[str, int]] = []
    folded = [fold_header(cell) for cell in row]
    exact = {header: fold_header(header) for header in set(wanted.values())}
    for index, text in enumerate(folded):
        header = wanted.get(text)
        if header is None:
            continue
        if header not in found or (text == exact[header] and folded[found[header]] != exact[header]):
            found[header] = index
        elif text == folded[found[header]]:
            again.append((header, index))
    return found, again
