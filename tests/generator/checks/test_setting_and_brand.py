"""What is known of the goods, the industry, the kind and the brand changes what is found."""

from __future__ import annotations

from generator.checks import check, check_text
from prompts.brief import Brief, ProductSheet, Voice
from prompts.draft import Finding

SERUM = ProductSheet(
    code="MH111", name="烟酰胺美白精华液", efficacy=("祛斑美白", "保湿"), filing="国妆特字20259911", evidence="检验报告"
)  # fmt: skip
CREAM = ProductSheet(
    code="MH105", name="神经酰胺修护面霜", efficacy=("修护", "保湿"), filing="粤G妆网备字2026900105", evidence="MH-HT-2026-014"
)  # fmt: skip


def rules(findings: tuple[Finding, ...], verdict: str | None = None) -> set[str]:
    return {f.rule for f in findings if verdict in {None, f.verdict}}


def test_a_registered_product_may_claim_what_it_is_registered_for() -> None:
    text = "这款美白精华今晚开售"
    assert "cosmetics.whitening" in rules(check_text(text), "warn")
    assert "cosmetics.whitening" not in rules(check_text(text, product=SERUM))
    assert "cosmetics.whitening" in rules(check_text(text, product=CREAM), "block")


def test_a_claim_that_is_filed_and_has_evidence_needs_no_warning() -> None:
    assert "cosmetics.evaluate" in rules(check_text("这款面霜修护屏障"))
    assert "cosmetics.evaluate" not in rules(check_text("这款面霜修护屏障", product=CREAM))
    assert "cosmetics.evaluate" in rules(check_text("这款面霜抗皱紧致", product=CREAM), "block")


def test_the_industry_decides_which_packs_run() -> None:
    food = "每天一杯，三高都降下来了"
    assert "food.disease" in rules(check_text(food, industry="food"))
    assert not any(rule.startswith("food.") for rule in rules(check_text(food, industry="护肤（化妆品）")))
    assert not any(
        rule.startswith("cosmetics.") for rule in rules(check_text("一洗白，速白", industry="食品"))
    )
    assert rules(check_text(food)), "with no industry told, every pack runs"


def test_know_how_with_a_link_needs_the_advertisement_mark(launch: Brief) -> None:
    tip = launch.model_copy(update={"kind": "tip", "campaign": None})
    text = "洗完脸先别急着擦干。\n想看面霜的点这里：https://mall.example.com/muhe/p/MH105"
    assert "marks.ad_missing" in rules(check(text, tip), "block")
    assert "marks.ad_missing" not in rules(check(f"【广告】{text}", tip))
    assert "marks.ad_missing" not in rules(check(text, launch)), "a sale post is an advertisement on its face"


def test_the_ai_label_is_asked_for_only_in_a_final_text(launch: Brief) -> None:
    voice = Voice(**{**launch.voice.model_dump(), "ai_label": "内容由AI辅助生成"})
    brief = launch.model_copy(update={"voice": voice})
    assert "marks.ai_missing" not in rules(check("今晚8点见", brief))
    assert "marks.ai_missing" in rules(check("今晚8点见", brief, final=True), "block")
    assert "marks.ai_missing" not in rules(check("今晚8点见\n内容由AI辅助生成", brief, final=True))


def test_a_doubt_on_blocked_words_is_left_out() -> None:
    found = check_text("全网最低价，速来")
    blocked = [(f.start, f.end) for f in found if f.verdict == "block"]
    assert not [
        f for f in found if f.verdict == "warn" and any(a <= f.start and f.end <= b for a, b in blocked)
    ]
