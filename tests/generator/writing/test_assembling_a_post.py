"""What a model returns is hostile; what leaves assembly is plain text with one action."""

from __future__ import annotations

import unicodedata
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.writing.assemble import assemble
from prompts.brief import Voice
from prompts.kinds import all_kinds
from prompts.schema import BODY
from tests.fakes.briefs import VOICE, brief, offer

TIP = all_kinds()["tip"]


def text(kind: str = "tip", **answer: Any) -> str:
    made = assemble(answer, brief(kind), all_kinds()[kind])
    return made.text if made else ""


def test_the_parts_stand_in_order_on_lines_of_their_own() -> None:
    assert text(first_line="先看水温", body="温水就行。\n太热更绷。", action="今晚试一次。") == (
        "先看水温\n温水就行。\n太热更绷。\n今晚试一次。"
    )


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("**先看**水温", "先看水温"),
        ("## 先看水温", "先看水温"),
        ("- 先看水温", "先看水温"),
        ("“先看水温”", "先看水温"),
        ("```\n先看水温\n```", "先看水温"),
        ("<b>先看</b>水温", "先看水温"),
        ("先看\u200b水\u202e温\x07", "先看水温"),
        ("{{ 7*7 }}先看水温", "7*7 先看水温"),
        ("{{{{%% 先看水温", "%% 先看水温"),
        ("[点这里](https://a.example/x)", "点这里 https://a.example/x"),
    ],
)
def test_marks_and_invisible_signs_do_not_survive(said: str, left: str) -> None:
    assert text(first_line=said, body="温水就行。").split("\n")[0].strip() == left


def test_a_body_that_repeats_the_first_line_says_it_once() -> None:
    assert text(first_line="先看水温", body="先看水温\n温水就行。") == "先看水温\n温水就行。"


def test_there_are_never_two_requests_at_the_end() -> None:
    made = text("game", first_line="选一个", body="A 伞 B 跑\n回个字母就行", action="快在群里回复1")
    assert made == "选一个\nA 伞 B 跑\n回个字母就行"


def test_an_action_the_body_says_already_is_not_said_again() -> None:
    made = text(first_line="先看水温", body="温水就行。\n今晚试一次。", action="今晚试一次。")
    assert made.count("今晚试一次") == 1


def test_a_link_wins_over_a_vague_request() -> None:
    made = assemble(
        {"first_line": "面霜开售", "body": "199元。\n点卡片进", "action": "👉 https://mall.example.com/muhe/p/MH105"},
        offer(), all_kinds()["launch"],
    )  # fmt: skip
    assert made and made.text == "面霜开售\n199元。\n👉 https://mall.example.com/muhe/p/MH105"


def test_the_brands_ai_label_is_the_last_line_once() -> None:
    voice = Voice(**{**VOICE.model_dump(), "ai_label": "内容由AI辅助生成"})
    made = assemble({"first_line": "先看水温", "body": "温水就行。"}, brief(voice=voice), TIP)
    assert made and made.text.endswith("\n\n内容由AI辅助生成") and made.text.count("AI辅助") == 1


def test_a_live_token_stands_only_where_it_can_be_filled() -> None:
    body = "还剩⟦campaign_stock:C1⟧瓶（⟦as_of⟧后台数）\n还剩⟦stock:X⟧瓶\n谢谢大家⟦\n不急。"
    status = assemble({"first_line": "首晚余量", "body": body}, offer("status"), all_kinds()["status"])
    assert status and status.text == "首晚余量\n还剩⟦campaign_stock:C1⟧瓶（⟦as_of⟧后台数）\n不急。"
    launch = assemble({"first_line": "面霜开售", "body": body}, offer(), all_kinds()["launch"])
    assert launch and launch.text == "面霜开售\n不急。"


def test_facts_are_those_the_text_mentions_and_those_named_that_exist() -> None:
    made = assemble(
        {"first_line": "20:00到了", "body": "199元，每人限购2瓶", "fact_ids": ["campaign.C1.gift", "evil.id", 7]},
        offer(), all_kinds()["launch"],
    )  # fmt: skip
    assert made is not None
    assert {fact.id for fact in made.facts} == {
        "campaign.C1.price", "campaign.C1.start", "campaign.C1.limit", "campaign.C1.gift",
    }  # fmt: skip


def test_an_answer_without_words_makes_no_post() -> None:
    assert assemble({"first_line": " ", "body": "```\n```", "fact_ids": "x"}, brief(), TIP) is None


values = st.one_of(
    st.text(max_size=200), st.lists(st.text(max_size=40), max_size=5), st.none(), st.integers()
)


@settings(max_examples=150, deadline=None)
@given(
    st.fixed_dictionaries(
        {}, optional=dict.fromkeys(("first_line", "body", "action", "picture", "fact_ids"), values)
    )
)
def test_whatever_comes_the_text_holds_nothing_invisible_and_no_syntax(answer: dict[str, Any]) -> None:
    made = assemble(answer, brief(), TIP)
    if made is None:
        return
    assert all(c == "\n" or c == "\u200d" or unicodedata.category(c)[0] != "C" for c in made.text)
    assert not any(mark in made.text for mark in ("{{", "}}", "{%", "⟦", "\n\n\n"))
    assert made.text == made.text.strip()


def test_a_flood_of_text_is_cut() -> None:
    made = assemble(
        {"first_line": "水" * 50_000, "body": "温" * 500_000, "action": "试" * 9000}, brief(), TIP
    )
    assert made and len(made.text) < BODY + 1000
