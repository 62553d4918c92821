"""A workbook handed in through the desk: kept for an hour, read, compared, and only then applied.

What is applied is read again from the very file that was shown. A file is named by a random number, never by what
its owner called it.
"""

from __future__ import annotations

import re
import secrets
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO

from sqlalchemy.orm import Session

from content_calendar import workbook, zones
from content_calendar.addresses import Seal
from content_calendar.tables import Brand
from content_calendar.workbook import Changes, Reading
from desk.errors import DeskError
from generator.checks.brand import catalogue

KEEP = timedelta(hours=1)
_NUMBER = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Shown:
    """What an import would do; ``number`` names the kept file, empty when it cannot be imported."""

    number: str
    reading: Reading
    changes: Changes | None


def keep(folder: Path, stream: BinaryIO, *, now: datetime) -> str:
    """Keep an uploaded file and return its number; older ones are swept away."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in folder.glob("*.xlsx"):
        if datetime.fromtimestamp(old.stat().st_mtime, now.tzinfo) < datetime.now(now.tzinfo) - KEEP:
            old.unlink(missing_ok=True)
    number = secrets.token_hex(16)
    with (folder / f"{number}.xlsx").open("xb") as kept:
        shutil.copyfileobj(stream, kept)
    return number


def show(session: Session, folder: Path, number: str, *, now: datetime, zone: str) -> Shown:
    """Read the kept file and compare it with what is stored; a file with errors is thrown away at once."""
    reading = _read(folder, number, now, zone)
    if reading.content is None:
        discard(folder, number)
        return Shown("", reading, None)
    return Shown(number, reading, workbook.changes(session, reading.content))


def apply(
    session: Session,
    folder: Path,
    number: str,
    *,
    now: datetime,
    zone: str,
    actor: str,
    demo: bool | None,
    source: str,
    seal: Seal | None = None,
) -> str:
    """Import the kept file; the brand's name. The caller discards the file once that is committed."""
    reading = _read(folder, number, now, zone)
    if reading.content is None:
        raise DeskError(
            "这本工作簿有错误，不能导入，请改好后重新选择。",
            code="import.errors",
            english="The workbook has errors; mend it and choose it again.",
        )
    workbook.apply(
        session, reading.content, now=now, actor=actor, demo=demo, source=source[:120], sha256=reading.sha256,
        seal=seal,
    )  # fmt: skip
    return reading.content.brand.name


def discard(folder: Path, number: str) -> None:
    """Throw a kept file away."""
    _path(folder, number).unlink(missing_ok=True)


def export(session: Session, brand: Brand, folder: Path) -> bytes:
    """The brand's workbook as bytes of an .xlsx."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{secrets.token_hex(16)}.out.xlsx"
    try:
        workbook.export(session, brand, path)
        return path.read_bytes()
    finally:
        path.unlink(missing_ok=True)


def _read(folder: Path, number: str, now: datetime, zone: str) -> Reading:
    path = _path(folder, number)
    if not path.is_file():
        raise DeskError(
            "这份文件已经不在了，请重新选择。",
            code="import.gone",
            english="This file is no longer kept; choose it again.",
        )
    return workbook.read(path, today=zones.local_day(now, zones.zone(zone)), rules=catalogue())


def _path(folder: Path, number: str) -> Path:
    if not _NUMBER.fullmatch(number):
        raise DeskError(
            "文件编号读不懂，请重新选择文件。",
            code="import.number",
            english="The file's number is unreadable; choose it again.",
        )
    return folder / f"{number}.xlsx"
