"""Learning at the desk: edits word by word, house notes accepted or not, versions compared; the same through the API."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event, update
from starlette.testclient import TestClient

from content_calendar.learning import notes, pairs, versions
from content_calendar.learning.notes import Habit
from content_calendar.tables import Brand, HouseNote, Post, Revision, User
from desk.queries import lesson_diffs
from prompts.library import Words
from workers.runtime import Runtime

OLD, NEW = "a" * 64, "b" * 64


def approve(
    session: Any,
    shop: Any,
    make: Any,
    machine: str,
    approved: str,
    *,
    digest: str = OLD,
    brand: Any = None,
    **post: Any,
) -> Post:
    brand = brand or session.get_one(Brand, shop.brand)
    row = make.post(session, brand, state="approved", text=machine, **post)
    if approved != machine:
        make.revision(session, row, approved, author="user:editor")
    newest = session.get_one(Revision, row.revision_id)
    pair = pairs.keep(session, row, newest, user=session.get_one(User, shop.users["editor"]), now=make.now)
    assert pair is not None
    pair.template, pair.template_hash = "tip", digest
    return row


@pytest.fixture
def taught(runtime: Runtime, shop: Any, make: Any) -> Any:
    """Four tips mended alike and one untouched, by two versions of the words."""
    with runtime.database.write() as session:
        for number, words in enumerate(("水温别太热", "毛巾常换", "擦干再涂", "晚上少一步")):
            digest = OLD if number < 2 else NEW
            approve(
                session,
                shop,
                make,
                f"{words}。大家记得收藏。",
                f"{words}。",
                digest=digest,
                wall=f"1{number}:30",
            )
        approve(session, shop, make, "先洗手。", "先洗手。", digest=NEW, kind="qa", wall="15:30")
        for digest, rule in ((OLD, "不写空话"), (NEW, "不写空话，也不写口号")):
            body = [
                ("kinds/tip.yaml", "packaged", f"name: 干货\nrule: {rule}"),
                ("tiers/mid.yaml", "packaged", "mid"),
            ]
            versions.keep_words(session, Words.of("tip", digest, body), now=make.now)
    return shop


def note_ids(runtime: Runtime) -> dict[str, tuple[int, str]]:
    with runtime.database.read() as session:
        return {row.note: (row.id, row.state) for row in session.query(HouseNote)}


def test_before_anything_was_approved_each_tab_says_what_to_do(editor: TestClient, shop: Any) -> None:
    assert "还没有批准过的稿子" in editor.get("/learning").text
    assert "没有待定的" in editor.get("/learning?tab=notes").text
    assert "还没有版本的成绩" in editor.get("/learning?tab=versions").text


def test_edits_stand_there_word_by_word_with_who_made_them(editor: TestClient, taught: Any) -> None:
    page = editor.get("/learning").text
    assert page.count("<del>大家记得收藏。</del>") == 4 and "先洗手" not in page
    assert "editor的人" in page and "离线写手" in page and "一字未动</span> <b>20%</b>" not in page
    assert re.search(r"一字未动 <b>20%</b>", page) and "改动 58%" in page
    everything = editor.get("/learning?all=1").text
    assert "先洗手" in everything and everything.count('class="body said draft"') == 5


def test_edits_are_found_by_kind_and_version(editor: TestClient, taught: Any) -> None:
    assert editor.get("/learning?kind=qa&all=1").text.count('class="body said draft"') == 1
    assert editor.get(f"/learning?version={OLD}&all=1").text.count('class="body said draft"') == 2
    assert "没有改过的" in editor.get("/learning?kind=qa").text


def test_looking_offers_notes_and_an_editor_decides(
    editor: TestClient, taught: Any, runtime: Runtime
) -> None:
    done = editor.post("/learning/notes/refresh")
    assert done.headers["location"] == "/learning?tab=notes&said=notes_new"
    page = editor.get("/learning?tab=notes").text
    assert "不写“大家记得收藏”" in page and "4 条里改过 4 条" in page
    note_id, state = note_ids(runtime)["不写“大家记得收藏”"]
    assert state == "offered"
    assert editor.post(f"/learning/notes/{note_id}/accept").headers["location"].endswith("said=note_on")
    assert "撤回" in editor.get("/learning?tab=notes").text
    assert "采纳了家规" in editor.get("/audit?subject=note").text
    again = editor.post(f"/learning/notes/{note_id}/accept")
    assert again.status_code == 409 and "不能采纳" in again.text
    assert editor.post(f"/learning/notes/{note_id}/withdraw").status_code == 303
    assert "还是采纳" in editor.get("/learning?tab=notes").text
    assert editor.post(f"/learning/notes/{note_id}/explode").status_code == 404


def test_a_note_by_hand_is_in_force_and_a_bad_one_keeps_what_was_typed(
    editor: TestClient, taught: Any, runtime: Runtime
) -> None:
    good = editor.post("/learning/notes", data={"note": "称呼用“禾苗”，不用“亲”", "kind": "tip"})
    assert good.status_code == 303 and note_ids(runtime)["称呼用“禾苗”，不用“亲”"][1] == "accepted"
    bad = editor.post("/learning/notes", data={"note": '"><script>', "kind": "nothing"})
    assert (
        bad.status_code == 422
        and "<script>" not in bad.text
        and html.escape('"><script>') in bad.text.replace("&#34;", "&quot;")
    )


def test_an_operator_reads_and_is_offered_no_button(
    as_role: Callable[[str], TestClient], taught: Any
) -> None:
    page = as_role("operator").get("/learning?tab=notes").text
    assert '<form method="post" action="/learning' not in page


def test_versions_stand_with_their_figures_and_compare_line_beside_line(
    editor: TestClient, taught: Any
) -> None:
    page = editor.get("/learning?tab=versions").text
    assert OLD[:8] in page and NEW[:8] in page and "33%" in page
    both = editor.get(f"/learning/compare?a={NEW}&b={OLD}").text
    assert "<del>rule: 不写空话</del>" in both and "<ins>rule: 不写空话，也不写口号</ins>" in both
    assert "另有 1 份文件两版相同" in both and "tiers/mid" not in both
    assert "两版一样" in editor.get(f"/learning/compare?a={OLD}&b={OLD}").text
    assert editor.get("/learning/compare?a=&b=").status_code == 404
    words = editor.get(f"/learning/versions/{OLD[:8]}").text
    assert "packaged/kinds/tip.yaml" in words and "不写空话" in words


def test_a_post_s_page_leads_to_the_words_that_asked_for_it(
    editor: TestClient, taught: Any, runtime: Runtime, make: Any
) -> None:
    with runtime.database.write() as session:
        post = make.post(session, session.get_one(Brand, taught.brand), text="先洗手。")
        told = {"author": "offline", "template": "offline/tip", "template_hash": OLD}
        session.execute(update(Revision).where(Revision.id == post.revision_id).values(provenance=told))
        number = post.id
    link = re.search(r'href="(/learning/versions/[0-9a-f]{64})"', editor.get(f"/posts/{number}").text)
    assert link and "不写空话" in editor.get(link[1]).text


def test_another_brand_s_lessons_are_not_shown(
    editor: TestClient, taught: Any, runtime: Runtime, make: Any
) -> None:
    with runtime.database.write() as session:
        other = make.brand(session, "别家", groups=0)
        approve(session, taught, make, "别家的稿", "别家改过的稿", brand=other)
        habit = Habit("tip", "别家的规矩", "别家的规矩", 3, 3)
        notes.offer(session, other, [habit], now=make.now)
    assert "别家" not in editor.get("/learning?all=1").text.replace("别家</button>", "")
    assert "别家的规矩" not in editor.get("/learning?tab=notes").text
    assert "别家的稿" not in editor.get("/api/learning/pairs").text
    note_id = note_ids(runtime)["别家的规矩"][0]
    assert editor.post(f"/learning/notes/{note_id}/accept").status_code == 404


def test_the_lists_take_the_same_statements_however_long(
    editor: TestClient, taught: Any, runtime: Runtime, make: Any
) -> None:
    counted: list[str] = []
    event.listen(runtime.database.engine, "before_cursor_execute", lambda *given: counted.append(given[2]))

    def asked(path: str) -> int:
        counted.clear()
        assert editor.get(path).status_code == 200
        return len(counted)

    paths = (
        "/learning?all=1",
        "/learning?tab=notes",
        "/learning?tab=versions",
        "/api/learning/pairs",
        "/api/learning/notes",
    )
    before = [asked(path) for path in paths]
    with runtime.database.write() as session:
        for number in range(30):
            approve(
                session,
                taught,
                make,
                f"第{number}条。大家记得收藏。",
                f"第{number}条。",
                digest=f"{number:064x}",
            )
        brand = session.get_one(Brand, taught.brand)
        notes.offer(
            session,
            brand,
            [Habit("tip", f"第{n}条规矩", f"第{n}条规矩", 3, 3) for n in range(30)],
            now=make.now,
        )
    assert [asked(path) for path in paths] == before


def test_pairs_page_by_page_miss_and_repeat_nothing(editor: TestClient, taught: Any) -> None:
    seen: list[int] = []
    path: str | None = "/api/learning/pairs?limit=2"
    while path:
        answer = editor.get(path).json()
        seen += [item["id"] for item in answer["items"]]
        path = f"/api/learning/pairs?limit=2&cursor={answer['next']}" if answer["next"] else None
    assert len(seen) == len(set(seen)) == 5
    assert len(editor.get("/api/learning/pairs?changed=true").json()["items"]) == 4
    assert editor.get("/api/learning/pairs?cursor=nonsense").status_code == 422


def test_the_api_tells_pairs_notes_and_versions_and_decides(editor: TestClient, taught: Any) -> None:
    pair = editor.get("/api/learning/pairs?kind=qa").json()["items"][0]
    assert (pair["machine"], pair["approved"], pair["distance"], pair["approved_by"]) == (
        "先洗手。",
        "先洗手。",
        0.0,
        "editor",
    )
    assert editor.post("/api/learning/notes/refresh").json()["new"] >= 1
    offered = editor.get("/api/learning/notes?state=offered").json()["items"][0]
    path = f"/api/learning/notes/{offered['id']}/decision"
    assert editor.post(path, json={"decision": "explode"}).status_code == 422
    assert editor.post(path, json={"decision": "accept"}).json()["state"] == "accepted"
    assert editor.post(path, json={"decision": "accept"}).json()["code"] == "note.state"
    made = editor.post("/api/learning/notes", json={"note": "结尾不放问句"})
    assert made.status_code == 201 and made.json()["state"] == "accepted"
    found = editor.get("/api/learning/versions").json()
    figures = {one["hash"]: one["figures"] for one in found["versions"]}
    assert figures[NEW]["approved"] == 3 and figures[NEW]["untouched"] == 1 and figures[OLD]["share"] == 0
    assert found["authors"][0]["author"] == "offline" and found["authors"][0]["figures"]["approved"] == 5
    assert editor.get(f"/api/learning/versions/{OLD}").json()["chain"][0] == "packaged/kinds/tip.yaml"
    assert editor.get("/api/learning/versions/zzzzzz").status_code == 404


def test_a_changed_word_is_one_change_and_nothing_is_lost() -> None:
    runs = lesson_diffs.worded("护肤小技巧，今晚就做", "护肤的窍门，今晚试试")
    assert next(run.text for run in runs if run.what == "same") == "护肤"
    assert "".join(run.text for run in runs if run.what != "ins") == "护肤小技巧，今晚就做"
    assert "".join(run.text for run in runs if run.what != "del") == "护肤的窍门，今晚试试"
    one = lesson_diffs.worded("水太热了洗", "水有点热会干")
    assert sum(run.what == "del" for run in one) == sum(run.what == "ins" for run in one) == 1
