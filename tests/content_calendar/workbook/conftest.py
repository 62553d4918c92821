"""Reading a workbook made of rows, in one call."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from content_calendar import workbook
from tests.content_calendar.workbook import books


@pytest.fixture
def read_rows(tmp_path: Path) -> Callable[..., workbook.Reading]:
    """Write sheets to a file and read it."""

    def read(sheets: books.Sheets, **options: Any) -> workbook.Reading:
        path = books.save(tmp_path / "book.xlsx", sheets, **options)
        return workbook.read(path, today=books.TODAY)

    return read
