"""Lists in one cell: product codes (or names), tags, forbidden words, efficacies; and yes-or-no cells."""

from __future__ import annotations

import re
from collections.abc import Mapping

from content_calendar.workbook.values.text import (
    BRACKETED,
    Raw,
    code,
    fold,
    half,
    is_dash,
    name,
    plain,
    prose,
)
from content_calendar.workbook.values.unreadable import Unreadable

_STRONG = re.compile(r"[、,，;；\n|]+")
_WEAK = re.compile(r"[/+＋&和及与\s]+")
_EVERYTHING = frozenset(
    {"全部", "全场", "全店", "所有", "全部商品", "所有商品", "全场商品", "全店商品", "全线", "全系列"}
)
_YES = (
    "是",
    "需要",
    "需",
    "要",
    "升级",
    "转人工",
    "yes",
    "y",
    "true",
    "1",
    "√",
    "✓",
    "✔",
    "对",
    "开",
    "启用",
    "on",
)
_NO = (
    "否",
    "不需要",
    "不需",
    "不要",
    "不用",
    "不升级",
    "不",
    "无",
    "no",
    "n",
    "false",
    "0",
    "×",
    "✗",
    "✘",
    "x",
    "关",
    "停用",
    "off",
    "-",
)
_LEAD = re.compile(r"^[\s|｜:：,，;；。\-—]+")
_AFTER = re.compile(r"^[\s|｜:：,，;；。\-—(（]")


def split(raw: Raw, pattern: re.Pattern[str] = _STRONG) -> tuple[str, ...]:
    """The parts between separators, cleaned, without repeats, in order."""
    parts = (name(part) for part in pattern.split(prose(raw)))
    return tuple(dict.fromkeys(part for part in parts if not is_dash(part)))


def parse_words(raw: Raw) -> tuple[str, ...]:
    """Words separated by 、 commas, semicolons or lines."""
    return split(raw)


def parse_efficacy(raw: Raw) -> tuple[str, ...]:
    """Efficacies; slashes and plus signs separate too."""
    return split(raw, re.compile(r"[、,，;；\n|/+＋\s]+"))


def parse_tags(raw: Raw) -> tuple[str, ...]:
    """Tags are phrases: semicolons and lines separate them; where there is none, 、 or commas do."""
    parts = split(raw, re.compile(r"[;；\n|]+"))
    if len(parts) > 1:
        return parts
    parts = split(raw, re.compile(r"[;；\n|、]+"))
    return parts if len(parts) > 1 else split(raw, re.compile(r"[;；\n|、,]+"))


def parse_products(raw: Raw, codes: Mapping[str, str]) -> tuple[str, ...]:
    """Product codes as the sheet of products writes them; ``codes`` maps folded codes and names to codes."""
    whole = _product(plain(raw), codes)
    if whole:
        return (whole,)
    if fold(plain(raw)) in _EVERYTHING:
        return tuple(dict.fromkeys(codes.values()))
    found: dict[str, None] = {}
    for part in filter(None, (piece.strip() for piece in _STRONG.split(plain(raw)))):
        one = _product(part, codes)
        pieces = [part] if one else [piece for piece in _WEAK.split(part) if piece]
        for piece in pieces:
            known = _product(piece, codes)
            if known is None:
                raise Unreadable(
                    "unknown_product",
                    f"「商品」表里的商品编码，没有「{name(piece)[:40]}」",
                    "a code from the sheet of products",
                )
            found[known] = None
    return tuple(found)


def _product(written: str, codes: Mapping[str, str]) -> str | None:
    bare = BRACKETED.sub("", written)  # MH101（洁面乳）
    return codes.get(fold(written)) or codes.get(fold(code(written))) or codes.get(fold(bare))


def parse_flag(raw: Raw) -> tuple[bool, str]:
    """Yes or no, and what is said besides: 是｜转售后，当天 → (True, 转售后，当天). Other words mean yes, with them."""
    text = prose(raw)
    for words, value in ((_NO, False), (_YES, True)):
        for word in words:
            rest = text[len(word) :]
            if half(text[: len(word)]).lower() == word and (not rest or _AFTER.match(rest)):
                return value, _said(rest)
    return bool(text), _said(text)


def _said(rest: str) -> str:
    """What follows the yes or no, without the stroke or brackets that set it off."""
    while True:
        bare = _LEAD.sub("", rest).strip()
        if bare[:1] in {"(", "（"} and bare[-1:] in {")", "）"} and len(bare) > 1:
            bare = bare[1:-1]
        if bare == rest:
            return bare
        rest = bare
