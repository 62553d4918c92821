"""Writing a stored brand back to a workbook; importing that file changes nothing."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from content_calendar.tables import Brand
from content_calendar.workbook.keeping import hidden
from content_calendar.workbook.stored import content_of
from content_calendar.workbook.writing import write


def export(session: Session, brand: Brand, path: Path) -> None:
    """Write what is in force of ``brand`` to ``path`` (an .xlsx); addresses that are secrets stay at home."""
    write(hidden(content_of(session, brand)), path)
