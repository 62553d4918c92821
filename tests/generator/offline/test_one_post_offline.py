"""One brief, one text: the same every time, obedient to wishes, short where little is known."""

from __future__ import annotations

import pytest

from generator import offline
from prompts.brief import LEVELS, Note, ProductSheet, Programme, TierSheet, Voice
from prompts.errors import PromptError
from prompts.kinds import all_kinds
from tests.fakes.briefs import START, brief, offer

NOTE = Note(
    key="k9", topic="存放", question="护肤品放浴室合适吗",
    answer="浴室潮、温度变化大，不太适合久放。放在阴凉避光的地方，用完拧紧盖子。",
)  # fmt: skip


def test_the_same_brief_and_seed_give_the_same_draft() -> None:
    first = offline.write(brief(), seed=3)
    assert offline.write(brief(), seed=3) == first
    assert first.provenance.author == "offline"
    assert first.provenance.seed == 3
    assert first.provenance.brief_hash == brief().digest()
    assert first.findings == ()


def test_another_seed_gives_another_text() -> None:
    texts = {offline.write(brief(), seed=seed).text for seed in range(12)}
    assert len(texts) >= 4


@pytest.mark.parametrize("kind", sorted(all_kinds()))
@pytest.mark.parametrize("level", LEVELS)
def test_every_kind_is_written_for_every_tier_even_from_an_empty_brief(kind: str, level: str) -> None:
    bare = brief(
        kind,
        level,
        theme="",
        knowledge=(),
        scripts=(),
        voice=Voice(brand="", industry="", persona="p", nickname=""),
    )
    draft = offline.write(bare, seed=1)
    assert len(draft.text) >= 12
    assert "{" not in draft.text


def test_an_unknown_kind_is_refused_in_one_sentence() -> None:
    with pytest.raises(PromptError, match="内容类型"):
        offline.write(brief("poem"), seed=1)


def test_an_empty_theme_still_tells_a_tip_from_the_knowledge() -> None:
    draft = offline.write(brief(theme=""), seed=5)
    assert any(word in draft.text for word in ("温水", "湿度", "保湿"))


def test_the_answer_that_fits_the_theme_is_told_and_named_as_a_fact() -> None:
    asked = brief(theme="一分钟小常识：护肤品放浴室合不合适", knowledge=(*brief().knowledge, NOTE))
    for seed in range(6):
        assert "浴室" in offline.write(asked, seed=seed).text


def test_a_remark_about_length_is_obeyed_and_never_shown() -> None:
    asked = brief(
        level="low",
        theme="一分钟小常识：护肤品放浴室合不合适",
        remark="60字左右，读完不用十秒",
        knowledge=(NOTE,),
    )
    for seed in range(6):
        text = offline.write(asked, seed=seed).text
        assert len("".join(text.split())) <= 72
        assert "60字" not in text and "十秒" not in text


def test_a_reminder_asked_for_in_one_sentence_is_one_line() -> None:
    asked = offer(
        "reminder", theme="今晚20点见，想看的先收藏卡片，不着急的不用管", remark="一句话",
        at=START.replace(hour=10), stage="warm_up",
    )  # fmt: skip
    text = offline.write(asked, seed=2).text
    assert "\n" not in text
    assert "今晚8点" in text


def test_a_game_says_how_many_win_what_and_when() -> None:
    asked = brief(
        "game", theme="周一接龙：用带“水”字的成语往下接，随机抽1位送200积分",
        remark="17点公布；积分90天有效，会员中心兑券", at=brief().at.replace(hour=14),
    )  # fmt: skip
    for seed in range(8):
        text = offline.write(asked, seed=seed).text
        for wanted in ("水", "抽1位", "200积分", "5点公布", "90天"):
            assert wanted in text, text


def test_a_vote_has_its_options_side_by_side() -> None:
    asked = brief("game", "low", theme="下午茶投票：甜的、咸的还是原味", remark="选字母")
    text = offline.write(asked, seed=1).text
    assert all(option in text for option in ("A 甜的", "B 咸的", "C 原味"))


def test_a_riddle_from_a_table_never_shows_the_goods_that_launch_next() -> None:
    goods = tuple(
        ProductSheet(
            code=code, name=name, ingredients="、".join(f"{name[0]}料{number}" for number in "甲乙丙丁戊己")
        )
        for code, name in (("A", "桂花糕"), ("B", "绿豆饼"))
    )
    launch = offer().campaign
    assert launch is not None
    asked = brief(
        "game", "high", theme="看配料表猜产品，答对的人里随机抽1位送200积分", remark="答案当天22点前在群里公布",
        products=goods, next_launch=launch.model_copy(update={"products": ("A",)}),
    )  # fmt: skip
    for seed in range(8):
        text = offline.write(asked, seed=seed).text
        assert "桂料" not in text
        assert "绿料甲" in text


def test_results_are_never_invented() -> None:
    asked = brief(
        "status", theme="接龙结果：接到第几个、抽中谁、积分几点到账", remark="昵称隐去中间字",
        at=brief().at.replace(hour=17),
        today=(Programme(at=brief().at.replace(hour=14), kind="game", theme="周一接龙，随机抽1位送200积分"),),
    )  # fmt: skip
    for seed in range(8):
        text = offline.write(asked, seed=seed).text
        assert "接到第" not in text
        assert "**" not in text and "XX" not in text
        assert "昵称" in text and "隐去中间字" in text
        assert "200积分" in text


@pytest.mark.parametrize("level", LEVELS)
def test_a_stock_report_names_its_sources_instead_of_numbers(level: str) -> None:
    asked = offer(
        "status",
        level,
        theme="面霜余量播报",
        remark="写明统计时间",
        at=START.replace(hour=22),
        stage="status",
    )
    text = offline.write(asked, seed=4).text
    assert "⟦campaign_stock:C1⟧" in text
    assert "⟦as_of⟧" in text
    assert "1500" not in text


def test_what_an_editor_asks_for_is_done() -> None:
    first = offline.write(offer(), seed=1)
    wishes = {
        "短一点": lambda text: len(text) < len(first.text),
        "不要表情": lambda text: (
            not any(ord(char) > 0x1F000 or 0x2600 <= ord(char) <= 0x27BF for char in text)
        ),
        "换个开头": lambda text: text.split("\n")[0] != first.first_line,
        "提一下赠品": lambda text: "小样" in text,
        "不要链接": lambda text: "http" not in text,
    }
    for wish, held in wishes.items():
        again = offline.write(offer(instruction=wish, previous=first.text), seed=1)
        assert again.text != first.text, wish
        assert held(again.text), (wish, again.text)


def test_a_neighbours_text_is_not_said_again() -> None:
    first = offline.write(brief(), seed=1)
    second = offline.write(brief(post="another"), seed=1, taken=(first.text,))
    assert second.first_line != first.first_line


def test_the_name_of_a_tier_in_a_theme_is_not_passed_on() -> None:
    asked = brief(
        "member_day",
        tier=TierSheet(level="low", name="新芽群"),
        theme="新芽小福利：满99减10元券，限量300张",
        remark="",
    )
    text = offline.write(asked, seed=2).text
    assert "新芽" not in text
    assert "满99减10" in text


def test_words_for_colleagues_in_a_remark_stay_out() -> None:
    asked = brief(remark="给潜客铺垫，先核库存；转化目标5%；数据同事看一眼")
    text = offline.write(asked, seed=2).text
    assert not [word for word in ("潜客", "铺垫", "库存", "5%", "同事看") if word in text]


def test_the_facts_of_a_draft_are_those_it_rests_on() -> None:
    sale = {fact.id for fact in offline.write(offer(), seed=1).facts}
    assert {"product.MH105.name", "campaign.C1.price", "campaign.C1.end", "campaign.C1.limit"} <= sale
    report = offline.write(
        offer("status", theme="面霜余量", stage="status", at=START.replace(hour=22)), seed=1
    )
    told = {fact.id for fact in report.facts}
    assert {"live.campaign_stock:C1", "live.as_of"} <= told
    assert "campaign.C1.stock" not in told


def test_the_action_of_a_draft_stands_in_its_text() -> None:
    for kind in all_kinds():
        draft = offline.write(offer(kind), seed=2)
        assert draft.action in draft.text
