"""Prices are compared with the lowest of the seven days before, or not at all."""

from __future__ import annotations

import pytest

from generator.checks import check
from prompts.brief import Brief
from prompts.draft import Finding

# The mask costs 79 every day, was sold at 69 in the last seven days, and is offered at 49 on Saturday.


def of_prices(text: str, brief: Brief) -> list[Finding]:
    return [
        item
        for item in check(text, brief)
        if item.rule.startswith(("fact.reference", "fact.saving", "fact.not_cheaper"))
    ]


@pytest.mark.parametrize(
    ("text", "rule", "excerpt"),
    [
        ("原价79元，今晚49元", "fact.reference_above_lowest", "79"),
        ("划线价：79，活动价49元", "fact.reference_above_lowest", "79"),
        ("市场价要79元，群里49元", "fact.reference_above_lowest", "79"),
        ("参考价79元，活动价49元", "fact.reference_above_lowest", "79"),
        ("原价７９元，今晚49元", "fact.reference_above_lowest", "７９"),
        ("面膜今晚直降30元，只要49元", "fact.saving_above_lowest", "直降30元"),
        ("面膜5片装，今晚立省了30块", "fact.saving_above_lowest", "立省了30块"),
    ],
)
def test_a_comparison_with_more_than_the_lowest_of_seven_days_is_blocked(
    flash: Brief, text: str, rule: str, excerpt: str
) -> None:
    (found,) = of_prices(text, flash)
    assert (found.rule, found.verdict, found.excerpt) == (rule, "block", excerpt)
    assert "69" in found.reason or "69" in found.suggestion
    assert "第十六条" in found.law


@pytest.mark.parametrize(
    "text",
    [
        "参考价为近7日最低成交价69元，活动价49元",
        "原价69元，今晚49元",
        "面膜今晚直降20元，只要49元",
        "日常价79元，活动价49元",
        "比平时便宜，今晚49元",
        "满299元立减40元",
        "买2盒立减30元",
        "领30元券，下单立减30元",
        "今晚49元，每人限购3盒",
    ],
)
def test_a_true_comparison_passes(flash: Brief, text: str) -> None:
    assert of_prices(text, flash) == []


def test_what_costs_no_less_than_last_week_is_not_cheaper_than_usual(flash: Brief) -> None:
    assert flash.campaign is not None
    dear = flash.model_copy(update={"campaign": flash.campaign.model_copy(update={"price": "69.00"})})
    (found,) = of_prices("今晚比平时便宜，69元带走", dear)
    assert (found.rule, found.excerpt) == ("fact.not_cheaper", "比平时便宜")
    assert of_prices("今晚69元带走", dear) == []


def test_nothing_is_said_where_the_seven_days_are_not_known(launch: Brief) -> None:
    assert of_prices("原价299元，今晚199元，直降100元，比平时便宜", launch) == []


def test_the_price_of_a_bundle_is_not_compared_with_that_of_one(flash: Brief) -> None:
    assert flash.campaign is not None
    rules = "周六16点到22点，2盒装共79元，每人限购3组。"
    pair = flash.campaign.model_copy(update={"price": "79.00", "rules": rules})
    assert of_prices("两盒装79元，立省20元", flash.model_copy(update={"campaign": pair})) == []


@pytest.mark.parametrize("text", ["全网最低价49元", "历史低价49元", "史上最低，49元"])
def test_a_price_nobody_can_prove_the_lowest_is_not_let_through(flash: Brief, text: str) -> None:
    assert [item.rule for item in check(text, flash) if item.rule.split(".")[0] in {"price", "absolute"}]
