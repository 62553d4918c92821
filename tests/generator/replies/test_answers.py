"""What is said is in the sources, holds now, and fits where it is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from generator.replies import Question, Reply, ReplyDesk, desk_for, suggest
from prompts.reply import Corpus

BEFORE = datetime.fromisoformat("2026-11-24T10:00+08:00")
SALE = datetime.fromisoformat("2026-11-28T17:00+08:00")
AFTER = datetime.fromisoformat("2027-01-05T10:00+08:00")


def said(reply: Reply) -> str:
    return "\n".join(one.text for one in reply.suggestions)


def test_a_reviewed_script_that_fits_comes_first_in_its_own_words(desk: ReplyDesk) -> None:
    reply = suggest(Question("面膜可以天天敷吗？", BEFORE), desk)
    first = reply.suggestions[0]
    assert first.author == "script" and first.text in {script.answer for script in desk.corpus.scripts}
    assert reply.sources[0].sheet == "话术"


def test_a_script_about_a_day_that_has_passed_is_not_offered_as_current(desk: ReplyDesk) -> None:
    assert "12月2号" in said(suggest(Question("有点贵，再想想", BEFORE), desk))
    assert "12月2号" not in said(suggest(Question("有点贵，再想想", AFTER), desk))


def test_a_campaign_is_told_as_to_come_as_on_and_as_over(desk: ReplyDesk) -> None:
    asked = "满减什么时候开始，券能一起用吗"
    assert "还没开始" in said(suggest(Question(asked, BEFORE), desk))
    assert "正在进行" in said(suggest(Question("保湿面膜秒杀几点结束", SALE), desk))
    over = said(suggest(Question(asked, AFTER), desk))
    assert "已经在12月3日22:00结束" in over and "这次满299" not in over


def test_a_changed_price_takes_the_old_one_out_of_scripts(corpus: Corpus) -> None:
    products = tuple(
        replace(record, sheet=record.sheet.model_copy(update={"price": "59", "lowest_7d": "55"}))
        if record.sheet.code == "MH112" else record
        for record in corpus.products
    )  # fmt: skip
    text = said(suggest(Question("有点贵，再想想", BEFORE), desk_for(replace(corpus, products=products))))
    assert "润唇膏39" not in text


def test_prices_come_from_the_product_row_and_its_campaign(desk: ReplyDesk) -> None:
    assert "79元" in said(suggest(Question("面膜多少钱一盒", BEFORE), desk))
    assert "49元" in said(suggest(Question("面膜现在多少钱", SALE), desk))


def test_what_no_source_says_is_not_promised_and_counts_as_a_gap(desk: ReplyDesk) -> None:
    for asked in ("支持花呗分期吗", "有眼霜卖吗", "能寄到国外吗"):
        reply = suggest(Question(asked, BEFORE), desk)
        assert reply.gap and "我去问" in said(reply)


@pytest.mark.parametrize("tier", ["high", "mid", "low"])
def test_in_the_group_no_tier_is_told_and_orders_go_to_private(tier: str, desk: ReplyDesk) -> None:
    for asked in (
        "快递三天没动",
        "昨天买的今天降价了",
        "我是不是老友群的",
        "面霜多少钱",
        "为什么别的群有券我们没有",
    ):
        reply = suggest(Question(asked, BEFORE, private=False, tier=tier, group_name="沐禾宠粉群01"), desk)  # type: ignore[arg-type]
        text = said(reply) + reply.follow_up
        assert not any(name in text for name in ("老友群", "福利群", "新芽群", "高层级", "层级"))
        if "订单号" in text:
            assert "私信" in text


def test_tiers_are_spoken_to_differently(desk: ReplyDesk) -> None:
    texts = {
        tier: said(suggest(Question("防晒多久补一次", BEFORE, tier=tier), desk))  # type: ignore[arg-type]
        for tier in ("high", "low")
    }
    assert texts["high"] != texts["low"]


def test_a_service_persona_speaks_as_we_and_you(corpus: Corpus) -> None:
    desk = desk_for(replace(corpus, voice=corpus.voice.model_copy(update={"persona": "kefu"})))
    assert "我们去问" in said(suggest(Question("支持花呗分期吗", BEFORE), desk))


@pytest.mark.parametrize(
    ("text", "note"),
    [("", True), ("   \n", True), ("\x00\x01\u200b", True), ("😀😀", True), ("[图片]", True), ("do you ship to canada", True), ("12345", True)],
)  # fmt: skip
def test_what_is_no_question_in_words_gets_a_fitting_answer(text: str, note: bool, desk: ReplyDesk) -> None:
    reply = suggest(Question(text, BEFORE), desk)
    assert bool(reply.note) is note
    assert bool(reply.suggestions) is (reply.note != "没有读到客户的话，请把客户的原话贴进来。")


def test_ten_thousand_characters_are_answered(desk: ReplyDesk) -> None:
    reply = suggest(Question("啊" * 9_980 + "\n面膜一周敷几次", BEFORE), desk)
    assert {"sheet": "知识", "row": 43} in [source.place() for source in reply.sources[:3]]


def test_of_a_pasted_chat_only_the_customer_is_read(desk: ReplyDesk) -> None:
    chat = "沐禾宠粉官6号 10:01\n是不是过敏了？\n小鹿 10:02\n没有没有，就是想问面膜敷多久"
    reply = suggest(Question(chat, BEFORE), desk)
    assert reply.risk == "none"
    assert {"sheet": "知识", "row": 42} in [source.place() for source in reply.sources[:3]]


def test_an_unclear_question_gets_a_question_back(desk: ReplyDesk) -> None:
    assert "哪一支" in suggest(Question("这个怎么用", BEFORE), desk).follow_up


def test_the_same_question_gets_the_same_words(desk: ReplyDesk) -> None:
    question = Question("泥膜多久一次", BEFORE, tier="mid")
    assert suggest(question, desk) == suggest(question, desk)


@pytest.mark.parametrize("text", ["少发了一支护手霜", "发错色号了", "退款怎么还没到 都五天了"])
def test_a_script_on_broken_glass_answers_nothing_but_breakage(text: str, desk: ReplyDesk) -> None:
    reply = suggest(Question(text, BEFORE), desk)
    assert reply.escalate and "碎" not in said(reply) and "补发" not in said(reply)


def test_breakage_itself_is_answered_by_its_script(desk: ReplyDesk) -> None:
    assert "碎口" in said(suggest(Question("收到瓶子碎了一地", BEFORE), desk))


@pytest.mark.parametrize("private", [True, False])
@pytest.mark.parametrize("text", ["我对酒精过敏能用吗", "对海鲜过敏 能用你家的吗", "过敏体质可以用面膜吗"])
def test_who_tells_of_an_allergy_before_using_anything_is_not_told_to_stop(
    text: str, private: bool, desk: ReplyDesk
) -> None:
    reply = suggest(Question(text, BEFORE, private=private), desk)
    assert reply.escalate and "停用" not in said(reply) and "成分" in said(reply)


@pytest.mark.parametrize(
    "text", ["对酒精过敏 用了你们家脸肿了还能用吗", "过敏体质 昨晚涂了红了一片 能继续用吗"]
)
def test_who_has_used_it_is_told_to_stop(text: str, desk: ReplyDesk) -> None:
    assert "先停用" in said(suggest(Question(text, BEFORE), desk))


@pytest.mark.parametrize(
    "text",
    [
        "满多少包邮",
        "定金能退吗",
        "预售的什么时候发",
        "退群了还能再进吗",
        "小程序打不开了",
        "冬天寄会不会冻坏",
    ],
)
def test_an_everyday_question_no_row_speaks_of_is_a_gap(text: str, desk: ReplyDesk) -> None:
    reply = suggest(Question(text, BEFORE), desk)
    assert reply.gap and not reply.escalate and not any(one.sources for one in reply.suggestions)


def test_size_and_price_are_told_once(desk: ReplyDesk) -> None:
    first = suggest(Question("精华水多少毫升 多少钱", BEFORE), desk).suggestions[0].text
    assert first.count("（150ml）") == 1


@pytest.mark.parametrize("text", ["付款显示失败但是扣钱了", "下单备注忘写了", "你好 想了解下面霜"])
def test_what_wants_an_answer_gets_no_small_talk(text: str, desk: ReplyDesk) -> None:
    reply = suggest(Question(text, BEFORE), desk)
    assert reply.gap or reply.sources


@pytest.mark.parametrize("text", ["物流停在广州两天了", "退款怎么还没到 都五天了"])
def test_who_waits_for_a_parcel_or_money_is_not_asked_for_photographs(text: str, desk: ReplyDesk) -> None:
    reply = suggest(Question(text, BEFORE), desk)
    assert reply.escalate and "照片" not in said(reply) and "订单号" in said(reply)
