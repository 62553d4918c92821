"""Where a command may write a workbook: an .xlsx that is not there yet, unless the user says to overwrite it."""

from __future__ import annotations

from pathlib import Path

from content_calendar.errors import CalendarError


def new_file(path: Path, *, force: bool) -> Path:
    """``path`` when a workbook may be written there; CalendarError says what to do otherwise."""
    if path.suffix.lower() != ".xlsx":
        raise CalendarError(
            f"文件名「{path.name}」要以 .xlsx 结尾。",
            code="export.suffix",
            english=f"The file name {path.name} must end in .xlsx.",
        )
    if path.is_dir() or (path.exists() and not force):
        raise CalendarError(
            f"「{path}」已经存在，请换个名字，或加 --force 覆盖。",
            code="export.exists",
            english=f"{path} exists already; choose another name or add --force.",
        )
    return path
