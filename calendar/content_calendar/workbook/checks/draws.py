"""Draws (抽奖): prizes, winners or odds must be told beforehand, and no prize may be worth more than 50,000 yuan.

Source: 规范促销行为暂行规定 第十三条 (what must be told) and 反不正当竞争法 第十条 (the limit).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from decimal import Decimal

from content_calendar.workbook.content import CampaignRow, WorkbookContent
from content_calendar.workbook.issues import Report, shorten
from content_calendar.workbook.table import Table

LIMIT = Decimal(50_000)
_DRAW = re.compile(r"抽奖|抽签|开奖|转盘|盲盒|摇奖|随机抽|幸运(?:粉丝|用户|奖)")
_NO_DRAW = re.compile(r"不抽奖|非抽奖|没有抽奖")
_WINNERS = re.compile(r"[\d一二两三四五六七八九十百千万]+\s*(?:名|位|人|份|个|支|盒|瓶|套|件|台|张|罐)")
_ODDS = re.compile(
    r"概率|中奖率|几率|机率|\d+(?:\.\d+)?\s*[%％]|百分之|[\d一二两三四五六七八九十]+分之|人数上限|1\s*[/:：]\s*\d+"
)
_WORTH = re.compile(
    r"(?P<total>总|合计|共计|共)?(?:价值)?\s*(?P<digits>\d[\d,]*(?:\.\d+)?)\s*(?P<scale>万)?\s*(?:元|块|¥|￥)|[¥￥]\s*(?P<after>\d[\d,]*(?:\.\d+)?)\s*(?P<scale2>万)?"
)


def is_draw(campaign: CampaignRow) -> bool:
    """True when winners are drawn by lot."""
    words = f"{campaign.name} {campaign.kind_written}"
    return bool(_DRAW.search(words)) or (
        campaign.kind == "game" and bool(_DRAW.search(campaign.rules)) and not _NO_DRAW.search(campaign.rules)
    )


def check(content: WorkbookContent, tables: Mapping[str, Table], report: Report) -> None:
    """Every draw's prizes, winners and odds."""
    for campaign in content.campaigns or ():
        if is_draw(campaign):
            _draw(campaign, tables["活动"], report)
        for worth in _worths(campaign.prizes):
            if worth > LIMIT:
                report.add(
                    "prize_over_limit", tables["活动"].place(campaign.row, "奖品及名额"),
                    f"奖品价值 {worth:f} 元，抽奖式有奖销售单个奖品最高不得超过 5 万元；请换奖品。",
                    f"a prize worth {worth:f} yuan; the limit is 50,000.", value=f"{worth:f}", expected="≤50000",
                )  # fmt: skip


def _draw(campaign: CampaignRow, table: Table, report: Report) -> None:
    place, told = table.place(campaign.row, "奖品及名额"), campaign.prizes
    if not told:
        report.add(
            "draw_without_prizes", place, f"「{shorten(campaign.name)}」是抽奖，必须写明奖品、名额和中奖概率，请补上。",
            "a draw must tell its prizes, winners and odds.", expected="奖品、名额、中奖概率",
        )  # fmt: skip
        return
    winners, odds = bool(_WINNERS.search(told)), bool(_ODDS.search(f"{told} {campaign.rules}"))
    if not winners and not odds:
        report.add(
            "draw_without_odds", place, "只写了奖品，没有名额也没有中奖概率，请补上。",
            "prizes are told, but neither winners nor odds.", value=told, expected="名额、中奖概率",
        )  # fmt: skip
    elif not winners or not odds:
        missing = "名额" if odds else "中奖概率"
        report.add(
            "winners_or_odds_missing", place, f"没有写{missing}，建议补上。",
            f"{'winners' if odds else 'odds'} are not told.", value=told, expected=missing,
        )  # fmt: skip


def _worths(prizes: str) -> Iterator[Decimal]:
    """Yuan that a single prize is said to be worth; totals are left out."""
    for match in _WORTH.finditer(prizes):
        if match.group("total"):
            continue
        digits = (match.group("digits") or match.group("after")).replace(",", "")
        scale = 10_000 if match.group("scale") or match.group("scale2") else 1
        yield Decimal(digits) * scale
