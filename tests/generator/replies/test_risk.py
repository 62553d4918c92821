"""Danger is seen although worded otherwise, denied danger is not, and the care sentences are lawful."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.checks.checking import check_text
from generator.replies.risk import RiskClass, classes, detect

CLASSES = {risk.key: risk for risk in classes()}


def keys(text: str) -> list[str]:
    return [danger.risk.key for danger in detect(text, industry="skin")]


@pytest.mark.parametrize("risk", classes(), ids=lambda risk: risk.key)
def test_each_class_sees_its_own_examples_and_leaves_its_own_counterexamples(risk: RiskClass) -> None:
    assert risk.text.hit and risk.text.miss
    assert [text for text in risk.text.hit if risk.key not in keys(text)] == []
    assert [text for text in risk.text.miss if risk.key in keys(text)] == []


@pytest.mark.parametrize("risk", classes(), ids=lambda risk: risk.key)
def test_care_sentences_pass_the_checks_and_sell_nothing(risk: RiskClass) -> None:
    for text in (risk.text.private, risk.text.group):
        assert not [finding for finding in check_text(text) if finding.verdict == "block"]
        assert "元" not in text and "http" not in text


@pytest.mark.parametrize(
    "risk", [risk for risk in classes() if risk.text.order > 6], ids=lambda risk: risk.key
)
def test_care_in_the_group_moves_to_private(risk: RiskClass) -> None:
    assert "私信" in risk.text.group


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("过闵了满脸都是", "reaction"), ("guo min le", "reaction"), ("怀yun了能用吗", "pregnancy"), ("我要投素", "complaint"),
        ("湿诊能用吗", "medicine"), ("眼晴好疼", "eye"), ("过 敏 了", "reaction"), ("過敏了臉好癢", "reaction"),
        ("１２３１５见", "complaint"), ("yunfu keyi yong ma", "pregnancy"), ("my face is swollen and itchy", "reaction"),
    ],
)  # fmt: skip
def test_misspelled_danger_is_seen(text: str, key: str) -> None:
    assert key in keys(text)


@pytest.mark.parametrize(
    "text",
    [
        "我不过敏", "没有怀孕", "敏感肌能用吗", "宝宝们早", "孩子他爸也想用", "会不会过敏呀", "想死你们了", "不投诉，就问问几天到",
        "药妆是什么", "国民品牌吗", "这阵子好干", "心疼钱包", "手痒又下单了", "口红吃妆吗", "熬夜爆痘了用什么洗面奶", "泛红肌可以用吗",
    ],
)  # fmt: skip
def test_denied_or_idle_words_are_no_danger(text: str) -> None:
    assert keys(text) == []


def test_the_gravest_class_comes_first() -> None:
    assert keys("脸肿了还喘不上气，再不管我就打12315")[0] == "breath"
    assert keys("孩子吃了一口面霜")[0] == "swallow"


def test_in_a_food_shop_eating_is_no_accident() -> None:
    assert "swallow" not in [danger.risk.key for danger in detect("昨天吃了一口坚果很香", industry="food")]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    detect(text)


def test_ten_thousand_characters_are_read_quickly_and_the_end_counts() -> None:
    assert "reaction" in keys("今天天气不错，" * 1400 + "用完脸又红又痒")
