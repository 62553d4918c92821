"""One post: what an editor sees, what each button does, and two editors at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from starlette.testclient import TestClient

from content_calendar.clock import FixedClock
from content_calendar.tables import Approval, Brand, Comment, Post, Product, Revision
from prompts.brief import Fact, FactKind
from workers.runtime import Runtime


def row(runtime: Runtime, post_id: int) -> Post:
    with runtime.database.read() as session:
        return session.get_one(Post, post_id)


def digest(runtime: Runtime, post_id: int) -> str:
    with runtime.database.read() as session:
        return session.get_one(Revision, session.get_one(Post, post_id).revision_id).hash


@pytest.fixture(autouse=True)
def sound_facts(runtime: Runtime, shop: Any) -> None:
    """The seeded facts, made such that their sources still say so."""
    from sqlalchemy import update

    fact = Fact(
        id="product.MH105.price", kind=FactKind.price, label="面霜 日常价", value="199", source="商品!D6"
    )
    from prompts.draft import revision_hash

    with runtime.database.write() as session:
        for revision in session.query(Revision).all():
            session.execute(
                update(Revision)
                .where(Revision.id == revision.id)
                .values(facts=[fact.model_dump(mode="json")], hash=revision_hash(revision.text, (fact,)))
            )


def test_findings_are_marked_in_the_text_and_listed_with_reason_law_and_remedy(
    editor: TestClient, shop: Any
) -> None:
    page = editor.get(f"/posts/{shop.posts['blocked']}").text
    assert re.search(r'<mark class="must">全网最低</mark><a class="mk must" href="#f1"', page)
    for said in ("品牌不让说这个词", "品牌!B12", "换一个说法", "1 必改", "1 建议"):
        assert said in page
    assert "先改再批准" in page and "data-off" in page


def test_facts_show_their_cell_and_what_their_source_says_now(
    editor: TestClient, runtime: Runtime, shop: Any
) -> None:
    path = f"/posts/{shop.posts['review']}"
    assert "商品!D6" in editor.get(path).text and "¥199" in editor.get(path).text
    with runtime.database.write() as session:
        session.query(Product).update({"price": 189})
    page = editor.get(path).text
    assert "<del>¥199</del>" in page and "<ins>¥189</ins>" in page and "有 1 条事实在写好之后变了" in page


def test_live_tokens_are_chips_in_the_text_and_on_the_phone(
    editor: TestClient, runtime: Runtime, shop: Any, make: Any
) -> None:
    with runtime.database.write() as session:
        make.revision(session, session.get_one(Post, shop.posts["review"]), "还剩 ⟦stock:MH105⟧ 盒")
    page = editor.get(f"/posts/{shop.posts['review']}").text
    assert page.count("商品余量 MH105</span>") == 2


def test_the_phone_tells_characters_and_bytes(editor: TestClient, shop: Any) -> None:
    text = "洗完脸发紧？先看水温。手背试着不烫也不冰，就行了。"
    page = editor.get(f"/posts/{shop.posts['review']}").text
    assert f"{len(text)} 字 · {len(text.encode()) + 1}/4000 字节" in page


def test_the_button_says_what_it_does_and_does_it(editor: TestClient, runtime: Runtime, shop: Any) -> None:
    post = shop.posts["review"]
    assert "批准，周二 09:00 发到 2 个群" in editor.get(f"/posts/{post}").text
    answer = editor.post(
        f"/posts/{post}/approve", data={"revision_hash": digest(runtime, post), "back": f"/posts/{post}"}
    )
    assert answer.headers["location"] == f"/posts/{post}?said=approved"
    assert row(runtime, post).state == "approved"
    assert "editor的人已批准，周二 09:00 发到 2 个群" in editor.get(f"/posts/{post}").text


def test_approving_a_text_that_somebody_changed_meanwhile_is_refused_with_the_reason(
    editor: TestClient, runtime: Runtime, shop: Any, make: Any
) -> None:
    post = shop.posts["review"]
    seen = digest(runtime, post)
    with runtime.database.write() as session:
        make.revision(session, session.get_one(Post, post), "别人写的新版", author="user:lead")
    answer = editor.post(f"/posts/{post}/approve", data={"revision_hash": seen})
    assert answer.status_code == 409 and "新版本（第 2 版）" in answer.text
    assert row(runtime, post).state == "in_review"


@pytest.mark.parametrize(
    ("action", "state", "said"),
    [
        ("request-changes", "changes_requested", "changes"),
        ("reject", "rejected", "rejected"),
        ("hold", "held", "held"),
    ],
)
def test_turning_a_post_down_needs_a_reason(
    editor: TestClient, runtime: Runtime, shop: Any, action: str, state: str, said: str
) -> None:
    post = shop.posts["review"]
    missing = editor.post(f"/posts/{post}/{action}", data={"reason": "  ", "back": f"/posts/{post}"})
    assert missing.status_code == 422 and "需要写明原因" in missing.text
    done = editor.post(f"/posts/{post}/{action}", data={"reason": "太像广告", "back": f"/posts/{post}"})
    assert done.headers["location"] == f"/posts/{post}?said={said}"
    assert (row(runtime, post).state, row(runtime, post).state_reason) == (state, "太像广告")
    assert "太像广告" in editor.get(f"/posts/{post}").text


def test_a_held_post_goes_back_to_review(editor: TestClient, runtime: Runtime, shop: Any) -> None:
    post = shop.posts["held"]
    assert "价格变了" in editor.get(f"/posts/{post}").text
    assert editor.post(f"/posts/{post}/resume").status_code == 303
    assert row(runtime, post).state == "in_review"


def test_a_new_moment_is_kept_in_the_brands_zone_and_a_bad_one_refused(
    editor: TestClient, runtime: Runtime, shop: Any, make: Any
) -> None:
    post = shop.posts["review"]
    assert (
        editor.post(f"/posts/{post}/reschedule", data={"day": "2026-11-26", "time": "11:30"}).status_code
        == 303
    )
    assert row(runtime, post).due_at == make.at(row(runtime, post).day, "11:30")
    for day, wall, code in (("2026-11-20", "11:00", 422), ("2026-11-26", "23:30", 422), ("x", "y", 422)):
        assert editor.post(f"/posts/{post}/reschedule", data={"day": day, "time": wall}).status_code == code
    assert row(runtime, post).time == "11:30"


def test_an_edit_is_a_new_version_with_findings_and_sends_an_approved_post_back(
    editor: TestClient, runtime: Runtime, shop: Any
) -> None:
    post = shop.posts["review"]
    editor.post(f"/posts/{post}/approve", data={"revision_hash": digest(runtime, post)})
    answer = editor.post(
        f"/posts/{post}/edit",
        data={"text": "洗完脸发紧？\r\n只要 12345 元！", "revision_hash": digest(runtime, post), "back": "/"},
    )
    assert answer.headers["location"] == "/?said=edited"
    assert row(runtime, post).state == "in_review"
    with runtime.database.read() as session:
        assert session.query(Approval).one().revoked_at is not None
        newest = session.query(Revision).filter_by(post_id=post).order_by(Revision.number.desc()).first()
        assert (newest.number, newest.author, "\r" in newest.text) == (2, "user:editor", False)
    page = editor.get(f"/posts/{post}").text
    assert "12345" in page and "1 必改" in page and "与 v1 对比" in page


def test_a_fact_typed_by_hand_is_read_again_at_release_like_any_other(
    editor: TestClient, runtime: Runtime, shop: Any
) -> None:
    post = shop.posts["review"]
    mall = "https://mall.example.com/muhe"
    with runtime.database.write() as session:
        session.get_one(Brand, shop.brand).mall_url = mall
    editor.post(
        f"/posts/{post}/edit",
        data={"text": f"来商城看看\n{mall}", "revision_hash": digest(runtime, post), "back": "/"},
    )
    with runtime.database.read() as session:
        newest = session.query(Revision).filter_by(post_id=post).order_by(Revision.number.desc()).first()
    assert newest is not None and "brand.mall_url" in {fact["id"] for fact in newest.facts}


def test_saving_the_same_text_makes_no_version(editor: TestClient, runtime: Runtime, shop: Any) -> None:
    post = shop.posts["review"]
    with runtime.database.read() as session:
        text = session.get_one(Revision, session.get_one(Post, post).revision_id).text
    answer = editor.post(
        f"/posts/{post}/edit", data={"text": text, "revision_hash": digest(runtime, post), "back": "/"}
    )
    assert answer.headers["location"] == "/?said=same"


def test_the_second_of_two_editors_sees_who_changed_what_and_overwrites_nothing(
    as_role: Callable[[str], TestClient], runtime: Runtime, shop: Any
) -> None:
    post = shop.posts["review"]
    first, second = as_role("lead"), as_role("editor")
    both_saw = digest(runtime, post)
    first.post(f"/posts/{post}/edit", data={"text": "主管改过的一句。", "revision_hash": both_saw})
    answer = second.post(f"/posts/{post}/edit", data={"text": "编辑想要的一句。", "revision_hash": both_saw})
    assert answer.status_code == 409
    assert "lead的人在" in answer.text and "存了第 2 版" in answer.text
    assert "编辑想要的一句。</textarea>" in answer.text, "their own words are not lost"
    assert "<ins>" in answer.text and "<del>" in answer.text
    with runtime.database.read() as session:
        texts = [revision.text for revision in session.query(Revision).filter_by(post_id=post)]
    assert "主管改过的一句。" in texts and "编辑想要的一句。" not in texts
    newer = re.search(r'name="revision_hash" value="([0-9a-f]{64})"', answer.text)
    assert newer and newer[1] == digest(runtime, post) != both_saw
    again = second.post(
        f"/posts/{post}/edit", data={"text": "编辑想要的一句。", "revision_hash": newer[1], "back": "/"}
    )
    assert again.headers["location"] == "/?said=edited"


def test_an_older_version_can_be_looked_at_and_compared_but_not_decided_on(
    editor: TestClient, runtime: Runtime, shop: Any, make: Any
) -> None:
    post = shop.posts["review"]
    with runtime.database.write() as session:
        make.revision(session, session.get_one(Post, post), "完全不同的一句。", author="user:lead")
    old = editor.get(f"/posts/{post}?v=1").text
    assert "这是旧版本，只能看" in old and f'action="/posts/{post}/approve"' not in old
    assert "<ins>" in editor.get(f"/posts/{post}").text
    assert editor.get(f"/posts/{post}?v=9").status_code == 404


def test_comments_are_left_and_settled(editor: TestClient, runtime: Runtime, shop: Any) -> None:
    post = shop.posts["review"]
    editor.post(f"/posts/{post}/comments", data={"text": "这句再想想"})
    with runtime.database.read() as session:
        comment = session.query(Comment).one()
    assert "这句再想想" in editor.get(f"/posts/{post}").text
    other = shop.posts["approved"]
    assert editor.post(f"/posts/{other}/comments/{comment.id}/resolve").status_code == 404, "of another post"
    assert editor.post(f"/posts/{post}/comments/{comment.id}/resolve").status_code == 303
    with runtime.database.read() as session:
        assert session.query(Comment).one().resolved_at is not None


def test_a_released_post_cannot_be_changed_and_offers_no_button_for_it(editor: TestClient, shop: Any) -> None:
    post = shop.posts["released"]
    page = editor.get(f"/posts/{post}").text
    assert 'popovertarget="p-edit"' not in page and 'popovertarget="p-hold"' not in page
    for action, data in (
        ("edit", {"text": "x"}),
        ("hold", {"reason": "x"}),
        ("reschedule", {"day": "2026-11-28", "time": "11:00"}),
    ):
        assert editor.post(f"/posts/{post}/{action}", data=data).status_code == 409


def test_the_weeks_panel_is_the_same_post_without_the_frame(editor: TestClient, shop: Any) -> None:
    panel = editor.get(f"/posts/{shop.posts['review']}?panel=1").text
    assert "<html" not in panel and "批准，周二 09:00" in panel and "data-close" in panel


def test_a_missed_post_says_so_and_offers_a_new_moment(
    editor: TestClient, runtime: Runtime, shop: Any, clock: FixedClock
) -> None:
    from datetime import timedelta

    from content_calendar import review

    clock.advance(timedelta(hours=1))
    with runtime.database.write() as session:
        review.mark_missed(session, now=clock.now())
    page = editor.get(f"/posts/{shop.posts['soon']}").text
    assert "时间已过，没有发出" in page and 'popovertarget="p-move"' in page
    assert "已标为错过" in editor.get("/notices").text
