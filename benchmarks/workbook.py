"""Import of a workbook with 10,000 groups: seconds to read and to apply, and the memory it took.

Run: .venv/bin/python benchmarks/workbook.py [groups]. The peer is openpyxl, which only loads the same file's cells.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

from openpyxl import load_workbook

from content_calendar import workbook
from content_calendar.database import Database, migrate
from content_calendar.workbook.content import GroupRow
from content_calendar.workbook.shift import EXAMPLE
from content_calendar.workbook.writing import write

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 4, tzinfo=UTC)
BAR = 10.0  # seconds


def big_workbook(folder: Path, groups: int) -> Path:
    """The example with ``groups`` groups."""
    content = workbook.read(EXAMPLE, today=TODAY).content
    assert content is not None
    tiers = ("high", "mid", "low")
    rows = tuple(
        GroupRow(
            code=f"G{number:06d}", name=f"宠粉群{number:06d}", tier=tiers[number % 3], channel="wecom_mass",
            source="公众号菜单", customer_type="已购", members=100 + number % 400,
            tags=("回购三次以上", f"第{number % 97}批", "偏干皮"), owner=f"宠粉官{number % 6}号", address=f"wr{number:010d}",
        )
        for number in range(groups)
    )  # fmt: skip
    path = folder / "big.xlsx"
    write(replace(content, groups=rows), path)
    return path


def main() -> None:
    """Print the figures."""
    groups = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        path = big_workbook(folder, groups)
        url = f"sqlite:///{folder / 'bench.db'}"
        migrate(url)
        database = Database(url)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        start = time.perf_counter()
        reading = workbook.read(path, today=TODAY)
        read_at = time.perf_counter()
        assert reading.content is not None, reading.errors[:3]
        with database.write() as session:
            workbook.apply(session, reading.content, now=NOW, actor="system:benchmark", source=path.name)
        applied_at = time.perf_counter()
        after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        with database.write() as session:
            again = workbook.apply(
                session, reading.content, now=NOW, actor="system:benchmark", source=path.name
            )
        again_at = time.perf_counter()
        database.dispose()
        peer = _peer(path)
    total = applied_at - start
    print(f"groups            {groups}")
    print(f"read              {read_at - start:6.2f} s")
    print(f"apply             {applied_at - read_at:6.2f} s")
    print(f"import            {total:6.2f} s   (bar {BAR:.0f} s: {'ok' if total < BAR else 'MISSED'})")
    print(
        f"import unchanged  {again_at - applied_at:6.2f} s   (changes: {sum(sum(c.values()) for c in again.counts.values())})"
    )
    print(f"openpyxl, cells   {peer:6.2f} s   (import / openpyxl = {total / peer:.2f})")
    print(f"memory            {before:6.0f} MB before, {after:.0f} MB peak")


def _peer(path: Path) -> float:
    start = time.perf_counter()
    book = load_workbook(path, read_only=True, data_only=True)
    for sheet in book.worksheets:
        for _ in sheet.iter_rows(values_only=True):
            pass
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
