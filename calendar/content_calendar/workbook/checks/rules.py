"""The rules' own words against the columns beside them: prices, numbers, limits and moments must say the same."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal

from content_calendar.workbook.columns import Known
from content_calendar.workbook.content import CampaignRow, WorkbookContent
from content_calendar.workbook.issues import Report
from content_calendar.workbook.table import Table
from content_calendar.workbook.values.numerals import number

_FINAL = re.compile(r"(?:最终|最后)?解释权(?:归|属于|由)?|(?:最终|最后)解释")
_YUAN = re.compile(r"(\d+(?:,\d{3})*(?:\.\d+)?)\s*元")
_TOTAL = re.compile(
    r"(?:共|限量|总共|总计)\s*(\d+(?:,\d{3})*)\s*(?:盒|瓶|支|份|件|罐|套|组|个|张|片|袋|包|只|名)"
)
_LIMIT = re.compile(
    r"每(?:人|个账号|账号|位|单)[^\d，。；;一二两三]{0,4}限?[^\d，。；;一二两三]{0,3}(\d+|[一二两三四五六])\s*(?:盒|瓶|支|份|件|罐|套|组|个|张|片)"
)
_MOMENT = re.compile(r"(\d{1,2})月(\d{1,2})[日号]\s*(?:（[^）]*）|\([^)]*\))?\s*(\d{1,2})[:：点](\d{2})?")


def check(content: WorkbookContent, tables: Mapping[str, Table], known: Known, report: Report) -> None:
    """Every campaign's rules."""
    for campaign in content.campaigns or ():
        checker = _Rules(campaign, tables["活动"], report)
        checker.final_interpretation()
        checker.price()
        checker.number("活动库存", campaign.stock, _TOTAL, "rules_stock_mismatch", "数量")
        checker.number("每人限购", campaign.limit_per_person, _LIMIT, "rules_limit_mismatch", "限购")
        checker.start(known)


class _Rules:
    def __init__(self, campaign: CampaignRow, table: Table, report: Report) -> None:
        self.campaign, self.table, self.report = campaign, table, report

    def _differs(self, kind: str, what: str, column: str, value: object, written: list[str]) -> None:
        said = "、".join(dict.fromkeys(written))
        self.report.add(
            kind, self.table.place(self.campaign.row, "规则"),
            f"规则里的{what}是 {said}，「{column}」写的是 {value}，请核对。",
            f"the rules say {said}, column {column} says {value}.", value=said, expected=str(value),
        )  # fmt: skip

    def final_interpretation(self) -> None:
        """最终解释权 is void (网络交易监督管理办法 第二十一条) and makes customers angry."""
        for header, text in (("规则", self.campaign.rules), ("奖品及名额", self.campaign.prizes)):
            if match := _FINAL.search(text):
                self.report.add(
                    "final_interpretation", self.table.place(self.campaign.row, header),
                    f"写有「{match.group()}」，这样的条款无效，请删掉。", "a right of final interpretation is void; remove it.",
                    value=match.group(),
                )  # fmt: skip

    def price(self) -> None:
        """Some amount in the rules must be the campaign's price."""
        amounts = [Decimal(match.replace(",", "")) for match in _YUAN.findall(self.campaign.rules)]
        if self.campaign.price is not None and amounts and self.campaign.price not in amounts:
            written = [f"{amount:f} 元" for amount in amounts]
            self._differs("rules_price_mismatch", "价格", "活动价", f"{self.campaign.price:f} 元", written)

    def number(self, column: str, value: int | None, pattern: re.Pattern[str], kind: str, what: str) -> None:
        """Where the rules state a number of this sort, one of them must be the column's."""
        written = pattern.findall(self.campaign.rules)
        numbers = [
            number(text) or int(text.replace(",", "")) if not text.isdigit() else int(text)
            for text in written
        ]
        if value is not None and numbers and value not in numbers:
            self._differs(kind, what, column, value, written)

    def start(self, known: Known) -> None:
        """The first moments the rules name must include the start."""
        start = self.campaign.start_at.astimezone(known.zone)
        found = [tuple(int(part or 0) for part in match) for match in _MOMENT.findall(self.campaign.rules)]
        if found and (start.month, start.day, start.hour, start.minute) not in found:
            written = [f"{month}月{day}日{hour}:{minute:02d}" for month, day, hour, minute in found]
            self._differs("rules_time_mismatch", "时间", "开始", _shown(start), written[:3])


def _shown(start: datetime) -> str:
    return f"{start.month}月{start.day}日{start.hour}:{start.minute:02d}"
