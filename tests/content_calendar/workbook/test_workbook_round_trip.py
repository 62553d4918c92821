"""Whatever a workbook holds, writing it and reading it again gives the same, and no cell becomes a formula."""

from __future__ import annotations

import re
import zipfile
from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from content_calendar import workbook
from content_calendar.workbook.content import (
    BrandSheet,
    CampaignRow,
    GroupRow,
    KnowledgeRow,
    PastRow,
    PersonaSheet,
    ProductRow,
    RuleRow,
    ScriptRow,
    SopLine,
    TierRow,
    WorkbookContent,
)
from content_calendar.workbook.record import MARKUP
from content_calendar.workbook.values import text
from content_calendar.workbook.writing import write
from tests.content_calendar.workbook import books

HOSTILE = [
    "=cmd|' /C calc'!A0", "@SUM(1+1)", "+1+1", "-2+3+cmd|' /C calc'!A0", "=HYPERLINK(\"https://x\",\"y\")", "'=1", "=1\n=2", "_x0041_", "_x005F_x0041_",
    "_x000D_", "https://mall.example.com", "mailto:a@b.c", "1e5", "007", "1/2", "TRUE", "#REF!", "{=1}", "\t=1", "a\tb", "早\r\n安", "🧴👩\u200d🔧", "&amp;", "<b>x",
    "]]>", "“引”", "　全角空格　", "合计", "备注：看", "一、早间", "-", "—", "无", "全部", "是", "否｜x", "｜", "DDE(\"x\")", "%0A=1", "\ufeff=1", "‮abc", "{{ x }}", "⟦stock:P1⟧",
]  # fmt: skip
WILD = st.one_of(
    st.sampled_from(HOSTILE),
    st.text(max_size=30),
    st.builds("{}{}".format, st.sampled_from(HOSTILE), st.text(max_size=8)),
)


# Names refuse markup, hidden characters and blanks; what is left is still wild.
NAMES = WILD.filter(
    lambda raw: (
        not text.is_dash(raw) and not MARKUP.search(raw) and not text.deceptive(raw) and text.name(raw) != ""
    )
)
FILLED = WILD.filter(lambda raw: text.prose(raw) != "")
COLUMNS: dict[str, dict[str, st.SearchStrategy[str]]] = {
    "层级": {"名称": NAMES, "入群门槛": WILD, "运营目标": WILD, "内容侧重": WILD},
    "社群": {"群名称": NAMES, "来源渠道": NAMES, "客户类型": NAMES, "标签": WILD, "群主": NAMES},
    "商品": {"名称": NAMES, "规格": NAMES, "卖点": WILD, "成分": WILD, "功效类别": NAMES, "用法": WILD, "适合人群": WILD, "注意事项": WILD, "功效依据": WILD},
    "活动": {"规则": WILD, "赠品": WILD},
    "SOP": {"主题": WILD, "负责人": NAMES, "备注": WILD},
    "话术": {"场景": NAMES, "客户怎么问": FILLED, "标准话术": FILLED, "禁忌": WILD, "升级人工": WILD},
    "知识": {"主题": NAMES, "问题": FILLED, "答案": FILLED, "来源": NAMES},
    "历史内容": {"正文": FILLED},
}  # fmt: skip


@st.composite
def wild_sheets(draw: st.DrawFn) -> books.Sheets:
    """The clean book with wild texts in its columns of text."""
    sheets = books.clean()
    for sheet, columns in COLUMNS.items():
        for row in range(2, len(sheets[sheet]) + 1):
            for header in draw(st.lists(st.sampled_from(sorted(columns)), max_size=3, unique=True)):
                books.put(sheets, sheet, row, header, draw(columns[header]))
    sheets["品牌"].append([draw(WILD), draw(WILD)])
    books.put(sheets, "品牌", 0, "语气", draw(WILD))
    return sheets


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(wild_sheets())
def test_reading_writing_and_reading_again_is_reading_once(tmp_path: Path, sheets: books.Sheets) -> None:
    first = workbook.read(books.save(tmp_path / "in.xlsx", sheets), today=books.TODAY)
    event("imported" if first.content else "refused: " + first.errors[0].kind)
    if first.content is None:
        return  # told, not imported: nothing to write
    write(first.content, tmp_path / "out.xlsx")
    again = workbook.read(tmp_path / "out.xlsx", today=books.TODAY)
    assert again.errors == ()
    assert again.content == first.content


def content() -> WorkbookContent:
    """A content whose texts are hostile, as only a database could hold it."""
    formula = "=1+1"
    start = datetime(2026, 11, 26, 12, tzinfo=UTC)
    return WorkbookContent(
        brand=BrandSheet(name="沐禾", story=formula, extra={"口号": "=cmd|'x'!A0"}), persona=PersonaSheet("chongfenguan", "=官"),
        tiers=(TierRow("high", "=高"),), groups=(GroupRow("=G1", "=群", "high", "demo", owner="@SUM(1)"),),
        products=(ProductRow("P1", "=面霜", price=Decimal("49.9"), selling_points=formula),),
        campaigns=(CampaignRow("c1", "=开售", "launch", start, start + timedelta(days=1), "新品开售", ("P1",), tiers=("high",)),),
        sop=(SopLine("k", "09:00", "每天", {"weekdays": [1, 2, 3, 4, 5, 6, 7]}, ("high",), "tip", "sidebar", "干货分享", "+1+cmd"),),
        scripts=(ScriptRow("s", "=场景", "=问", "-答"),), knowledge=(KnowledgeRow("n", "=主题", "=问", "=答"),),
        past=(PastRow("p", date(2026, 10, 20), "tip", "=正文", "09:00", ("high",), "干货分享"),),
        rules=(RuleRow("add", "@SUM(1+1)", words=(formula, "-2+3"), suggestion="+1+cmd", replacement="=换", kinds=("tip",)),),
    )  # fmt: skip


def test_no_cell_is_ever_a_formula_or_a_link(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    write(content(), path)
    with zipfile.ZipFile(path) as file:
        sheets = [
            file.read(name).decode() for name in file.namelist() if name.startswith("xl/worksheets/sheet")
        ]
        styles = file.read("xl/styles.xml").decode()
    assert len(sheets) == 10
    for xml in sheets:
        assert "<f>" not in xml and "<hyperlink" not in xml
    assert 'quotePrefix="1"' in styles
    quoted = [
        index
        for index, xf in enumerate(re.findall(r"<xf [^>]*>", styles.split("<cellXfs")[1]))
        if "quotePrefix" in xf
    ]
    assert any(f's="{index}"' in sheets[7] for index in quoted)


def test_moments_that_a_cell_would_lose_come_back(tmp_path: Path) -> None:
    ambiguous = datetime(2026, 11, 1, 6, 30, tzinfo=UTC)  # the second 1:30 of that night in New York
    midnight = datetime(2026, 12, 1, 5, tzinfo=UTC)
    start = replace(
        (content().campaigns or ())[0],
        start_at=ambiguous,
        end_at=midnight,
        warmup_at=datetime(2026, 10, 31, 13, 0, 7, tzinfo=UTC),
    )
    made = replace(content(), brand=BrandSheet(name="沐禾", zone="America/New_York"), campaigns=(start,))
    write(made, tmp_path / "out.xlsx")
    again = workbook.read(tmp_path / "out.xlsx", today=books.TODAY)
    assert again.content is not None, again.errors
    back = (again.content.campaigns or ())[0]
    assert (back.warmup_at, back.start_at, back.end_at) == (start.warmup_at, start.start_at, start.end_at)


def test_a_written_workbook_has_the_references_headings_and_drop_downs(tmp_path: Path) -> None:
    reading = workbook.read(books.REFERENCE, today=books.TODAY)
    assert reading.content is not None
    write(reading.content, tmp_path / "out.xlsx")
    import openpyxl

    ours, theirs = openpyxl.load_workbook(tmp_path / "out.xlsx"), openpyxl.load_workbook(books.REFERENCE)
    assert ours.sheetnames == theirs.sheetnames
    for name in ours.sheetnames:
        assert [cell.value for cell in ours[name][1]] == [cell.value for cell in theirs[name][1]]
        assert ours[name].freeze_panes == "A2"
    lists = [validation.formula1 for validation in ours["SOP"].data_validations.dataValidation]
    assert any("企业群发" in text for text in lists) and any("早报" in text for text in lists)


def test_every_field_of_the_content_is_written(tmp_path: Path) -> None:
    """A column added to the shapes but not to the writer would be lost at the next export."""
    write(content(), tmp_path / "out.xlsx")
    again = workbook.read(tmp_path / "out.xlsx", today=books.TODAY)
    assert again.content is not None, again.errors
    for field in fields(WorkbookContent):
        if field.name not in {"brand", "persona"}:
            assert len(getattr(again.content, field.name)) == 1
