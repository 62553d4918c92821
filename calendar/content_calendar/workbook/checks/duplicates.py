"""Twice the same: codes that must be unique, names, chat addresses and whole rows."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any

from content_calendar import addresses
from content_calendar.lanes import CHANNELS
from content_calendar.workbook.content import WorkbookContent
from content_calendar.workbook.issues import Report, shorten
from content_calendar.workbook.table import Table
from content_calendar.workbook.values.text import fold


def check(content: WorkbookContent, tables: Mapping[str, Table], report: Report) -> None:
    """Every kind of repetition."""
    finder = _Finder(tables, report)
    finder.error("层级", "层级", content.tiers, lambda item: item.level)
    finder.error("社群", "群编号", content.groups, lambda item: fold(item.code))
    finder.error("商品", "商品编码", content.products, lambda item: fold(item.code))
    finder.error("活动", "活动名称", content.campaigns or (), lambda item: item.code)
    finder.error("SOP", "", content.sop, _whole_sop_row)
    finder.names("层级", "名称", content.tiers, lambda item: fold(item.name))
    finder.names("社群", "群名称", content.groups, lambda item: fold(item.name))
    finder.names("商品", "名称", content.products, lambda item: (fold(item.name), fold(item.spec)))
    finder.addresses(content)
    finder.rows("话术", content.scripts or (), lambda item: (item.scene, item.question, item.answer))
    finder.rows("知识", content.knowledge or (), lambda item: (item.topic, item.question, item.answer))
    finder.rows("历史内容", content.past or (), lambda item: (item.day, item.time, item.tiers, item.text))


def _whole_sop_row(item: Any) -> Hashable:
    return (
        item.time,
        repr(sorted(item.cycle_rule.items())),
        item.tiers,
        item.kind,
        fold(item.theme),
        item.channel,
    )


class _Finder:
    def __init__(self, tables: Mapping[str, Table], report: Report) -> None:
        self.tables, self.report = tables, report

    def _repeats(self, items: Iterable[Any], key: Callable[[Any], Hashable]) -> Iterable[tuple[Any, Any]]:
        """(the first, the later) of each repetition."""
        first: dict[Hashable, Any] = {}
        for item in items:
            value = key(item)
            if value in first:
                yield first[value], item
            else:
                first[value] = item

    def error(self, sheet: str, header: str, items: Iterable[Any], key: Callable[[Any], Hashable]) -> None:
        """A repetition that makes two things one."""
        for earlier, item in self._repeats(items, key):
            shown = shorten(getattr(item, "name", "") or getattr(item, "theme", "") or item.key)
            code = shorten(getattr(item, "code", "")) if header in {"群编号", "商品编码"} else shown
            what = f"「{code}」与第 {earlier.row} 行重复" if header else f"与第 {earlier.row} 行完全相同"
            self.report.add(
                "duplicate", self.tables[sheet].place(item.row, header), f"{what}，请改掉或删掉其中一行。",
                f"the same as row {earlier.row} ({code}); change or delete one.", value=code, expected="不重复",
            )  # fmt: skip

    def names(self, sheet: str, header: str, items: Iterable[Any], key: Callable[[Any], Hashable]) -> None:
        """A name that two things share: allowed, but confusing."""
        for earlier, item in self._repeats((item for item in items if item.name), key):
            self.report.add(
                "duplicate_name", self.tables[sheet].place(item.row, header),
                f"「{shorten(item.name)}」与第 {earlier.row} 行同名，容易混淆；建议改一个。",
                f"the same name as row {earlier.row}; better change one.", value=item.name,
            )  # fmt: skip

    def addresses(self, content: WorkbookContent) -> None:
        """Two rows that lead to one chat would have it told everything twice (a webhook may serve several)."""
        known = (
            g
            for g in content.groups
            if g.address and CHANNELS[g.channel].needs_address and g.channel != "webhook"
        )
        for earlier, item in self._repeats(known, lambda group: group.address):
            self.report.add(
                "duplicate_address", self.tables["社群"].place(item.row, "通道地址"),
                f"与第 {earlier.row} 行是同一个地址，同一个群会收到两遍；请核对。",
                f"the same address as row {earlier.row}: that chat would get everything twice.",
                value=addresses.shown(item.channel, item.address),
            )  # fmt: skip

    def rows(self, sheet: str, items: Iterable[Any], key: Callable[[Any], Hashable]) -> None:
        """A row written twice in a sheet of texts."""
        for earlier, item in self._repeats(items, key):
            self.report.add(
                "duplicate_row", self.tables[sheet].place(item.row),
                f"与第 {earlier.row} 行相同，可以删掉一行。", f"the same as row {earlier.row}; one may go.",
            )  # fmt: skip
