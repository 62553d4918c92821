"""Whether a text fits its road and its kind: bytes, length, first line, emoji, one request."""

from __future__ import annotations

import re
from collections.abc import Iterator

from generator.checks.marks import Page
from prompts import live
from prompts.brief import Brief
from prompts.draft import Finding
from prompts.kinds import Kind, all_kinds

MAX_EMOJI = 4  # house manner: up to four, never inside a word (reference, 3.3)
LIVE_BYTES = 24  # what a live token may take up once filled: "还剩 1,280 盒（20:45）"

_EMOJI = re.compile(
    "[\U0001f300-\U0001f5ff\U0001f600-\U0001f64f\U0001f680-\U0001f6ff\U0001f900-\U0001faff\u2600-\u27bf\u2b50\u2b55\u23e9-\u23fa\u231a\u231b]"
)
_NUMERALS = re.compile("[\u2460-\u24ff\u2776-\u2793]")
_REQUESTS: dict[str, re.Pattern[str]] = {
    "reply": re.compile(r"(?:回复?|扣|打)[「“\"‘]?(?:\d|[a-z]\b|[\u4e00-\u9fff]{1,3}[」”\"’])"),
    "buy": re.compile(r"(?:点|戳|进|打开)[^，,。\n]{0,6}(?:卡片|链接|商品页|小程序)[^，,。\n]{0,4}(?:下单|购买|拍|抢)|(?:去|来)(?:下单|抢|拍)"),
    "vote": re.compile(r"(?:投(?:个|一)?票|选一个|接龙)"),
    "photo": re.compile(r"(?:晒(?:个|张|一张)?图|拍(?:张|一张)照?[^，,。\n]{0,4}(?:发|给我))"),
    "claim": re.compile(r"领(?:取)?(?:一下|张)?(?:券|优惠券)[^，,。\n]{0,4}(?:在|点|进)"),
}  # fmt: skip
_SHOUT = re.compile(r"[!！]{3,}|[?？]{3,}|(?:[!！][?？]){2,}")


def form(page: Page, brief: Brief) -> Iterator[Finding]:
    """What does not fit: the lane's bytes, the kind's length and first line, the house's manners."""
    yield from _bytes(page, brief.max_bytes)
    kind = all_kinds().get(brief.kind)
    if kind is not None:
        yield from _lengths(page, kind)
    yield from manners(page)


def _bytes(page: Page, limit: int) -> Iterator[Finding]:
    size = len(live.TOKEN.sub("·" * (LIVE_BYTES // 2), page.text).encode("utf-8", "replace"))
    if size > limit:
        yield page.finding(
            "lane.bytes", "block", 0, 0, f"全文 {size} 字节，这条通道最多 {limit} 字节，会被截断或拒收。",
            suggestion=f"至少删去 {size - limit} 字节（一个汉字 3 字节）。",
        )  # fmt: skip


def _lengths(page: Page, kind: Kind) -> Iterator[Finding]:
    count = len("".join(page.text.split()))
    if count == 0:
        yield page.finding("length.empty", "block", 0, 0, "内容是空的。", suggestion="请写一段内容。")
        return
    if count > kind.max_chars:
        verdict = "block" if count > 2 * kind.max_chars else "warn"
        yield page.finding(
            "length.too_long", verdict, 0, 0,  # type: ignore[arg-type]
            f"{kind.name}共 {count} 字，超过 {kind.max_chars} 字。", suggestion="一条只讲一件事，请删短。",
        )  # fmt: skip
    if count < kind.min_chars:
        yield page.finding(
            "length.too_short", "warn", 0, 0, f"{kind.name}只有 {count} 字，不足 {kind.min_chars} 字。",
            suggestion="请把该说的事说全。",
        )  # fmt: skip
    yield from _first_line(page, kind)


def _first_line(page: Page, kind: Kind) -> Iterator[Finding]:
    head = page.text.lstrip("\n \u3000").split("\n", 1)[0]
    count = len("".join(head.split()))
    if count > kind.first_line_chars:
        at = page.text.find(head)
        yield Finding(
            rule="length.first_line", verdict="warn", start=at, end=at + len(head), excerpt=head,
            reason=f"首行 {count} 字，会话列表只显示一行，{kind.name}的首行请在 {kind.first_line_chars} 字以内。",
            suggestion="首行先说结论，其余另起一行。",
        )  # fmt: skip


def manners(page: Page) -> Iterator[Finding]:
    """The house's manners that hold for every kind."""
    emoji = [match for match in _EMOJI.finditer(page.text) if not _NUMERALS.match(match.group())]
    if len(emoji) > MAX_EMOJI:
        extra = emoji[MAX_EMOJI]
        yield Finding(
            rule="manner.emoji", verdict="warn", start=extra.start(), end=extra.end(), excerpt=extra.group(),
            reason=f"用了 {len(emoji)} 个表情，最多 {MAX_EMOJI} 个。", suggestion="删去多余的表情。", replacement="",
        )  # fmt: skip
    shout = _SHOUT.search(page.view.text)
    if shout:
        yield page.finding(
            "manner.shouting", "warn", shout.start(), shout.end(), "连用感叹号或问号像在喊。",
            suggestion="留一个就够。", replacement=page.text[page.view.starts[shout.start()]],
        )  # fmt: skip
    asked = [name for name, pattern in _REQUESTS.items() if pattern.search(page.view.text)]
    if len(asked) > 2:
        yield page.finding(
            "manner.one_action", "warn", 0, 0, "一条里请大家做的事太多了。",
            suggestion="只留一个动作，并写清在哪里做。", trust=0.6,
        )  # fmt: skip
