"""Whatever a text, a name or a comment holds is shown as text, on every page and in every answer."""

from __future__ import annotations

import csv
import io
import re
from typing import Any

import pytest
from openpyxl import load_workbook
from starlette.testclient import TestClient

from content_calendar import audit, notices
from content_calendar.tables import (
    Brand,
    Campaign,
    DemoMessage,
    Group,
    KnowledgeItem,
    Persona,
    Product,
    Script,
    SopRow,
    Tier,
)
from workers.runtime import Runtime

SCRIPT = "<script>alert(1)</script>"
NASTY = f"""{SCRIPT}"'><img src=x onerror=alert(2)> javascript:alert(3) {{{{7*7}}}} {{%raw%}} =1+1 \u202e逆\u2066 &amp; ]]> hx-get="/x" """
LONG = "长" * 10_000


@pytest.fixture
def nasty(runtime: Runtime, shop: Any, make: Any) -> Any:
    """Everything a workbook, a writer and a colleague could fill in, filled in badly."""
    with runtime.database.write() as session:
        brand = session.get_one(Brand, shop.brand)
        brand.story, brand.industry, brand.fans, brand.forbidden = NASTY, NASTY[:80], NASTY[:40], [NASTY]
        brand.mall_url = "javascript:alert(9)"
        for model, fields in (
            (Persona, ("nickname", "intro", "manner")), (Tier, ("name", "threshold", "aim", "focus")),
            (Product, ("name", "selling_points", "filing")), (Campaign, ("name", "rules", "gift", "prizes")),
            (SopRow, ("theme", "remark", "owner", "cycle")), (Group, ("owner", "source")),
        ):  # fmt: skip
            for row in session.query(model):
                for name in fields:
                    setattr(
                        row,
                        name,
                        NASTY[:40] if name in {"owner", "name", "nickname", "filing", "cycle"} else NASTY,
                    )
        for group in session.query(Group):
            group.name, group.tags = f"{group.code} {NASTY[:60]}", [NASTY]
        session.add(
            Script(brand_id=brand.id, key="s", scene=NASTY[:60], question=NASTY, answer=NASTY, taboo=NASTY)
        )
        session.add(
            KnowledgeItem(
                brand_id=brand.id, key="k", topic=NASTY[:60], question=NASTY, answer=NASTY, source=NASTY
            )
        )
        text = f"{NASTY}\n{LONG}\n⟦stock:<b>x</b>⟧"
        post = make.post(
            session, brand, text=text, theme=NASTY, wall="11:00", findings=(("warn", 0, 8), ("block", 5, 9))
        )
        shop.posts["nasty"] = post.id
        post.state_reason, post.conflicts = NASTY[:300], [{"kind": "x", "level": "error", "text": NASTY}]
        session.add(
            DemoMessage(
                delivery_id="d" * 32,
                group_id=shop.groups[0],
                at=make.now,
                sender=NASTY[:60],
                lane="auto",
                text=text,
            )
        )
        notices.tell(session, brand_id=brand.id, code="x", subject=f"post:{SCRIPT}", text=NASTY, now=make.now)
        audit.note(
            session, brand_id=brand.id, now=make.now, actor=f"user:{SCRIPT}", action=SCRIPT, subject="post",
            subject_id=post.id, detail={"reason": NASTY},
        )  # fmt: skip
    return shop


PATHS = (
    "/", "/days/2026-11-23", "/review?post={nasty}", "/posts/{nasty}", "/posts/{nasty}?panel=1", "/groups", "/groups/G001",
    "/groups/G001?after=0", "/brand", "/brand?tab=tiers", "/brand?tab=products", "/brand?tab=campaigns", "/brand?tab=sop",
    "/brand?tab=scripts", "/brand?tab=knowledge", "/brand?tab=groups", "/notices", "/audit", "/settings", "/deliveries",
    "/month?from=2026-11-01", "/list?from=2026-11-23", "/list?from=2026-11-23&sort=owner", "/send", "/send?owner=1号",
    "/figures", "/rules", "/learning", "/learning?tab=notes", "/learning?tab=versions", "/replies",
    "/replies/learning", "/replies/learning?tab=gaps", "/replies/figures", "/settings/channels", "/settings/models",
    "/brand/prompts?post={nasty}", "/review?post={nasty}&part=1",
)  # fmt: skip


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("path", PATHS)
def test_it_is_shown_as_text(lead: TestClient, nasty: Any, path: str, lang: str) -> None:
    path = path.format(**nasty.posts)
    answer = lead.get(path + ("&" if "?" in path else "?") + f"lang={lang}")
    assert answer.status_code == 200
    text = answer.text
    assert "<script>alert" not in text and "<img src=x" not in text and "<b>x</b>" not in text
    assert 'href="javascript:' not in text
    assert " 49 " not in text.split("javascript:alert(3)")[-1][:20]
    shown = re.sub(r"<textarea.*?</textarea>", "", text, flags=re.S)
    assert not [mark for mark in "\u202e\u2066" if mark in shown], "direction marks are shown by their code"


CELLS = (
    ("about", "品牌故事"), ("about", "人设简介"), ("tiers", "入群门槛"), ("products", "卖点"), ("campaigns", "规则"), ("sop", "主题"),
    ("scripts", "标准话术"), ("knowledge", "答案"), ("groups", "标签"),
)  # fmt: skip


@pytest.mark.parametrize(("tab", "field"), CELLS)
def test_a_cells_form_holds_hostile_words_as_text(lead: TestClient, nasty: Any, tab: str, field: str) -> None:
    text = lead.get(f"/brand/cell?tab={tab}&row=1&field={field}").text
    assert "<textarea" in text and "<script>alert" not in text and "<img src=x" not in text


@pytest.mark.parametrize("table", ["days", "kinds", "lateness", "models", "heat"])
def test_no_cell_of_an_export_begins_like_a_formula(lead: TestClient, nasty: Any, table: str) -> None:
    answer = lead.get(f"/figures/{table}.csv?from=2026-11-20&to=2026-11-29")
    assert answer.status_code == 200
    for row in csv.reader(answer.text.lstrip("\ufeff").splitlines()):
        assert not [cell for cell in row if cell[:1] in {"=", "+", "@", "\t"}], row


def test_the_exported_workbook_holds_hostile_words_as_text(lead: TestClient, nasty: Any) -> None:
    book = load_workbook(io.BytesIO(lead.get("/brand/export").content))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert any("alert(1)" in str(cell.value) for cell in cells)
    assert not [cell.coordinate for cell in cells if cell.data_type == "f" or cell.hyperlink]


def test_comments_reasons_and_names_that_people_type_are_text_too(lead: TestClient, shop: Any) -> None:
    path = f"/posts/{shop.posts['review']}"
    assert lead.post(f"{path}/comments", data={"text": NASTY, "back": path}).status_code == 303
    assert lead.post(f"{path}/hold", data={"reason": NASTY, "back": path}).status_code == 303
    lead.post("/settings/users", data={"name": "nice-name", "display": NASTY[:70], "role": "editor"})
    lead.post("/settings/tokens", data={"name": NASTY[:70]})
    lead.post("/pause", data={"reason": NASTY[:150]})
    for page in (
        path,
        "/settings",
        "/audit",
        "/",
        f"/days/2026-11-24?time={SCRIPT}",
        f"/groups?q={SCRIPT}",
        f"/audit?who={SCRIPT[:30]}",
    ):
        text = lead.get(page).text
        assert "<script>alert" not in text and "<img src=x" not in text, page


def test_a_text_being_edited_keeps_every_character(lead: TestClient, nasty: Any) -> None:
    assert "\u202e" not in lead.get(f"/posts/{nasty.posts['nasty']}").text.split("<textarea")[0]
    shown = lead.get(f"/api/posts/{nasty.posts['nasty']}").json()["revision"]["text"]
    assert shown.startswith(NASTY) and "\u202e" in shown


def test_a_refusal_repeats_hostile_words_only_as_text(lead: TestClient, shop: Any) -> None:
    for path in (f"/groups/{SCRIPT}", f"/?brand={SCRIPT}", f"/posts/{shop.posts['review']}?v={SCRIPT}"):
        answer = lead.get(path)
        assert answer.status_code in {404, 422} and SCRIPT not in answer.text
