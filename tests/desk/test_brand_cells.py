"""The brand edited in place: read by the import's own code, its difference shown, both values kept, nobody overwritten."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from starlette.testclient import TestClient

from content_calendar import workbook
from content_calendar.tables import (
    AuditEvent,
    Brand,
    Campaign,
    Group,
    Post,
    PriceHistory,
    Product,
    Revision,
    Script,
    SopRow,
)
from prompts.brief import Fact, FactKind
from prompts.draft import revision_hash
from workers.runtime import Runtime

PRICE = Fact(
    id="product.MH105.price",
    kind=FactKind.price,
    label="面霜 日常价",
    value="199",
    unit="元",
    source="商品!D6",
)


def save(
    client: TestClient, row: int, typed: str, *, tab: str = "products", field: str = "日常价", **more: str
) -> Any:
    form = {"tab": tab, "row": str(row), "field": field, "typed": typed, "was": "199", **more}
    return client.post("/brand/cell", data=form)


@pytest.fixture
def product(runtime: Runtime, shop: Any) -> int:
    with runtime.database.read() as session:
        return session.scalars(select(Product.id)).one()


def price(runtime: Runtime, product: int) -> Decimal:
    with runtime.database.read() as session:
        return session.get_one(Product, product).price


def test_a_cell_shows_what_a_workbook_would_hold(editor: TestClient, product: int) -> None:
    page = editor.get(f"/brand/cell?tab=products&row={product}&field=日常价").text
    assert 'name="was" value="199"' in page and ">199</textarea>" in page
    assert f"/brand/cell?tab=products&amp;row={product}&amp;field=" in editor.get("/brand?tab=products").text


def test_a_price_is_changed_kept_in_its_history_and_audited_with_both_values(
    editor: TestClient, runtime: Runtime, product: int
) -> None:
    answer = save(editor, product, "¥189.00 元")
    assert answer.status_code == 303 and "said=cell_saved" in answer.headers["location"]
    assert price(runtime, product) == Decimal(189)
    with runtime.database.read() as session:
        history = session.scalars(select(PriceHistory)).all()
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "brand.cell_edited")).one()
    assert [(row.price, row.source) for row in history] == [(Decimal(189), "desk 商品!6")]
    assert event.detail["fields"] == {"日常价": ["199", "189"]} and event.actor == "user:editor"
    assert "日常价 199 → 189" in editor.get("/audit").text


@pytest.mark.parametrize("typed", ["便宜", "", "-5", "<b>1</b>", "=HYPERLINK(1)"])
def test_what_an_import_refuses_is_refused_with_its_sentence(
    editor: TestClient, runtime: Runtime, product: int, typed: str
) -> None:
    answer = save(editor, product, typed)
    assert answer.status_code == 422 and "「商品」第 6 行「日常价」" in answer.text
    assert price(runtime, product) == Decimal(199)


def test_the_second_of_two_editors_is_told_and_overwrites_nothing(
    editor: TestClient, lead: TestClient, runtime: Runtime, product: int
) -> None:
    save(lead, product, "189")
    answer = save(editor, product, "179")
    assert answer.status_code == 409 and "刚被别人改成「189」" in answer.text
    assert price(runtime, product) == Decimal(189)


def test_posts_that_stand_on_the_price_are_counted_before_it_changes(
    editor: TestClient, runtime: Runtime, shop: Any, product: int, make: Any
) -> None:
    with runtime.database.write() as session:
        post = session.get_one(Post, shop.posts["review"])
        revision = make.revision(session, post, "面霜日常价 199 元。", author="user:lead")
        stands = {"facts": [PRICE.model_dump(mode="json")], "hash": revision_hash(revision.text, (PRICE,))}
        session.execute(update(Revision).where(Revision.id == revision.id).values(**stands))
    asked = save(editor, product, "189")
    assert asked.status_code == 409 and "有 1 篇写好的内容用到它" in asked.text
    assert price(runtime, product) == Decimal(199)
    assert save(editor, product, "188", agreed="189").status_code == 409  # another value than the one shown
    assert save(editor, product, "189", agreed="189").status_code == 303
    assert price(runtime, product) == Decimal(189)
    assert "有 1 条事实在写好之后变了" in editor.get(f"/posts/{shop.posts['review']}").text


def test_the_next_import_says_that_it_would_take_the_change_back(
    editor: TestClient, runtime: Runtime, shop: Any, product: int, tmp_path: Path
) -> None:
    book = tmp_path / "before.xlsx"
    with runtime.database.write() as session:
        for row in [*session.scalars(select(SopRow)), *session.scalars(select(Campaign))]:
            row.kind_written = "早报" if isinstance(row, SopRow) else "新品开售"
            if isinstance(row, SopRow):
                row.cycle_rule = {"days": [1, 2, 3, 4, 5, 6, 7]}
        workbook.export(session, session.get_one(Brand, shop.brand), book)
    save(editor, product, "189")
    found = workbook.read(book)
    with runtime.database.read() as session:
        assert found.content is not None, found.errors
        changes = workbook.changes(session, found.content).changes
    (change,) = (change for change in changes if change.sheet == "商品")
    assert dict(change.fields) == {"日常价": ("189", "199")}


def test_a_row_keeps_its_identity_and_a_twin_is_refused(
    editor: TestClient, runtime: Runtime, shop: Any
) -> None:
    with runtime.database.write() as session:
        row = session.scalars(select(SopRow)).one()
        made = {
            name: getattr(row, name) for name in ("cycle", "tiers", "kind", "channel", "theme", "brand_id")
        }
        session.add(SopRow(key="other", time="10:00", row=9, kind_written="早报", **made))
        row.kind_written, row.row = "早报", 8
        number = row.id
    assert save(editor, number, "11点30", tab="sop", field="时间", was="09:00").status_code == 303
    with runtime.database.read() as session:
        row = session.get_one(SopRow, number)
        assert row.time == "11:30" and row.key != "0900"


def test_names_that_others_refer_to_are_not_changed_here(editor: TestClient, product: int) -> None:
    assert editor.get(f"/brand/cell?tab=products&row={product}&field=商品编码").status_code == 404
    assert editor.get(f"/brand/cell?tab=nothing&row={product}&field=日常价").status_code == 404
    assert editor.get("/brand/cell?tab=products&row=99999&field=日常价").status_code == 404


def test_another_brands_row_is_not_there(editor: TestClient, runtime: Runtime, shop: Any, make: Any) -> None:
    with runtime.database.write() as session:
        other = make.brand(session, "别家")
        row = session.scalars(select(Group.id).where(Group.brand_id == other.id)).first()
    answer = save(editor, row or 0, "x", tab="groups", field="群名称", was="别家宠粉群01")
    assert answer.status_code == 404


def test_what_was_made_at_the_desk_stays_the_desks(editor: TestClient, runtime: Runtime, shop: Any) -> None:
    with runtime.database.write() as session:
        session.add(
            Script(
                brand_id=shop.brand, key="desk1", scene="售后", question="怎么退货", answer="七天内可退", taboo="", row=3,
                origin="desk", active=True,
            )
        )  # fmt: skip
        session.flush()
        number = session.scalars(select(Script.id)).one()
    answer = save(editor, number, "七天内可退，运费我们出", tab="scripts", field="标准话术", was="七天内可退")
    assert answer.status_code == 303
    with runtime.database.read() as session:
        row = session.get_one(Script, number)
        assert row.answer == "七天内可退，运费我们出" and row.origin == "desk"


def test_a_script_in_a_cell_is_shown_as_text(editor: TestClient, runtime: Runtime, product: int) -> None:
    answer = save(editor, product, '"><script>alert(1)</script>', field="卖点", was="")
    assert answer.status_code in {409, 422} and "<script>alert" not in answer.text


def test_an_operator_reads_the_tables_and_changes_nothing(as_role: Any, product: int) -> None:
    operator = as_role("operator")
    assert 'class="cell"' not in operator.get("/brand?tab=products").text
    assert save(operator, product, "1").status_code == 403
