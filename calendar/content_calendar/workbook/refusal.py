"""A refusal of a whole file, and the limits that lead to it.

The limits leave ample room for a brand with 10,000 groups (about 10 MB of unpacked sheet) and keep the memory
of a hostile file bounded. Every refusal is one sentence with a kind of the table in :mod:`kinds`.
"""

from __future__ import annotations

from content_calendar.errors import CalendarError

MEGA = 1024 * 1024
FILE_BYTES = 64 * MEGA  # the file as it lies on disk
DIRECTORY_BYTES = 1 * MEGA  # the zip's list of parts
PARTS = 2_000
PART_BYTES = 64 * MEGA  # one part, unpacked
TOTAL_BYTES = 160 * MEGA  # all parts read, unpacked
RATIO = 300  # unpacked : packed, from RATIO_FROM on; real sheets stay under 60
RATIO_FROM = 4 * MEGA
ROWS = 200_000  # of one sheet, to the last cell with something in it
CELLS = 4_000_000  # rows x columns of one sheet: the reader holds the whole rectangle
COUNT = 5_000_000  # any count a part declares: the reader reserves memory for it


class Refusal(CalendarError):
    """The file cannot be taken as a workbook; ``kind`` is in the table of kinds."""

    def __init__(self, kind: str, message: str, english: str) -> None:
        super().__init__(message, code=f"workbook.{kind}", english=english)
        self.kind = kind


def damaged(detail: str = "") -> Refusal:
    """The file is broken (``detail`` names the part)."""
    where = f"（{detail}）" if detail else ""
    return Refusal(
        "file_damaged",
        f"文件已损坏或不完整{where}，请用 Excel 或 WPS 打开它，另存为新的 .xlsx 再导入。",
        f"The file is damaged or incomplete{f' ({detail})' if detail else ''}; open it and save it anew as .xlsx.",
    )


def too_large(sheet: str) -> Refusal:
    """One sheet unpacks to more than a workbook may hold."""
    return Refusal(
        "sheet_too_large",
        f"「{sheet}」太大（最多 {PART_BYTES // MEGA} MB、{CELLS} 格），不像一张运营表；请删掉多余的行和格式后再导入。",
        f"{sheet} is too large (at most {PART_BYTES // MEGA} MB, {CELLS} cells); remove surplus rows and formats.",
    )


def bomb() -> Refusal:
    """The file unpacks to something absurd."""
    return Refusal(
        "zip_bomb",
        "文件解压后大得不正常，像压缩炸弹，已拒绝读取；请换一份用 Excel 或 WPS 正常保存的工作簿。",
        "The file unpacks to an absurd size (a zip bomb); it was not read. Use a workbook saved normally.",
    )
