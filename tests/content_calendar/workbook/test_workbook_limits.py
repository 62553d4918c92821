"""A wrong, broken or hostile file is refused in one sentence, in bounded memory."""

from __future__ import annotations

import io
import os
import re
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from content_calendar import workbook
from content_calendar.workbook import refusal
from tests.content_calendar.workbook import books

MEGA = 1024 * 1024
XML = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
END = "</sheetData></worksheet>"


def refused(path: Path) -> workbook.Issue:
    """The one issue of a file that could not be taken."""
    reading = workbook.read(path)
    assert reading.content is None
    assert len(reading.issues) == 1
    issue = reading.issues[0]
    assert issue.message.endswith("。") and issue.english.endswith(".")
    return issue


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return books.save(tmp_path / "good.xlsx", books.clean())


def rewrite(source: Path, out: Path, part: str, change: Callable[[str], str]) -> Path:
    """The workbook with one part's XML changed."""
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            body = old.read(info)
            new.writestr(info.filename, change(body.decode()).encode() if info.filename == part else body)
    return out


def replace_part(source: Path, out: Path, part: str, chunks: Callable[[], object], level: int = 1) -> Path:
    """The workbook with one part written anew in chunks."""
    with (
        zipfile.ZipFile(source) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as new,
    ):
        for info in old.infolist():
            with new.open(info.filename, "w", force_zip64=False) as target:
                if info.filename == part:
                    for chunk in chunks():  # type: ignore[attr-defined]
                        target.write(chunk)
                else:
                    target.write(old.read(info))
    return out


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


@pytest.mark.parametrize(
    ("name", "body", "kind"),
    [
        ("empty.xlsx", b"", "file_empty"),
        ("text.xlsx", "品牌名,沐禾\n".encode(), "not_xlsx"),
        ("page.xlsx", b"<html><table></table></html>", "not_xlsx"),
        ("old.xls", OLE + b"\0" * 4096, "old_xls"),
        ("locked.xlsx", OLE + b"\0" * 2048 + "EncryptedPackage".encode("utf-16-le") + b"\0" * 99, "password_protected"),
        ("~$muhe.xlsx", b"\x04user" + b" " * 160, "not_xlsx"),
        ("cut.xlsx", b"PK\x03\x04" + b"\0" * 500, "file_damaged"),
        ("noise.xlsx", b"PK\x05\x06" + b"\xff" * 18, "zip_bomb"),
        ("tiny.xlsx", b"PK\x05\x06" + b"\0" * 18, "not_xlsx"),
    ],
)  # fmt: skip
def test_what_is_no_workbook_is_named(name: str, body: bytes, kind: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(body)
    assert refused(path).kind == kind


def test_missing_files_folders_and_pipes_are_named(tmp_path: Path) -> None:
    assert refused(tmp_path / "nowhere.xlsx").kind == "file_missing"
    assert refused(tmp_path).kind == "file_is_folder"
    os.mkfifo(tmp_path / "pipe.xlsx")
    assert refused(tmp_path / "pipe.xlsx").kind == "file_not_readable"
    assert refused(tmp_path / "nul\0l.xlsx").kind == "file_not_readable"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_named(good: Path) -> None:
    good.chmod(0)
    assert refused(good).kind == "file_not_readable"


def test_a_file_over_the_limit_is_not_even_opened(tmp_path: Path) -> None:
    with (tmp_path / "fat.xlsx").open("wb") as file:
        file.truncate(refusal.FILE_BYTES + 1)
    assert refused(tmp_path / "fat.xlsx").kind == "file_too_large"


def test_other_zips_are_no_workbooks(tmp_path: Path) -> None:
    for name, part in (
        ("a.docx", "word/document.xml"),
        ("b.ods", "content.xml"),
        ("c.xlsb", "xl/workbook.bin"),
    ):
        with zipfile.ZipFile(tmp_path / name, "w") as file:
            file.writestr(part, "x")
        assert refused(tmp_path / name).kind == "not_xlsx"


def test_a_workbook_cut_short_anywhere_is_damaged(good: Path, tmp_path: Path) -> None:
    body = good.read_bytes()
    for size in range(200, len(body) - 1, len(body) // 12):
        path = tmp_path / "cut.xlsx"
        path.write_bytes(body[:size])
        assert refused(path).kind in {"file_damaged", "zip_bomb"}


def test_a_flipped_byte_never_raises(good: Path, tmp_path: Path) -> None:
    body = good.read_bytes()
    path = tmp_path / "flipped.xlsx"
    for at in range(0, len(body), len(body) // 60):
        path.write_bytes(body[:at] + bytes([body[at] ^ 0xFF]) + body[at + 1 :])
        workbook.read(path)


def bounded(path: Path, megabytes: int) -> workbook.Issue:
    """The refusal, and never more Python memory than this on the way."""
    tracemalloc.start()
    try:
        issue = refused(path)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < megabytes * MEGA
    return issue


def test_a_200_mb_sheet_is_refused_in_bounded_memory(good: Path, tmp_path: Path) -> None:
    row = b"".join(
        b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>%x</t></is></c></row>' % (n, n, n * 2654435761)
        for n in range(1, 9000)
    )

    def chunks():
        yield XML.encode()
        for _ in range(200 * MEGA // len(row) + 1):
            yield row
        yield END.encode()

    path = replace_part(good, tmp_path / "huge.xlsx", "xl/worksheets/sheet3.xml", chunks)
    issue = bounded(path, 24)
    assert issue.kind == "sheet_too_large"
    assert "社群" in issue.message


def test_a_zip_bomb_is_refused_in_bounded_memory(good: Path, tmp_path: Path) -> None:
    def chunks():
        yield XML.encode()
        for _ in range(300):
            yield b" " * MEGA
        yield END.encode()

    path = replace_part(good, tmp_path / "bomb.xlsx", "xl/worksheets/sheet3.xml", chunks, level=6)
    assert path.stat().st_size < MEGA
    assert bounded(path, 24).kind == "zip_bomb"


def test_a_bomb_in_a_part_that_nobody_needs_is_never_unpacked(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "media.xlsx"
    path.write_bytes(good.read_bytes())
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/media/image1.png", b"\0" * (40 * MEGA))
    tracemalloc.start()
    assert workbook.read(path, today=books.TODAY).errors == ()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 24 * MEGA


def test_a_list_of_a_million_parts_is_not_loaded(tmp_path: Path) -> None:
    entry = struct.pack("<4s6H3L5H2L", b"PK\x01\x02", 20, 20, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0) + b"a"
    count = 60_000
    body = b"PK\x03\x04" + b"\0" * 30
    directory = entry * count
    end = struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, count, count, len(directory), len(body), 0)
    path = tmp_path / "parts.xlsx"
    path.write_bytes(body + directory + end)
    assert bounded(path, 12).kind == "zip_bomb"


def test_a_declared_size_that_lies_does_not_help(good: Path, tmp_path: Path) -> None:
    body = bytearray(good.read_bytes())
    with zipfile.ZipFile(io.BytesIO(bytes(body))) as file:
        info = file.getinfo("xl/worksheets/sheet3.xml")
    at = bytes(body).rfind(b"PK\x01\x02", 0, bytes(body).rfind(b"xl/worksheets/sheet3.xml"))
    struct.pack_into("<L", body, at + 24, max(1, info.file_size // 3))
    path = tmp_path / "liar.xlsx"
    path.write_bytes(bytes(body))
    assert refused(path).kind == "file_damaged"


def test_an_absurd_declared_dimension_does_no_harm(good: Path, tmp_path: Path) -> None:
    path = rewrite(
        good, tmp_path / "dim.xlsx", "xl/worksheets/sheet6.xml",
        lambda xml: re.sub(r'<dimension ref="[^"]*"', '<dimension ref="A1:XFD1048576"', xml),
    )  # fmt: skip
    assert workbook.read(path, today=books.TODAY).errors == ()


def test_very_many_blank_rows_do_no_harm(good: Path, tmp_path: Path) -> None:
    blank = "".join(f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(1000, 120_000))
    path = rewrite(
        good, tmp_path / "blank.xlsx", "xl/worksheets/sheet6.xml",
        lambda xml: xml.replace("</sheetData>", blank + "</sheetData>"),
    )  # fmt: skip
    reading = workbook.read(path, today=books.TODAY)
    assert reading.errors == ()
    assert reading.counts["SOP"] == 4


@pytest.mark.parametrize("corner", ["A1048576", "XFD2", "XFD1048576"])
def test_a_cell_far_out_is_refused_or_ignored_but_never_allocated(
    corner: str, good: Path, tmp_path: Path
) -> None:
    row = re.sub(r"\D", "", corner)
    cell = f'<row r="{row}"><c r="{corner}" t="inlineStr"><is><t>x</t></is></c></row>'
    path = rewrite(
        good,
        tmp_path / "far.xlsx",
        "xl/worksheets/sheet6.xml",
        lambda xml: xml.replace("</sheetData>", cell + "</sheetData>"),
    )
    reading = workbook.read(path, today=books.TODAY)
    assert all(issue.kind == "sheet_too_large" and row in issue.message for issue in reading.errors)
    assert bool(reading.errors) == (corner != "XFD2")


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        ("xl/worksheets/sheet6.xml", 'r="A2"', 'r="ZZZZZZZ2"'),
        ("xl/worksheets/sheet6.xml", 'r="A2"', 'r="A99999999999"'),
        ("xl/worksheets/sheet6.xml", 'r="A2"', 'r="A0"'),
        ("xl/worksheets/sheet6.xml", '<row r="2"', '<row r="-5"'),
        ("xl/worksheets/sheet6.xml", "</sheetData>", '</sheetData><mergeCells count="1"><mergeCell ref="A1:A99999999"/></mergeCells>'),
        ("xl/sharedStrings.xml", 'uniqueCount="', 'uniqueCount="4294967'),
        ("xl/sharedStrings.xml", '<sst ', '<!DOCTYPE a [<!ENTITY b "c">]><sst '),
        ("xl/worksheets/sheet6.xml", "</row>", ""),
        ("xl/worksheets/sheet6.xml", 'encoding="UTF-8"', 'encoding="cp037"'),
        ("xl/workbook.xml", 'encoding="UTF-8"', 'encoding="nonsense"'),
        ("xl/workbook.xml", "<sheets>", "<sheets"),
    ],
)  # fmt: skip
def test_xml_that_would_crash_a_reader_is_damaged(
    part: str, old: str, new: str, good: Path, tmp_path: Path
) -> None:
    path = rewrite(good, tmp_path / "evil.xlsx", part, lambda xml: xml.replace(old, new, 1))
    assert refused(path).kind == "file_damaged"


def test_numbers_that_are_none_are_reported_not_raised(good: Path, tmp_path: Path) -> None:
    for value in ("INF", "NaN", "1e300", "-1e300"):
        path = rewrite(
            good,
            tmp_path / "inf.xlsx",
            "xl/worksheets/sheet4.xml",
            lambda xml, v=value: xml.replace("<v>199</v>", f"<v>{v}</v>"),
        )
        assert workbook.read(path).errors


def test_overlapping_merges_cannot_eat_the_machine(good: Path, tmp_path: Path) -> None:
    merges = "".join(f'<mergeCell ref="A{n}:A40000"/>' for n in range(2, 5002))
    last = '<row r="40000"><c r="B40000" t="inlineStr"><is><t>x</t></is></c></row>'
    path = rewrite(
        good, tmp_path / "merges.xlsx", "xl/worksheets/sheet6.xml",
        lambda xml: xml.replace("</sheetData>", f"{last}</sheetData><mergeCells>{merges}</mergeCells>"),
    )  # fmt: skip
    reading = workbook.read(path)
    assert reading.content is None


def test_a_part_twice_in_the_zip_is_damaged(good: Path, tmp_path: Path) -> None:
    path = tmp_path / "twice.xlsx"
    path.write_bytes(good.read_bytes())
    with zipfile.ZipFile(path, "a") as file, pytest.warns(UserWarning, match="Duplicate"):
        file.writestr("xl/workbook.xml", "<x/>")
    assert refused(path).kind == "file_damaged"


def test_the_limits_leave_room_for_a_real_brand() -> None:
    assert refusal.PART_BYTES >= 64 * MEGA
    assert refusal.ROWS >= 10_000 * 10
    assert refusal.PART_BYTES < 200 * MEGA
