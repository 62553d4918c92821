"""Scores follow what an editor would count, and two writers can be told apart by them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator

import pytest

from generator.evaluation import MEASURES, Contestant, Result, run
from generator.evaluation.judge import judge
from generator.evaluation.measures import cases, score
from generator.evaluation.page import page
from generator.models import ChatModel, from_setting
from generator.writing import WritingDesk
from prompts.brief import Brief
from prompts.draft import Draft, Finding, Provenance
from prompts.evalset import briefs
from prompts.kinds import all_kinds
from prompts.library import Library
from tests.fakes.openai_server import OpenAIServer, answer, garbage

LAUNCH = next(one for one in briefs() if one.kind == "launch" and one.tier.level == "mid")
GOOD = (
    "20:00到了，面霜开售\n海茴香保湿面霜，168元一罐，每人限购2罐。\n前300单随单送小样，送完为止，到11月29日22:00。\n"
    "脸不绷的先不用买。\n👉 商品卡片"
)


def values(text: str, brief: Brief = LAUNCH, findings: tuple[Finding, ...] = ()) -> dict[str, float]:
    draft = Draft(text=text, findings=findings, provenance=Provenance(author="test"))
    [case] = cases([(brief, draft)], all_kinds().__getitem__)
    return dict(score(case).values)


def test_a_good_text_is_full_on_every_measure() -> None:
    assert {name for name, value in values(GOOD).items() if value < 1} == set()


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        ("面霜来了", "must_have"),
        (GOOD + "\n手慢无", "never"),
        ("面霜来了", "length"),
        (GOOD.replace("面霜开售", "我们等了很久的那一罐海茴香保湿面霜终于开售了呀"), "first_line"),
        (GOOD + "\n回个1报名", "one_action"),
        (GOOD.replace("👉 商品卡片", ""), "must_have"),
        (GOOD + "\n" + "\n".join("一二三四五"), "layout"),
        (GOOD + "🎁🎁🎁🎁", "layout"),
        (GOOD + "这一罐面霜的质地是我们前前后后调整了很多很多很多很多次才终于定下来的", "ease"),
    ],
)  # fmt: skip
def test_each_fault_costs_its_measure(text: str, measure: str) -> None:
    assert values(text)[measure] < 1


def test_findings_cost_what_they_stand_for() -> None:
    block = Finding(rule="fact.number_unknown", verdict="block", reason="x")
    found = values(GOOD, findings=(block,))
    assert found["facts"] == found["no_block"] == found["no_finding"] == 0
    warn = Finding(rule="length.first_line", verdict="warn", reason="x")
    assert values(GOOD, findings=(warn,))["no_block"] == 1


def test_the_same_words_for_every_tier_and_slot_cost_variety_and_stance() -> None:
    rows = [one for one in briefs() if one.kind == "tip"][:6]
    draft = Draft(text="洗脸用温水就行。\n先试一次看看。", provenance=Provenance(author="test"))
    found = [score(case).values for case in cases([(one, draft) for one in rows], all_kinds().__getitem__)]
    assert all(one["tier"] == 0 and one["variety"] == 0 and one["new_opening"] == 0 for one in found)


@pytest.fixture
def model() -> Iterator[tuple[OpenAIServer, ChatModel]]:
    with OpenAIServer() as server:
        made = from_setting(f"{server.url}#m?timeout=5")[0]
        yield server, made
        made.close()


def contest(some: list[Brief], *models: ChatModel) -> Result:
    return asyncio.run(run(Contestant("x", WritingDesk(Library.load(), models)), some))


def test_a_writer_that_always_says_the_same_loses_to_the_offline_writer(
    model: tuple[OpenAIServer, ChatModel],
) -> None:
    server, chat = model
    server.play(
        answer(
            {"first_line": "今天天气真好", "body": "大家加油！", "action": "", "picture": "", "fact_ids": []}
        )
    )
    some = [one for one in briefs() if one.kind in ("tip", "qa")][3:9]
    offline, monotone = (
        contest(some),
        asyncio.run(run(Contestant("m", WritingDesk(Library.load(), (chat,), repair_rounds=0)), some)),
    )
    assert len(offline.scored) == len(monotone.scored) == 6
    assert offline.total > monotone.total
    assert set(offline.by_measure()) == set(MEASURES) and set(offline.by_kind()) == {"tip", "qa"}


def test_the_judge_gives_marks_and_an_unusable_verdict_is_left_out(
    model: tuple[OpenAIServer, ChatModel],
) -> None:
    server, chat = model
    result = contest([one for one in briefs() if one.kind == "rules"][:2])
    server.play(answer({"score": 4, "reason": "可以"}), answer({"score": 9, "reason": "x"}))
    assert sorted(asyncio.run(judge(chat, result.scored)).values()) == [4]
    server.play(garbage())
    assert asyncio.run(judge(chat, result.scored)) == {}


def test_the_page_shows_every_text_and_runs_nothing(model: tuple[OpenAIServer, ChatModel]) -> None:
    server, chat = model
    evil = {
        "first_line": "<script>alert(1)</script>洗脸水温",
        "body": "温水<img src=x onerror=1>就行 & 好",
        "action": "",
        "picture": "",
        "fact_ids": [],
    }
    server.play(answer(json.dumps(evil)))
    some = [one for one in briefs() if one.kind == "tip"][:3]
    results = [contest(some), contest(some, chat)]
    html = page(results, {"x": {some[0].post: 5}})
    assert "<script" not in html and "onerror=" not in html.replace("&lt;", "").split("<pre>")[0]
    assert html.count("<pre>") == 6 and "5.00" in html


def test_the_page_marks_where_contestants_differ_and_puts_those_briefs_first(
    model: tuple[OpenAIServer, ChatModel],
) -> None:
    server, chat = model
    server.play(
        answer({"first_line": "今天天气真好", "body": "加油！", "action": "", "picture": "", "fact_ids": []})
    )
    some = [one for one in briefs() if one.kind in ("tip", "rules")][:6]
    good = contest(some)
    poor = asyncio.run(run(Contestant("m", WritingDesk(Library.load(), (chat,), repair_rounds=0)), some))
    html = page([good, poor])
    assert 'class="n best"' in html and 'class="n less"' in html
    assert "干货分享" in html and ">tip<" not in html
    assert 'class="n best"' not in page([good, good])
