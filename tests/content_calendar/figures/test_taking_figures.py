"""Figures handed in: any usual file is read, every fault is told with its row, and all rows are kept or none."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st

from content_calendar import figures
from content_calendar.errors import CalendarError
from content_calendar.figures.reading import UnreadableFigures
from content_calendar.tables import AuditEvent, Brand, Figure, Group, Post
from tests.release_world import DAY, World


def written(
    tmp_path: Path, text: str, *, encoding: str = "utf-8-sig", name: str = "数据.csv"
) -> figures.Sheet:
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return figures.read(path)


def take(world: World, sheet: figures.Sheet, source: str = "a.csv") -> figures.Taken:
    with world.database.write() as session:
        brand = session.get_one(Brand, world.brand_id)
        return figures.take(session, brand, sheet, source=source, now=world.now, actor="user:x")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("comma", [",", "\t", ";"])
def test_a_table_is_read_whatever_wrote_it(tmp_path: Path, encoding: str, comma: str) -> None:
    text = "\n".join(
        ["十一月的数", comma.join(["内容编号", "阅读量(次)", "点击"]), comma.join(["12", "3456", ""])]
    )
    (row,) = written(tmp_path, text, encoding=encoding).rows
    assert (row.number, row.post, row.counts) == (3, 12, {"reads": 3456})


def test_a_workbook_with_dates_and_numbers_is_read_as_people_see_it(tmp_path: Path) -> None:
    path = tmp_path / "数据.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("导出")
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        sheet.write_row(0, 0, ["日期", "时间", "层级", "社群", "阅读", "下单"])
        sheet.write_datetime(1, 0, date(2026, 11, 24), day)
        sheet.write_row(1, 1, ["9:05", "中层级", "沐禾宠粉群01", 1200, 7.0])
    (row,) = figures.read(path).rows
    assert (row.day, row.time, row.tier, row.group) == (date(2026, 11, 24), "09:05", "mid", "沐禾宠粉群01")
    assert row.counts == {"reads": 1200, "orders": 7}


@pytest.mark.parametrize("text", ["", "随便写写\n没有表头", "阅读,点击\n1,2", "内容编号\n12"])
def test_a_file_that_is_no_table_of_figures_says_what_is_missing(tmp_path: Path, text: str) -> None:
    with pytest.raises(UnreadableFigures):
        written(tmp_path, text)


def test_every_wrong_row_is_told_and_nothing_is_kept(world: World, tmp_path: Path) -> None:
    post = world.post()
    sheet = written(
        tmp_path,
        f"内容编号,社群,阅读\n{post},,10\n{post},没有的群,1\n999999,,1\n{post},,-3\n{post},,1.5\n{post},,99999999999\n,,4\n",
    )
    taken = take(world, sheet)
    assert [fault.row for fault in taken.faults] == [3, 4, 5, 6, 7, 8]
    assert all(fault.message and fault.english for fault in taken.faults)
    assert world.rows(Figure) == []


def test_what_is_told_anew_replaces_what_was_told_before(world: World, tmp_path: Path) -> None:
    post = world.post()
    with world.database.read() as session:
        group = session.query(Group).first()
        assert group is not None
        name, group_id = group.name, group.id
    take(world, written(tmp_path, f"内容编号,社群,阅读,点击\n{post},,10,2\n{post},{name},6,\n"))
    taken = take(world, written(tmp_path, f"内容编号,阅读\n{post},30\n"), "b.csv")
    assert (taken.numbers, taken.posts) == (1, 1)
    kept = {(row.scope, row.measure): (row.value, row.source) for row in world.rows(Figure)}
    assert kept == {
        ("post", "reads"): (30, "b.csv"),
        ("post", "clicks"): (2, "a.csv"),
        (f"group:{group_id}", "reads"): (6, "a.csv"),
    }
    assert len(world.audit("figures.imported")) == 2


def test_a_post_is_found_by_its_moment_too(world: World, tmp_path: Path) -> None:
    post = world.get(world.post())
    taken = take(world, written(tmp_path, f"日期,时间,层级,阅读\n{DAY:%Y/%m/%d},{post.time},低,5\n"))
    assert (taken.numbers, taken.faults) == (1, ())


def test_another_brands_post_is_not_found(world: World, tmp_path: Path) -> None:
    post = world.post()
    with world.database.write() as session:
        other = Brand(uid="f" * 32, name="别家")
        session.add(other)
        session.flush()
        taken = figures.take(
            session,
            other,
            written(tmp_path, f"内容编号,阅读\n{post},5\n"),
            source="x",
            now=world.now,
            actor="user:x",
        )
        assert len(taken.faults) == 1
        assert session.query(AuditEvent).filter_by(action="figures.imported").count() == 0
        assert session.query(Post).count() == 1


@given(st.binary(max_size=400))
def test_no_bytes_make_it_fall_over(tmp_path_factory: pytest.TempPathFactory, raw: bytes) -> None:
    path = tmp_path_factory.getbasetemp() / "wild.csv"
    for body in (raw, "内容编号,阅读\n".encode() + raw):
        path.write_bytes(body)
        try:
            found = figures.read(path)
        except CalendarError:
            continue
        assert all(row.post is not None or row.day for row in found.rows)
