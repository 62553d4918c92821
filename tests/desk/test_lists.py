"""Deliveries, the ledger, groups, the simulator, notices, audit, the pause switch and the brand's pages."""

from __future__ import annotations

import io
import re
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import update
from starlette.testclient import TestClient

from content_calendar import notices, review, revised
from content_calendar.clock import FixedClock
from content_calendar.tables import (
    Attempt,
    Brand,
    Delivery,
    DemoMessage,
    Group,
    Notice,
    Post,
    Product,
    Revision,
    User,
)
from content_calendar.workbook.shift import EXAMPLE
from prompts.draft import revision_hash
from workers.dispatcher import dispatch_until
from workers.runtime import Runtime


@pytest.fixture
def sent(runtime: Runtime, shop: Any, make: Any, clock: FixedClock) -> Any:
    """The post of Tuesday 09:00, approved and dispatched into both its groups."""
    with runtime.database.write() as session:
        post = session.get_one(Post, shop.posts["review"])
        revision = session.get_one(Revision, post.revision_id)
        session.execute(
            update(Revision)
            .where(Revision.id == revision.id)
            .values(facts=[], hash=revision_hash(revision.text, ()))
        )
        session.expire_all()
        digest = revised.newest(session, post).hash
        review.approve(
            session,
            post,
            revision_hash=digest,
            user=session.get_one(User, shop.users["editor"]),
            now=clock.now(),
        )
    dispatch_until(runtime, make.at(make.monday + timedelta(days=1), "09:05"))
    clock.instant = make.at(make.monday + timedelta(days=1), "09:05")
    return shop


def unknown(runtime: Runtime) -> str:
    """Makes one delivery unknown, as after a cut connection; its id."""
    with runtime.database.write() as session:
        row = session.query(Delivery).order_by(Delivery.id).first()
        session.query(DemoMessage).filter_by(delivery_id=row.id).delete()
        session.execute(update(Delivery).where(Delivery.id == row.id).values(state="unknown", sent_at=None))
        session.execute(update(Attempt).where(Attempt.delivery_id == row.id).values(outcome="unknown"))
        session.execute(update(Post).where(Post.id == row.post_id).values(state="releasing"))
        return str(row.id)


def test_what_was_released_is_seen_in_every_group_it_was_for(
    editor: TestClient, sent: Any, runtime: Runtime
) -> None:
    with runtime.database.read() as session:
        codes = [group.code for group in session.query(Group).filter(Group.tier == "mid")]
        others = [group.code for group in session.query(Group).filter(Group.tier == "high")]
    for code in codes:
        page = editor.get(f"/groups/{code}").text
        assert "手背试着不烫也不冰" in page and "真实通道：侧边栏" in page and "沐禾宠粉官" in page
    for code in others:
        assert "还没有消息" in editor.get(f"/groups/{code}").text
    assert "手背试着" not in editor.get("/groups?tier=high").text


def test_the_chat_asks_only_for_what_is_new(editor: TestClient, sent: Any, runtime: Runtime) -> None:
    with runtime.database.read() as session:
        message = session.query(DemoMessage).first()
        code = session.get_one(Group, message.group_id).code
    fresh = editor.get(f"/groups/{code}?after=0").text
    assert "<html" not in fresh and fresh.count('class="msg"') == 1 and f"after={message.id}" in fresh
    nothing = editor.get(f"/groups/{code}?after={message.id}").text
    assert 'class="msg"' not in nothing and 'hx-trigger="every 3s"' in nothing


def test_the_days_sum_holds_and_each_number_leads_to_its_rows(editor: TestClient, sent: Any) -> None:
    page = editor.get("/deliveries?day=2026-11-24").text
    assert "对得上" in page and page.count("已送达通道</span></a>") >= 1
    link = re.search(r'href="(/deliveries\?day=2026-11-24&amp;state=sent)"', page)
    assert link
    rows = editor.get(link[1].replace("&amp;", "&")).text
    assert rows.count('data-delivery="sent">') >= 2 and "共 2 条" in rows
    assert "这里还没有触达" in editor.get("/deliveries?day=2026-11-24&state=refused").text


def test_a_broken_sum_is_shown_with_its_faults(editor: TestClient, sent: Any, runtime: Runtime) -> None:
    with runtime.database.write() as session:
        gone = session.query(Delivery).first()
        session.query(DemoMessage).filter_by(delivery_id=gone.id).delete()
        session.query(Attempt).filter_by(delivery_id=gone.id).delete()
        session.delete(gone)
    page = editor.get("/deliveries?day=2026-11-24").text
    assert "对不上" in page and "delivery.missing" in page


@pytest.mark.parametrize(("answer", "states"), [("yes", {"sent"}), ("no", {"planned", "retry_wait"})])
def test_a_person_answers_whether_it_arrived(
    as_role: Any, sent: Any, runtime: Runtime, answer: str, states: set[str]
) -> None:
    delivery = unknown(runtime)
    operator = as_role("operator")
    assert "发到了吗？" in operator.get("/deliveries").text
    done = operator.post(f"/deliveries/{delivery}/answer", data={"arrived": answer, "back": "/deliveries"})
    assert done.headers["location"] == "/deliveries?said=answered"
    with runtime.database.read() as session:
        assert session.get_one(Delivery, delivery).state in states
    assert operator.post(f"/deliveries/{delivery}/answer", data={"arrived": answer}).status_code == 409
    assert operator.post(f"/deliveries/{delivery}/answer", data={"arrived": "maybe"}).status_code == 422


def test_a_posts_deliveries_stand_on_its_page(editor: TestClient, sent: Any) -> None:
    page = editor.get(f"/posts/{sent.posts['review']}").text
    assert "已送达通道 <b>2</b>" in page and "准点" in page


def test_groups_are_found_by_name_owner_and_tier(editor: TestClient, shop: Any) -> None:
    assert editor.get("/groups?q=群03").text.count('class="face"') == 1
    assert editor.get("/groups?tier=low").text.count('class="face"') == 2
    assert "没有这样的群" in editor.get("/groups?q=%25").text
    assert editor.get("/groups/NOPE").status_code == 404


def test_pausing_stops_everything_and_resuming_asks_about_each_overdue_post(
    editor: TestClient, runtime: Runtime, shop: Any, clock: FixedClock, make: Any
) -> None:
    assert editor.post("/pause", data={"reason": ""}).status_code == 422
    assert editor.post("/pause", data={"reason": "商品页价格出错"}).status_code == 303
    assert "商品页价格出错" in editor.get("/audit").text and "发送已全部暂停" in editor.get("/groups").text
    assert editor.post("/pause", data={"reason": "again"}).status_code == 409
    clock.instant = make.at(make.monday + timedelta(days=1), "14:05")
    page = editor.get("/resume").text
    assert f'name="choice-{shop.posts["approved"]}"' in page
    assert editor.post("/resume", data={f"choice-{shop.posts['approved']}": "explode"}).status_code == 422
    done = editor.post("/resume", data={f"choice-{shop.posts['approved']}": "drop"})
    assert done.headers["location"] == "/?said=resumed"
    with runtime.database.read() as session:
        assert session.get_one(Brand, shop.brand).paused_at is None
        assert session.get_one(Post, shop.posts["approved"]).state == "cancelled"
    assert editor.get("/resume").status_code == 303


def test_an_operator_may_pause_but_not_resume(as_role: Any, shop: Any) -> None:
    operator = as_role("operator")
    assert operator.post("/pause", data={"reason": "不对劲"}).status_code == 303
    assert operator.get("/resume").status_code == 403 and operator.post("/resume").status_code == 403


def test_notices_are_read_once_and_remember_by_whom(
    editor: TestClient, runtime: Runtime, shop: Any, make: Any
) -> None:
    with runtime.database.write() as session:
        for number in range(3):
            notices.tell(
                session,
                brand_id=shop.brand,
                code="post.missed",
                subject=f"post:{number}",
                text=f"错过{number}",
                now=make.now,
            )
        first = session.query(Notice).first().id
    assert editor.get("/notices").text.count("错过") >= 3
    editor.post(f"/notices/{first}/read")
    assert "错过0" not in editor.get("/notices").text and "editor读过" in editor.get("/notices?all=1").text
    editor.post("/notices/read-all")
    assert "没有要紧的事" in editor.get("/notices").text


def test_the_audit_trail_goes_back_page_by_page(
    lead: TestClient, runtime: Runtime, shop: Any, make: Any
) -> None:
    from content_calendar import audit

    with runtime.database.write() as session:
        for number in range(230):
            audit.note(
                session,
                brand_id=shop.brand,
                now=make.now,
                actor="user:lead",
                action=f"act.{number}",
                subject="brand",
                subject_id=1,
            )
    seen: list[str] = []
    path: str | None = "/audit?subject=brand"
    while path:
        page = lead.get(path).text
        seen += re.findall(r"act\.\d+", page)
        more = re.search(r'href="(/audit\?before=[^"]+)"', page)
        path = more[1].replace("&amp;", "&") if more else None
    assert seen == [f"act.{number}" for number in reversed(range(230))]
    assert "act." not in lead.get("/audit?who=nobody").text


@pytest.mark.parametrize(
    "tab", ["about", "tiers", "products", "campaigns", "sop", "scripts", "knowledge", "nonsense"]
)
def test_the_workbooks_content_can_be_looked_at(editor: TestClient, shop: Any, tab: str) -> None:
    assert editor.get(f"/brand?tab={tab}").status_code == 200


def test_a_workbook_is_compared_first_and_imported_only_when_somebody_says_so(
    editor: TestClient, runtime: Runtime, shop: Any
) -> None:
    shown = editor.post("/brand/import", files={"file": ("沐禾.xlsx", EXAMPLE.read_bytes())})
    assert (
        shown.status_code == 200
        and "「沐禾」会改动" in shown.text
        and "MH101" not in editor.get("/brand?tab=products").text
    )
    number = re.search(r'name="number" value="([0-9a-f]{32})"', shown.text)
    assert number
    done = editor.post("/brand/import/apply", data={"number": number[1], "source": "沐禾.xlsx"})
    assert done.headers["location"] == "/brand?said=imported"
    with runtime.database.read() as session:
        assert session.query(Product).filter(Product.active).count() == 14
    assert editor.post("/brand/import/apply", data={"number": number[1]}).status_code == 422, (
        "the file is gone"
    )
    assert not list((runtime.settings.data_dir / "uploads").iterdir())
    again = editor.post("/brand/import", files={"file": ("沐禾.xlsx", EXAMPLE.read_bytes())}).text
    assert "和现在一样" in again


def test_the_exported_workbook_says_what_the_desk_says(editor: TestClient, shop: Any) -> None:
    number = re.search(
        r'name="number" value="([0-9a-f]{32})"',
        editor.post("/brand/import", files={"file": ("a.xlsx", EXAMPLE.read_bytes())}).text,
    )
    assert number
    editor.post("/brand/import/apply", data={"number": number[1]})
    answer = editor.get("/brand/export")
    assert "filename*=UTF-8''%E6%B2%90" in answer.headers["content-disposition"]
    assert (
        "和现在一样"
        in editor.post("/brand/import", files={"file": ("a.xlsx", io.BytesIO(answer.content))}).text
    )


@pytest.mark.parametrize("body", [b"", b"not a workbook", b"PK\x03\x04" + b"\0" * 40])
def test_a_file_that_is_no_workbook_is_refused_and_thrown_away(
    editor: TestClient, runtime: Runtime, shop: Any, body: bytes
) -> None:
    answer = editor.post("/brand/import", files={"file": ("x.xlsx", body)})
    assert answer.status_code == 422 and "没有导入" in answer.text
    assert not list((runtime.settings.data_dir / "uploads").iterdir())


@pytest.mark.parametrize("number", ["../../../etc/passwd", "", "zz", "0" * 32, "..%2f", "a" * 40])
def test_the_number_of_a_kept_file_leads_nowhere_else(editor: TestClient, shop: Any, number: str) -> None:
    assert editor.post("/brand/import/apply", data={"number": number}).status_code == 422


def test_the_lead_adds_a_user_and_gets_the_link_to_hand_over(lead: TestClient, app: Any) -> None:
    page = lead.post("/settings/users", data={"name": "zhouning", "display": "周宁", "role": "editor"}).text
    link = re.search(r"http://desk\.test(/link/[\w-]+)", page)
    assert link
    newcomer = TestClient(app, base_url="http://desk.test", follow_redirects=False)
    assert newcomer.post(link[1], data={"display": "小周"}).status_code == 303
    assert "小周" in newcomer.get("/settings").text
    assert "已经有人用了" in lead.post("/settings/users", data={"name": "ZhouNing", "role": "editor"}).text


def test_a_service_account_is_given_a_token_and_no_link(lead: TestClient, app: Any) -> None:
    page = lead.post("/settings/users", data={"name": "dashboard", "role": "service"}).text
    secret = re.search(r"cf_[\w-]{40,}", page)
    assert secret and "/link/" not in page
    me = TestClient(app).get("/api/me", headers={"authorization": f"Bearer {secret[0]}"}).json()
    assert me["role"] == "service" and "decide" not in me["may"]


def test_disabling_a_user_shuts_them_out_at_once(as_role: Any, shop: Any) -> None:
    editor, lead = as_role("editor"), as_role("lead")
    assert editor.get("/").status_code == 200
    lead.post(f"/settings/users/{shop.users['editor']}/disable")
    assert editor.get("/").status_code == 303
    assert "最后一位主管" in lead.post(f"/settings/users/{shop.users['lead']}/disable").text
