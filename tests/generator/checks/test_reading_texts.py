"""Views, spans and time: what is found stands where the finding says, whatever the text, and soon."""

from __future__ import annotations

import time
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.checks import check, check_text, views
from generator.checks.joined import joined
from prompts.brief import Brief

# Pieces that rules look for, tricks, and signs of every sort: random joins of them reach deep into the packs.
PIECES = st.sampled_from(
    ["最好用", "zui", "蕞", "第①", "❶", "全網", "消·炎", "氵肖炎", "治liao", "💯", "❤", "薇", "V信", "👉", "\u200b", "\ufe0f",
     "，", "。", "！", "\n", " ", "　", "199元", "限购3瓶", "晚8点", "11月26日（周五）", "减月巴", "湿疹", "七天见效", "转发", "领红包",
     "不是", "面霜", "１２３", "㎏", "ﬁ", "🇨🇳", "⟦stock:MH105⟧", "⟦", "https://a.b/c?x=1", "（", "）", "ǅ", "İ", "ß", "한", "ｶﾞ"]
)  # fmt: skip
TEXTS = st.lists(st.one_of(PIECES, st.text(max_size=4)), max_size=24).map("".join)


@given(TEXTS)
@settings(max_examples=250, deadline=None)
def test_every_finding_quotes_the_original_exactly(text: str) -> None:
    for finding in (*check_text(text), *check(text, brief())):
        assert 0 <= finding.start <= finding.end <= len(text)
        assert finding.excerpt == text[finding.start : finding.end]
        assert (finding.start, finding.end) == (0, 0) or finding.start < finding.end


@given(TEXTS)
@settings(max_examples=300, deadline=None)
def test_a_view_maps_back_in_order_and_within_the_text(text: str) -> None:
    strict = views.strict(text)
    for view in filter(None, [strict, joined(strict)]):
        ends = view.ends if view.ends is not None else [start + 1 for start in view.starts]
        assert len(view.text) == len(view.starts) == len(ends)
        assert list(view.starts) == sorted(view.starts)
        assert list(ends) == sorted(ends)
        assert all(0 <= start < end <= len(text) for start, end in zip(view.starts, ends, strict=True))


@given(TEXTS)
@settings(max_examples=150, deadline=None)
def test_the_strict_view_of_a_strict_view_says_the_same(text: str) -> None:
    once = views.strict(text).text
    assert views.strict(once).text == once


@cache
def brief() -> Brief:
    from importlib.util import module_from_spec, spec_from_file_location
    from pathlib import Path

    spec = spec_from_file_location("checks_briefs", Path(__file__).with_name("conftest.py"))
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    made: Brief = module.make()
    return made


def read(text: str) -> str:
    view = joined(views.strict(text)) or views.strict(text)
    return view.text


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("最 优 秀", "最优秀"), ("消·炎 去红", "消炎去红"), ("全|网|最|低|价", "全网最低价"), ("全網蕞低價", "全网最低价"), ("zui好用", "最好用"),
        ("美bai", "美白"), ("绝dui安quan", "绝对安全"), ("氵肖炎", "消炎"), ("减月巴", "减肥"), ("第①", "第一"), ("第❶", "第一"), ("Ｎｏ．１", "no.1"),
        ("🅥信", "微信"), ("药\u200b妆", "药妆"), ("百分💯", "100%"), ("1OO%", "100%"), ("加薇❤", "加微信"), ("F D A", "fda"),
        ("领❤福❤利❤", "领福利"), ("🈚副作用", "无副作用"),
    ],
)  # fmt: skip
def test_the_usual_tricks_are_read(written: str, says: str) -> None:
    assert says in read(written)


@pytest.mark.parametrize(
    "text",
    ["9月巴黎见", "V领毛衣", "ok go", "3.5g 12-15", "弟弟一年级", "醉蟹今天到货", "知了叫了一下午", "约妆造老师", "今天周五，明天周六", "女子单打", "嘴巴干"],
)  # fmt: skip
def test_ordinary_words_are_left_alone(text: str) -> None:
    assert read(text).replace(" ", "") == views.strict(text).text.replace(" ", "")


def test_clauses_are_not_joined() -> None:
    assert "最好" not in read("价格最，好吧")
    assert "最好" not in read("谁最\n好的")


def test_a_hit_that_only_the_joined_view_shows_has_lower_trust_and_an_exact_span() -> None:
    text = "姐妹们，最 优 秀 的国货面霜"
    finding = next(f for f in check_text(text) if f.rule.startswith("absolute."))
    assert finding.trust < 1
    assert finding.excerpt.startswith("最 优 秀")


HARMFUL = ["消炎", "根治", "止痒", "药妆", "祛疤", "杀菌", "全网最低价", "国家级", "无副作用", "最好用"]
NOISE = st.sampled_from(
    ["\u200b", "\u200d", "\ufeff", "\u2060", "·", "|", "*", "~", "✨", "🔥", "_", "-", "♡", "\u0336"]
)


@given(st.sampled_from(HARMFUL), st.data())
@settings(max_examples=200, deadline=None)
def test_signs_strewn_into_a_harmful_word_hide_nothing_and_the_span_covers_exactly_what_was_written(
    word: str, data: st.DataObject
) -> None:
    gaps = [data.draw(st.lists(NOISE, max_size=2).map("".join)) for _ in word[1:]]
    written = word[0] + "".join(gap + sign for gap, sign in zip(gaps, word[1:], strict=True))
    text = f"这款面霜{written}，今晚上架"
    found = [f for f in check_text(text) if f.verdict == "block"]
    assert found, text
    assert all(text[f.start : f.end] == f.excerpt for f in found)
    # Some finding stands on the word: what is left of its excerpt without the signs is part of the line as meant.
    meant = f"这款面霜{word}，今晚上架"
    assert any(
        "".join(s for s in f.excerpt if "\u4e00" <= s <= "\u9fff" or s in "，") in meant for f in found
    )
    if any(views.strict(gap).text for gap in gaps):
        assert len(word) > 2 or all(f.trust < 1 for f in found), "only the joined view shows it"
    else:
        assert any(f.trust == 1 for f in found), "invisible signs are no reason for doubt"


SLOW = ["好", "最", "（", "1", "zui", "最 ", "❤最", "小课堂", "湿疹", "“最", "原价1", "转发", "全网", "\u200b最", "治·", "抽3位", "不能", "12:", "满1减", "http://", "⟦", "a-1", "\n", '"', "”“", "（）", "1\n", "美·", "药🔥", "第(", "、一", "囷", "甪薇"]  # fmt: skip


@pytest.mark.parametrize("piece", SLOW)
def test_a_text_at_the_limit_made_of_one_piece_is_read_in_under_a_second(piece: str) -> None:
    text = (piece * 20_000)[:20_000]
    check_text("好")  # the packs are loaded once for a process
    started = time.process_time()
    check_text(text)
    check(text, brief())
    assert time.process_time() - started < 1.0


@pytest.mark.parametrize(
    "text",
    ["好" * 1_000_000, "\u200b" * 100_000, "（" * 500_000 + "）" * 500_000, "7" * 1_000_000, "\n" * 1_000_000,
     "“" * 1_000_000, "好\u200b" * 500_000, "最❤" * 500_000],
    ids=["one character", "zero width", "nested", "digits", "newlines", "quotes", "hidden", "emoji"],
)  # fmt: skip
def test_what_no_lane_could_carry_is_refused_at_once(text: str) -> None:
    started = time.process_time()
    assert [finding.rule for finding in check_text(text)] == ["length.unreadable"]
    assert time.process_time() - started < 1.0
