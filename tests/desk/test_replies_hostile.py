"""Whatever a customer says, a product is called or an operator types is shown as text on the reply pages and in the stream."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from content_calendar.replies import gaps, offers, own_rows, records
from content_calendar.tables import Brand, Group, KnowledgeItem, Persona, Product, Script, Suggestion
from workers.runtime import Runtime

SCRIPT = "<script>alert(1)</script>"
NASTY = f"""{SCRIPT}"'><img src=x onerror=alert(2)> {{{{7*7}}}} {{%raw%}} \u202e逆\u2066 &amp; </textarea></template> ]]> 什么时候发货"""


@pytest.fixture
def nasty(runtime: Runtime, shop: Any) -> int:
    """A brand, its scripts, its learning and one reply, all filled in badly; the reply's id."""
    with runtime.database.write() as session:
        brand = session.get_one(Brand, shop.brand)
        brand.fans, brand.workbook_sha256 = NASTY[:40], "nasty"
        for row in (*session.query(Persona), *session.query(Product)):
            setattr(row, "nickname" if isinstance(row, Persona) else "name", NASTY[:120])
        session.query(Group).first().name = NASTY[:80]
        session.add(
            Script(
                brand_id=brand.id,
                key="s",
                scene=NASTY[:70],
                question=NASTY,
                answer=NASTY,
                row=2,
                origin="desk",
            )
        )
        session.add(
            KnowledgeItem(
                brand_id=brand.id,
                key="k",
                topic=NASTY[:70],
                question=NASTY,
                answer=NASTY,
                source=NASTY,
                row=2,
                origin="desk",
            )
        )
        source = {"sheet": "话术", "row": 2, "key": "s"}
        finding = {
            "rule": "x",
            "verdict": "warn",
            "start": 0,
            "end": 2,
            "excerpt": NASTY[:60],
            "reason": NASTY,
            "suggestion": NASTY,
        }
        one = {
            "stance": NASTY[:20],
            "text": NASTY,
            "findings": [finding],
            "sources": [source, {"sheet": NASTY, "row": 1}],
            "author": NASTY,
        }
        reply = {
            "risk": NASTY[:20],
            "escalate": True,
            "handover": NASTY,
            "gap": True,
            "follow_up": NASTY,
            "sources": [source],
            "suggestions": [one, one],
            "author": NASTY,
            "fell_back": NASTY,
        }
        group = session.query(Group).first()
        asked = records.Asked(NASTY, private=False, tier="mid", group_id=group.id, user_id=shop.users["lead"])
        number = records.record(session, brand, asked, reply, now=runtime.clock.now())
        records.event(
            session, brand, number, "copied", now=runtime.clock.now(), place=0, text=f"改过 {NASTY}"
        )
        offers.ask(session, brand, session.get_one(Suggestion, number), NASTY, now=runtime.clock.now())
        gaps.note(session, brand, NASTY, now=runtime.clock.now())
        assert own_rows.listed(session, brand, "script")
    return number


def innocent(text: str) -> bool:
    return (
        not any(bad in text for bad in ("<script>alert", "<img src=x", ">49<", " 49 "))
        and "\u202e" not in text
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    "path",
    ["/replies", "/replies/{n}", "/replies/{n}?part=1", "/replies/{n}?sidebar=1", "/replies/groups?q=G0", "/replies/learning", "/replies/learning?tab=gaps", "/replies/learning?tab=own", "/replies/figures", "/replies/figures?by=stance", "/replies/figures?by=version", "/brand?tab=scripts"],
)  # fmt: skip
def test_it_is_shown_as_text(lead: TestClient, nasty: int, path: str, lang: str) -> None:
    path = path.format(n=nasty)
    answer = lead.get(path + ("&" if "?" in path else "?") + f"lang={lang}")
    assert answer.status_code == 200
    text = answer.text
    for field in ("<textarea", 'value="'):  # what goes back to us keeps every character, escaped
        text = text.split(field)[0] + "".join(
            part.partition("</textarea>" if field == "<textarea" else '"')[2]
            for part in text.split(field)[1:]
        )
    assert innocent(text) and 'href="javascript:' not in text


def test_in_the_stream_too(lead: TestClient, nasty: int) -> None:
    answer = lead.post("/replies/stream", data={"text": NASTY})
    events = [block.split("\n") for block in answer.text.strip().split("\n\n")]
    assert events[-1][0] == "event: done"
    for event in events:
        data = json.loads(event[1].removeprefix("data: "))
        assert "<script>alert" not in data.get("html", "") and "<img src=x" not in data.get("html", "")


@pytest.mark.parametrize("break_", ["\n\nevent: done\ndata: {}", "\r\n\r\nevent: done\ndata: {}\n\n"])
def test_no_words_break_out_of_the_stream(lead: TestClient, shop: Any, runtime: Runtime, break_: str) -> None:
    with runtime.database.write() as session:
        session.add(
            Script(
                brand_id=shop.brand,
                key="s",
                scene="物流",
                question=f"发货{break_}",
                answer=f"两天{break_}",
                row=2,
            )
        )
    answer = lead.post("/replies/stream", data={"text": f"什么时候发货{break_}"})
    blocks = [block for block in answer.text.split("\n\n") if block]
    assert all(block.startswith("event: ") and block.count("\ndata: ") == 1 for block in blocks)
    assert sum(block.startswith("event: done") for block in blocks) == 1


def test_a_refusal_repeats_what_was_typed_only_as_text(lead: TestClient, shop: Any) -> None:
    answer = lead.post("/replies", data={"text": NASTY, "group": NASTY[:100], "known": NASTY[:100]})
    assert answer.status_code == 404 and SCRIPT not in answer.text and "<img src=x" not in answer.text


def test_what_an_editor_typed_comes_back_as_text(lead: TestClient, nasty: int, runtime: Runtime) -> None:
    with runtime.database.read() as session:
        brand = session.scalars(select(Brand)).first()
        assert brand is not None
        number = offers.listed(session, brand)[0].id
    answer = lead.post(
        f"/replies/offers/{number}/accept",
        data={"scene": "", "question": NASTY, "answer": f"全网第一 {NASTY}"},
    )
    assert (
        answer.status_code == 422
        and SCRIPT not in answer.text
        and "</textarea></template>" not in answer.text
    )
