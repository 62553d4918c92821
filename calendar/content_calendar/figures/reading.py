"""A table of figures as operators have it: CSV of any usual encoding, or the first sheet of an .xlsx.

Headers are found by what they are called in the usual back ends. A row names its post by number, or by day, time and
tier; a group is optional. Every fault is told with its row, and a table with one is taken in by nobody.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from content_calendar.errors import CalendarError
from content_calendar.workbook.package import opened
from content_calendar.workbook.refusal import damaged

MEASURES = {"reads": "阅读", "clicks": "点击", "orders": "下单", "replies": "回复", "leaves": "退群"}
MOST_ROWS = 50_000
MOST_BYTES = 20_000_000
LARGEST = 2**31 - 1
_NAMES: dict[str, tuple[str, ...]] = {
    "post": ("内容编号", "内容", "编号", "post", "post_id"),
    "day": ("日期", "发送日期", "day", "date"),
    "time": ("时间", "发送时间", "time"),
    "tier": ("层级", "tier"),
    "group": ("社群", "群", "群名", "群编号", "group"),
    "reads": ("阅读", "阅读数", "阅读量", "打开", "reads"),
    "clicks": ("点击", "点击数", "点击量", "clicks"),
    "orders": ("下单", "订单", "订单数", "成交", "orders"),
    "replies": ("回复", "回复数", "互动", "replies"),
    "leaves": ("退群", "退群数", "leaves"),
}
_TIERS = {"高": "high", "高层级": "high", "中": "mid", "中层级": "mid", "低": "low", "低层级": "low"}


class UnreadableFigures(CalendarError):
    """The file is no table of figures; the message says what is missing and what to do."""

    code = "figures.unreadable"


@dataclass(frozen=True)
class Fault:
    """One thing wrong: the row as the file counts it, and a sentence for a person."""

    row: int
    message: str
    english: str


@dataclass(frozen=True)
class Row:
    """One line that can be read: a post by ``post`` or by ``day``, ``time`` and ``tier``; counts by measure."""

    number: int
    post: int | None
    day: date | None
    time: str
    tier: str
    group: str
    counts: dict[str, int]


@dataclass(frozen=True)
class Sheet:
    """Everything a file said."""

    rows: tuple[Row, ...]
    faults: tuple[Fault, ...]


def read(path: Path) -> Sheet:
    """The figures in the file at ``path``; UnreadableFigures or a workbook's Refusal when it is no table at all."""
    lines = _xlsx(path) if path.suffix.lower() in {".xlsx", ".xlsm"} else _csv(path)
    return _sheet(lines)


def _xlsx(path: Path) -> list[list[Any]]:
    with opened(path) as package:
        try:
            book = CalamineWorkbook.from_filelike(package.copy)
            visible = next((sheet.name for sheet in package.sheets if sheet.visible), "")
            return book.get_sheet_by_name(visible).to_python(skip_empty_area=False)
        except (CalamineError, OSError, ValueError) as error:
            raise damaged() from error


def _csv(path: Path) -> list[list[Any]]:
    raw = path.read_bytes()[: MOST_BYTES + 1]
    if len(raw) > MOST_BYTES:
        raise UnreadableFigures(
            "文件超过 20 MB，请分成几个再导入。", english="The file is larger than 20 MB; split it."
        )
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise UnreadableFigures(
            "文件的编码读不懂，请另存为 UTF-8 的 CSV 或 .xlsx。",
            english="The file's encoding is unreadable; save it as UTF-8 CSV or .xlsx.",
        )
    begin = text[:4000]
    delimiter = max(",\t;", key=begin.count)
    try:
        return [list(line) for line in csv.reader(io.StringIO(text.replace("\0", "")), delimiter=delimiter)]
    except csv.Error as error:
        raise UnreadableFigures(
            "CSV 的格式有误，请用 Excel 打开后另存。", english="The CSV is malformed; save it anew."
        ) from error


def _sheet(lines: Sequence[Sequence[Any]]) -> Sheet:
    head = next((at for at, line in enumerate(lines[:20]) if _columns(line)), None)
    if head is None:
        raise UnreadableFigures(
            "没有找到表头：要有「内容编号」（或日期、时间、层级），以及阅读、点击、下单、回复、退群中的一列。",
            english="No header found: name the post (or day, time and tier) and at least one measure.",
        )
    columns = _columns(lines[head])
    body = [
        (head + 2 + at, line)
        for at, line in enumerate(lines[head + 1 :])
        if any(_text(cell) for cell in line)
    ]
    if len(body) > MOST_ROWS:
        raise UnreadableFigures(
            f"一次最多 {MOST_ROWS} 行，请分开导入。", english=f"At most {MOST_ROWS} rows at once."
        )
    found = [_row(number, line, columns) for number, line in body]
    return Sheet(
        tuple(row for row in found if isinstance(row, Row)),
        tuple(fault for fault in found if isinstance(fault, Fault)),
    )


def _columns(line: Sequence[Any]) -> dict[str, int]:
    """Meaning → column, when the line is a header; else nothing."""
    found: dict[str, int] = {}
    for at, cell in enumerate(line):
        written = re.sub(r"[\s（(].*", "", _text(cell)).lower()
        for meaning, names in _NAMES.items():
            if written in names:
                found.setdefault(meaning, at)
    named = "post" in found or {"day", "time", "tier"} <= set(found)
    return found if named and set(found) & set(MEASURES) else {}


def _row(number: int, line: Sequence[Any], columns: dict[str, int]) -> Row | Fault:
    def at(meaning: str) -> Any:
        place = columns.get(meaning)
        return line[place] if place is not None and place < len(line) else ""

    counts: dict[str, int] = {}
    for measure, called in MEASURES.items():
        written = _text(at(measure))
        if not written:
            continue
        count = _count(written)
        if count is None:
            return Fault(
                number,
                f"「{called}」要是不小于 0 的整数，现在是「{written[:20]}」。",
                f"{measure} must be a whole number of at least 0.",
            )
        counts[measure] = count
    post = _count(_text(at("post")))
    day, wall, tier = _day(at("day")), _wall(at("time")), _tier(_text(at("tier")))
    if post is None and not (day and wall and tier):
        return Fault(
            number,
            "认不出是哪一条内容，请填内容编号，或填日期、时间和层级。",
            "Which post is this? Give its number, or day, time and tier.",
        )
    return Row(number, post, day, wall, tier, _text(at("group"))[:80], counts)


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else str(cell).strip()


def _count(written: str) -> int | None:
    plain = written.replace(",", "").replace("，", "")
    if not plain.isascii() or not plain.isdigit():
        return None
    return int(plain) if len(plain) < 11 and int(plain) <= LARGEST else None


def _day(cell: Any) -> date | None:
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    found = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", _text(cell).split(" ")[0])
    try:
        return date(int(found[1]), int(found[2]), int(found[3])) if found else None
    except ValueError:
        return None


def _wall(cell: Any) -> str:
    if isinstance(cell, datetime | time):
        return f"{cell:%H:%M}"
    found = re.fullmatch(r"(\d{1,2})[:：](\d{2})(?::\d{2})?", _text(cell))
    return f"{int(found[1]):02d}:{found[2]}" if found and int(found[1]) < 24 and int(found[2]) < 60 else ""


def _tier(written: str) -> str:
    return _TIERS.get(written, written if written in _TIERS.values() else "")
