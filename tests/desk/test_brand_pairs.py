"""The brand's own sheet and its persona edited in place, as carefully as any table; what hangs together stays in the workbook."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from content_calendar.tables import AuditEvent, Brand, Persona
from content_calendar.workbook import brand_cell
from workers.runtime import Runtime


def save(client: TestClient, row: int, field: str, typed: str, was: str, **more: str) -> Any:
    form = {"tab": "about", "row": str(row), "field": field, "typed": typed, "was": was, **more}
    return client.post("/brand/cell", data=form)


def pair(runtime: Runtime, shop: Any, field: str) -> str:
    with runtime.database.read() as session:
        return brand_cell.written(session, session.get_one(Brand, shop.brand), field)


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("行业", "护肤（化妆品）"), ("人设昵称", "沐禾小掌柜"), ("人设简介", "守着四十个群。"), ("语气", "先说结论。"), ("粉丝称呼", "小禾苗"),
        ("官方商城", "https://mall.example.com/muhe"), ("工作时间", "09:00-21:00"), ("安静时段", "22:30-07:30"), ("禁用词", "最好、第一"),
        ("AI标识", "内容由 AI 辅助"), ("AI标识开关", "开"), ("品牌故事", "第一支产品是洁面。"),
    ],
)  # fmt: skip
def test_every_pair_is_written_and_logged_with_both_values(
    editor: TestClient, runtime: Runtime, shop: Any, field: str, typed: str
) -> None:
    before = pair(runtime, shop, field)
    form = editor.get(f"/brand/cell?tab=about&row={shop.brand}&field={field}").text
    assert f'name="field" value="{field}"' in form
    answer = save(editor, shop.brand, field, typed, before)
    if answer.status_code == 409:  # written posts stand on it: said first, then wanted
        answer = save(editor, shop.brand, field, typed, before, agreed=typed)
    assert answer.status_code == 303, answer.text
    assert pair(runtime, shop, field) == typed
    with runtime.database.read() as session:
        event = session.scalars(select(AuditEvent).where(AuditEvent.action == "brand.cell_edited")).one()
        assert event.actor == "user:editor" and event.detail["fields"][field] == [before, typed]


@pytest.mark.parametrize(
    ("field", "typed"), [("人设昵称", ""), ("安静时段", "半夜"), ("粉丝称呼", "长" * 50), ("行业", "=1+1")]
)
def test_what_the_import_would_refuse_is_refused_here(
    editor: TestClient, runtime: Runtime, shop: Any, field: str, typed: str
) -> None:
    before = pair(runtime, shop, field)
    answer = save(editor, shop.brand, field, typed, before)
    assert answer.status_code in {409, 422} and 'role="alert"' in answer.text
    assert pair(runtime, shop, field) == before


@pytest.mark.parametrize(
    ("field", "why"),
    [("品牌名", "另一个品牌"), ("时区", "挪动所有时刻"), ("人设代码", "提示词"), ("没有", "没有这一项")],
)
def test_what_other_things_hang_on_says_why_it_stays_in_the_workbook(
    editor: TestClient, shop: Any, field: str, why: str
) -> None:  # fmt: skip
    answer = editor.get(f"/brand/cell?tab=about&row={shop.brand}&field={field}")
    assert answer.status_code == 404 and why in answer.text


def test_nobody_is_overwritten_and_another_brand_is_out_of_reach(
    editor: TestClient, runtime: Runtime, shop: Any, make: Any
) -> None:
    with runtime.database.write() as session:
        other = make.brand(session, "别家", groups=0).id
    assert save(editor, shop.brand, "人设昵称", "小禾", "早就不是这个").status_code == 409
    assert save(editor, other, "行业", "别的行业", pair(runtime, shop, "行业")).status_code == 404
    assert editor.get(f"/brand/cell?tab=about&row={other}&field=行业").status_code == 404
    with runtime.database.read() as session:
        assert session.get_one(Brand, other).industry == "护肤"
        assert (
            session.scalars(select(Persona.nickname).where(Persona.brand_id == shop.brand)).one()
            == "沐禾宠粉官"
        )


def test_an_operator_reads_the_sheet_and_is_offered_no_edit(as_role: Any, shop: Any) -> None:
    page = as_role("operator").get("/brand").text
    assert "护肤" in page and "/brand/cell" not in page
