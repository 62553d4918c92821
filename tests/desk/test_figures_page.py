"""The figures page: numbers that lead to their rows, tables that export safely, hostile names as text."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from content_calendar.tables import Brand, Delivery, EditPair, Figure, ModelCall, Post
from desk.queries import figures
from desk.web.pages.figures import as_csv
from workers.runtime import Runtime


def period(runtime: Runtime, shop: Any, make: Any) -> figures.Figures:
    with runtime.database.read() as session:
        brand = session.get_one(Brand, shop.brand)
        return figures.load(session, brand, first=make.monday, last=make.monday + timedelta(days=6))


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_a_posts_own_total_stands_for_its_groups_and_groups_add_up(
    runtime: Runtime, shop: Any, make: Any
) -> None:
    with runtime.database.write() as session:
        one, two = shop.posts["review"], shop.posts["approved"]
        day = session.get_one(Post, one).day
        for post, scope, group, value in (
            (one, "post", None, 100), (one, "group:1", shop.groups[0], 60), (two, "group:1", shop.groups[0], 30),
            (two, "group:2", shop.groups[1], 12),
        ):  # fmt: skip
            session.add(
                Figure(
                    brand_id=shop.brand, post_id=post, scope=scope, group_id=group, day=day, measure="reads",
                    value=value, imported_at=make.now,
                )
            )  # fmt: skip
    found = period(runtime, shop, make)
    assert found.sum_of("reads") == 142
    assert sum(line.told for line in found.kinds) == 2
    assert found.hottest in {71.0, 100.0, 42.0}


def test_lateness_cost_and_edits_are_counted(runtime: Runtime, shop: Any, make: Any) -> None:
    with runtime.database.write() as session:
        delivery = session.query(Delivery).first()
        if delivery is not None:
            delivery.late_ms = 1500
        session.add(
            ModelCall(
                brand_id=shop.brand, at=make.now, day=make.monday, model="m", tokens_in=10, tokens_out=5,
                milliseconds=40, outcome="timeout",
            )
        )  # fmt: skip
        post = session.get_one(Post, shop.posts["approved"])
        session.add(
            EditPair(
                brand_id=shop.brand, post_id=post.id, machine_revision_id=post.revision_id,
                approved_revision_id=post.revision_id, tier=post.tier, kind=post.kind, author="offline", machine="a",
                approved="b", distance=0.25, approved_at=make.now, user_id=shop.users["editor"],
            )
        )  # fmt: skip
    found = period(runtime, shop, make)
    assert (found.approved, found.untouched, found.distance) == (1, 0.0, 0.25)
    assert [(line.calls, line.failed, line.tokens_in, line.yuan) for line in found.costs] == [
        (1, 1, 10, None)
    ]


@pytest.mark.parametrize("name", ["days", "kinds", "lateness", "models", "heat"])
def test_every_table_exports(as_role: Callable[[str], TestClient], shop: Any, make: Any, name: str) -> None:
    last = make.monday + timedelta(days=6)
    answer = as_role("operator").get(f"/figures/{name}.csv?from={make.monday}&to={last}")
    assert answer.status_code == 200 and "attachment" in answer.headers["content-disposition"]
    rows = table(answer.text)
    if name == "kinds":
        assert sum(int(row["posts"]) for row in rows) == 6


def test_a_cell_that_looks_like_a_formula_is_text() -> None:
    body = as_csv(["model"], [["=HYPERLINK(1)"], ["@x"], ["-1+2"], ["fine"], [None]]).decode("utf-8-sig")
    assert body.split("\r\n")[1:-1] == ["'=HYPERLINK(1)", "'@x", "'-1+2", "fine", '""']


def test_figures_handed_in_are_shown_and_faults_named(
    as_role: Callable[[str], TestClient], shop: Any
) -> None:
    editor = as_role("editor")
    good = f"内容编号,阅读\n{shop.posts['review']},1234\n"
    answer = editor.post("/figures/import", files={"file": ("<b>十一月</b>.csv", good.encode())})
    assert answer.headers["location"] == "/figures?said=figures_in"
    page = editor.get("/figures?from=2026-11-23&to=2026-11-29").text
    assert "1,234" in page and "<b>十一月" not in page
    bad = editor.post("/figures/import", files={"file": ("x.csv", "内容编号,阅读\n77777,1\n".encode())})
    assert bad.status_code == 422 and "没有编号 77777 的内容" in bad.text
    none = editor.post("/figures/import", files={"file": ("x.csv", b"nothing here")})
    assert none.status_code == 422 and "没有找到表头" in none.text


@pytest.mark.parametrize("query", ["from=2026-12-01&to=2026-11-01", "from=2020-01-01&to=2026-11-01"])
def test_a_period_that_makes_no_sense_is_refused(
    as_role: Callable[[str], TestClient], shop: Any, query: str
) -> None:
    assert as_role("editor").get(f"/figures?{query}").status_code == 422
