"""The facts check: what has no source, or stands in the wrong place, is found; what has one passes."""

from __future__ import annotations

from typing import Any

import pytest

from generator.checks import check, get_ready
from generator.checks import facts as facts_module
from prompts.brief import Brief, CampaignSheet, Fact, FactKind, Note, ProductSheet
from prompts.draft import Finding

GOOD = (
    "神经酰胺修护面霜，今晚20点开售\n\n50g一瓶199元，就是日常价；每人限购2瓶。\n"
    "前500单随单送修护乳小样10ml×2支，送完为止。\n\n👉 https://mall.example.com/muhe/p/MH105"
)


def blocks(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(f.rule, f.excerpt) for f in findings if f.verdict == "block"]


def facts_of(findings: tuple[Finding, ...]) -> list[Finding]:
    return [f for f in findings if f.rule.startswith("fact.")]


def test_a_text_that_rests_on_its_brief_has_no_finding(launch: Brief) -> None:
    assert check(GOOD, launch) == ()


def test_sources_that_were_read_ahead_are_not_read_again(
    launch: Brief, monkeypatch: pytest.MonkeyPatch
) -> None:
    get_ready(launch)
    monkeypatch.setattr(facts_module, "known", lambda *_: pytest.fail("read a second time"))
    assert check(GOOD, launch) == ()


@pytest.mark.parametrize(
    ("right", "wrong", "rule", "excerpt"),
    [
        ("199元", "189元", "fact.price_unknown", "189元"),
        ("20点", "21点", "fact.time_unknown", "今晚21点"),
        ("前500单", "前600单", "fact.count_unknown", "600单"),
        ("限购2瓶", "限购3瓶", "fact.limit_contradicts", "3"),
        ("10ml", "30ml", "fact.size_unknown", "30ml"),
        ("MH105", "MH106", "fact.url_unknown", "https://mall.example.com/muhe/p/MH106"),
        ("今晚20点", "11月27日20点", "fact.moment_contradicts", "11月27日20点"),
        ("今晚20点", "12月6日20点", "fact.date_unknown", "12月6日"),
        ("今晚20点", "11月26日（周五）20点", "fact.weekday_contradicts", "周五"),
        ("就是日常价", "日常价259元", "fact.usual_contradicts", "259"),
        ("送完为止", "好评率98%", "fact.percent_unknown", "98%"),
        ("送完为止", "SPF50+", "fact.code_unknown", "SPF50+"),
    ],
)
def test_one_wrong_figure_is_found_where_it_stands(
    launch: Brief, right: str, wrong: str, rule: str, excerpt: str
) -> None:
    findings = check(GOOD.replace(right, wrong, 1), launch)
    assert (rule, excerpt) in blocks(findings)


def test_a_wrong_price_comes_with_the_right_one(launch: Brief) -> None:
    wrong = next(f for f in check(GOOD.replace("199元", "189元"), launch) if f.verdict == "block")
    assert wrong.replacement == "199元"


@pytest.mark.parametrize(
    "line",
    [
        "晚8点见", "晚上八点开售", "今晚8点，卡片直接进", "11月26日（周四）20:00开售", "26日晚上8点开",
        "周四晚上见", "11月29日22点结束", "每人最多两瓶", "一瓶50g", "共1,500瓶", "取黄豆大小，三步就够：",
        "1. 先洁面\n2. 再上霜", "① 温开 ② 按压", "想看质地回1，想看成分回2", "付款后48小时内发出", "一分钟看完",
        "说两句", "第一次用的先试耳后", "２０：００开售", "还剩⟦stock:MH105⟧", "A 买 B 再想想", "开封后先看罐底",
    ],
)  # fmt: skip
def test_what_the_brief_bears_out_passes_however_it_is_written(launch: Brief, line: str) -> None:
    assert facts_of(check(line, launch)) == []


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("今晚结束，抓紧", "今晚"),  # it ends on the 29th
        ("明天开售，别急", "明天"),
        ("11月28日22点结束", "11月28日"),
    ],
)
def test_a_start_or_end_on_the_wrong_day_is_found(launch: Brief, text: str, found: str) -> None:
    assert any(found in excerpt for _, excerpt in blocks(check(text, launch)))


def test_tomorrow_counts_from_the_day_of_the_post(flash: Brief) -> None:
    assert facts_of(check("明天16点开抢，49元一盒，800盒，每人限2盒", flash)) == []
    assert blocks(check("今天16点开抢，49元一盒", flash))


def test_the_reference_price_must_be_the_lowest_of_seven_days(flash: Brief) -> None:
    assert facts_of(check("近7日最低成交价69元", flash)) == []
    wrong = check("近7日最低成交价79元", flash)
    assert [(f.rule, f.replacement) for f in wrong if f.verdict == "block"] == [
        ("fact.lowest_contradicts", "69")
    ]


def test_the_seven_days_of_the_comparison_are_no_duration_of_ours(flash: Brief) -> None:
    quiet = flash.model_copy(
        update={"facts": (), "campaign": flash.campaign.model_copy(update={"rules": ""})}
    )  # type: ignore[union-attr]
    found = check("面膜近7日最低成交价69元，7天见效", quiet)

    assert [f.excerpt for f in found if f.rule == "fact.duration_unknown"] == ["7天"]


def saving(make_brief: Any, campaign: CampaignSheet, products: tuple[ProductSheet, ...]) -> Brief:
    brief: Brief = make_brief(kind="spend_and_save", campaign=campaign, products=products, facts=())
    return brief


PRICES = tuple(
    ProductSheet(code=code, name=name, price=price)
    for code, name, price in [("MH101", "山茶花氨基酸洁面乳", "89"), ("MH103", "积雪草舒缓精华水", "129"), ("MH105", "神经酰胺修护面霜", "199")]
)  # fmt: skip


@pytest.fixture
def bill(launch: Brief) -> Brief:
    from datetime import datetime

    start = datetime.fromisoformat("2026-12-02T20:00+08:00")
    campaign = CampaignSheet(
        code="save", name="岁末换季满减", kind="spend_and_save", rules="实付满299元减40元，同一订单只减一次。",
        start_at=start, end_at=datetime.fromisoformat("2026-12-03T22:00+08:00"),
    )  # fmt: skip
    return launch.model_copy(
        update={"kind": "spend_and_save", "at": start, "campaign": campaign, "products": PRICES, "facts": ()}
    )


def test_a_sum_that_is_shown_and_right_passes(bill: Brief) -> None:
    assert facts_of(check("精华水129+面霜199=328，减40，实付288元", bill)) == []
    assert facts_of(check("洁面89+精华水129+洁面89=307，实付267", bill)) == []


@pytest.mark.parametrize("text", ["精华水129+面霜199=338", "129+199=328，实付278元", "满299减50，今晚开始"])
def test_a_sum_that_is_wrong_is_found(bill: Brief, text: str) -> None:
    assert blocks(check(text, bill))


def test_a_discount_below_the_threshold_is_no_source(bill: Brief) -> None:
    assert blocks(check("洁面89+精华水129=218，实付178元", bill))


def test_a_fact_that_changed_since_is_no_longer_a_source(launch: Brief) -> None:
    brief = launch.model_copy(
        update={
            "campaign": None, "products": (),
            "facts": (Fact(id="product.MH105.price", kind=FactKind.price, label="价", value="199"),),
        }
    )  # fmt: skip
    now = (Fact(id="product.MH105.price", kind=FactKind.price, label="价", value="209"),)
    assert not blocks(check("面霜199元", brief))
    assert blocks(check("面霜199元", brief, facts=now))
    assert not blocks(check("面霜209元", brief, facts=now))


def test_a_product_the_brief_does_not_know_is_doubted(launch: Brief) -> None:
    assert [f.rule for f in check("烟酰胺美白精华也一起看看", launch) if f.rule.startswith("fact")] == [
        "fact.product_unknown"
    ]
    assert facts_of(check("神经酰胺面霜今晚见", launch)) == []


def test_knowledge_is_a_source_and_what_groups_heard_is_not(launch: Brief) -> None:
    note = Note(key="n", topic="皮肤常识", question="湿度", answer="一般40%到60%体感较舒服。")
    assert facts_of(check("屋里湿度40%到60%就好", launch.model_copy(update={"knowledge": (note,)}))) == []
    assert blocks(check("屋里湿度40%到60%就好", launch))


@pytest.mark.parametrize(
    "text", ["还剩⟦stock:MH999⟧", "还剩⟦price:MH105⟧", "还剩⟦stock:MH105", "约⟦time_left⟧⟧"]
)
def test_a_live_value_nobody_can_fill_is_found(launch: Brief, text: str) -> None:
    assert "fact.live_unknown" in {f.rule for f in check(text, launch)}
