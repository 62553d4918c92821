"""Writing a workbook: the nine sheets (and 规则 where a brand has rules) with the reference's headings, drop-downs, frozen
header and column widths.

Every text is written as text. One that looks like a formula also carries Excel's own text mark, so that it stays text when
somebody edits the cell. Reading the file back gives the same content.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import xlsxwriter

from content_calendar.errors import CalendarError
from content_calendar.lanes import CHANNELS
from content_calendar.workbook.columns import SheetSpec
from content_calendar.workbook.content import WorkbookContent
from content_calendar.workbook.parts import PARTS, Part
from content_calendar.workbook.sheets import brand as brand_sheet
from content_calendar.workbook.sheets import rule
from content_calendar.workbook.values.tiers import LEVEL_NAMES
from content_calendar.zones import zone
from prompts.kinds import all_kinds

_RISKY = ("=", "+", "-", "@", "\t", "|", "%")
_WIDE = frozenset({"入群门槛", "运营目标", "内容侧重", "标签", "卖点", "成分", "用法", "适合人群", "注意事项", "功效依据", "规则",
                   "赠品", "奖品及名额", "主题", "备注", "客户怎么问", "标准话术", "禁忌", "升级人工", "问题", "答案", "正文", "规则或词", "原因", "建议"})  # fmt: skip
_NARROW = frozenset(
    {
        "时间",
        "层级",
        "人数",
        "日常价",
        "活动价",
        "库存",
        "活动库存",
        "每人限购",
        "每日上限",
        "触达人数",
        "阅读",
        "点击",
        "互动",
        "下单",
    }
)
_ROWS_BELOW = 500  # rows beyond the data that the drop-downs cover
_CELL_LIMIT = 32_767


def write(content: WorkbookContent, path: Path) -> None:
    """Write ``content`` to ``path``, whole or not at all; CalendarError when it cannot be written there."""
    temporary = ""
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=".chongfen-", suffix=".xlsx", delete=False) as file:
            temporary = file.name
        _Writer(content, temporary).run()
        Path(temporary).replace(path)
    except (OSError, xlsxwriter.exceptions.FileCreateError) as error:
        raise CalendarError(
            f"写不了「{path}」（文件夹不存在、没有权限，或文件正被打开），请换个位置再试。",
            code="export.path", english=f"Cannot write {path} (no such folder, no permission, or the file is open).",
        ) from error  # fmt: skip
    finally:
        with suppress(OSError):
            Path(temporary).unlink() if temporary else None


class _Writer:
    def __init__(self, content: WorkbookContent, path: str) -> None:
        self.content = content
        self.zone = zone(content.brand.zone)
        self.codes = {product.code for product in content.products}
        self.book = xlsxwriter.Workbook(
            path, {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
        )
        style = {"valign": "top", "text_wrap": True}
        self.head = self.book.add_format(
            {"bold": True, "bg_color": "#F3E9E2", "bottom": 1, "valign": "vcenter"}
        )
        self.text = self.book.add_format(style)
        self.quoted = self.book.add_format({**style, "quote_prefix": True})
        self.day = self.book.add_format({"num_format": "yyyy-mm-dd", "valign": "top"})
        self.moment = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm", "valign": "top"})
        self.second = self.book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss", "valign": "top"})

    def run(self) -> None:
        self._brand()
        for part in PARTS:
            self._part(part, getattr(self.content, part.field) or ())
        if self.content.rules:
            self._table(rule.SPEC, self.content.rules, rule.cells)
        self.book.close()

    def _sheet(self, title: str, headers: Sequence[str]) -> Any:
        sheet = self.book.add_worksheet(title)
        sheet.freeze_panes(1, 0)
        for column, header in enumerate(headers):
            sheet.write_string(0, column, header, self.head)
            sheet.set_column(column, column, 46 if header in _WIDE else 9 if header in _NARROW else 18)
        return sheet

    def _brand(self) -> None:
        sheet = self._sheet(brand_sheet.TITLE, ("项目", "内容"))
        sheet.set_column(1, 1, 80)
        for row, (key, value) in enumerate(
            brand_sheet.cells(self.content.brand, self.content.persona), start=1
        ):
            self._cell(sheet, row, 0, key)
            self._cell(sheet, row, 1, value)

    def _part(self, part: Part, items: Sequence[Any]) -> None:
        self._table(part.spec, [self._shortened(item) for item in items], part.cells)

    def _table(self, spec: SheetSpec, items: Sequence[Any], cells: Callable[[Any, Any], list[Any]]) -> None:
        headers = [column.header for column in spec.columns]
        sheet = self._sheet(spec.title, headers)
        for row, item in enumerate(items, start=1):
            for column, value in enumerate(cells(item, self.zone)):
                self._cell(sheet, row, column, value)
        last = len(items) + _ROWS_BELOW
        for header, choices in _choices(spec.title).items():
            sheet.data_validation(
                1, headers.index(header), last, headers.index(header),
                {"validate": "list", "source": list(choices), "error_type": "information", "show_error": False},
            )  # fmt: skip
        sheet.ignore_errors({"number_stored_as_text": f"A1:{chr(64 + len(headers))}{last + 1}"})

    def _shortened(self, item: Any) -> Any:
        """A list of every product is written 全部: thousands of codes would not fit a cell."""
        if len(self.codes) > 1 and set(getattr(item, "products", ())) == self.codes:
            return replace(item, products=("全部",))
        return item

    def _cell(self, sheet: Any, row: int, column: int, value: Any) -> None:
        if value is None or value == "":
            return
        if isinstance(value, bool):
            value = "是" if value else "否"
        if isinstance(value, datetime):
            sheet.write_datetime(row, column, value, self.second if value.second else self.moment)
        elif isinstance(value, date):
            sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), self.day)  # noqa: DTZ001 -- a cell has no zone
        elif isinstance(value, int | Decimal):
            sheet.write_number(row, column, float(value), self.text)
        else:
            self._string(sheet, row, column, str(value))

    def _string(self, sheet: Any, row: int, column: int, value: str) -> None:
        if len(value.encode("utf-16-le")) // 2 > _CELL_LIMIT:
            raise CalendarError(
                f"「{sheet.get_name()}」第 {row + 1} 行有一格超过 {_CELL_LIMIT} 字，Excel 放不下，请先缩短。",
                code="export.cell_too_long",
                english=f"A cell in row {row + 1} of {sheet.get_name()} is too long for Excel; shorten it first.",
            )
        sheet.write_string(row, column, value, self.quoted if value.startswith(_RISKY) else self.text)


def _choices(title: str) -> Mapping[str, Sequence[str]]:
    """The drop-downs of a sheet; other values may still be typed (中、低)."""
    levels = list(LEVEL_NAMES.values())
    channels = [info.names[0] for info in CHANNELS.values()]
    kinds = [kind.name for kind in all_kinds().values()]
    campaign_kinds = [kind.name for kind in all_kinds().values() if kind.offer or kind.key == "game"]
    return {
        "层级": {"层级": levels},
        "社群": {"层级": levels, "发送通道": channels},
        "活动": {"类型": campaign_kinds, "层级": ["全部", *levels]},
        "SOP": {"层级": ["全部", *levels], "内容类型": kinds, "通道": channels},
        "话术": {"升级人工": ["是", "否"]},
        "历史内容": {"层级": ["全部", *levels], "内容类型": kinds},
        "规则": {"动作": list(rule.ACTIONS.values()), "结论": list(rule.VERDICTS.values())},
    }.get(title, {})
