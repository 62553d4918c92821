"""Workbooks of trades that nothing in the product was written for: plain text here, xlsx in the reference's format on demand.

A book is a text with ``## sheet`` lines and cells between strokes, so that a reader can see what is in it. They are
what the writing is measured on besides the reference workbook.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from openpyxl import Workbook

HERE = Path(__file__).parent
BOOKS = tuple(sorted(path.stem for path in HERE.glob("*.txt")))
_MOMENT = 16  # 2026-11-23 09:30


def make(book: str, folder: Path) -> Path:
    """The workbook of this book as a file in ``folder``."""
    workbook = Workbook()
    workbook.remove(workbook.worksheets[0])
    for title, rows in _sheets((HERE / f"{book}.txt").read_text("utf-8")):
        sheet = workbook.create_sheet(title)
        for row in rows:
            sheet.append([_cell(written) for written in row])
    path = folder / f"{book}.xlsx"
    workbook.save(path)
    return path


def _sheets(text: str) -> list[tuple[str, list[list[str]]]]:
    parts = text.split("## ")[1:]
    return [
        (part.split("\n", 1)[0].strip(), [_row(line) for line in part.split("\n")[1:] if line.strip()])
        for part in parts
    ]


def _row(line: str) -> list[str]:
    return [cell.strip() for cell in line.split("|")]


def _cell(written: str) -> str | int | float | datetime | None:
    if not written:
        return None
    if written.isdigit() and not written.startswith("0"):
        return int(written)
    if len(written) == _MOMENT and written[4] == written[7] == "-":
        return datetime.fromisoformat(written)
    return written.replace("\\n", "\n")
