"""The parts of the offline writer: theme, wishes, moments, numbers, baskets, notes, joining, choice."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator.offline import baskets, headline, join, moments, names, notes, numbers, terms, theme, wishes
from generator.offline.dice import Dice
from generator.offline.join import Piece
from generator.offline.memory import Memory
from prompts.brief import Note, ProductSheet
from tests.fakes.briefs import START, brief


def test_a_theme_comes_apart_into_label_clauses_points_topics_and_question() -> None:
    chain = theme.parse("周一接龙：用带“水”字的成语往下接，随机抽1位送200积分")
    assert (chain.label, chain.clauses) == ("周一接龙", ("用带“水”字的成语往下接", "随机抽1位送200积分"))
    terms_first = theme.parse("明晚20点开售，价格、赠品、限购一次说清")
    assert terms_first.topics == ("价格", "赠品", "限购")
    teaser = theme.parse("预告第一弹：只露质地，不露名字，问大家冬天想要什么肤感")
    assert teaser.ask == "冬天想要什么肤感"
    assert theme.parse("敷面膜的三个小误区：时间、次数、敷完那一步").points == ("时间", "次数", "敷完那一步")


def test_a_quote_is_never_cut() -> None:
    assert theme.split("先看“甲，乙”再看丙，丁", "，") == ["先看“甲，乙”再看丙", "丁"]


def test_internal_words_and_hidden_words_are_taken_out_of_a_theme() -> None:
    parsed = theme.parse("给潜客的新芽小福利：满99减10元券，转化", hide=("新芽",))
    assert parsed.whole == "小福利：满99减10元券"


@given(st.text(max_size=200))
def test_any_theme_can_be_taken_apart(text: str) -> None:
    parsed = theme.parse(text)
    assert all(clause for clause in parsed.clauses)


def test_only_facts_of_a_remark_are_for_readers() -> None:
    read = wishes.read("券有效期7天，写明起止时间；送完就在群里说；先核库存；200字以内，不放购买链接", "")
    assert read.facts == ("券有效期7天", "送完我在群里说一声")
    assert read.most_chars == 200
    assert read.link is False
    assert wishes.read("", "短一点，不要表情").shorter
    assert wishes.read("60字左右", "").most_chars == 72


@pytest.mark.parametrize(
    ("at", "moment", "said"),
    [
        ("2026-11-26T10:00", "2026-11-26T20:00", "今晚8点"),
        ("2026-11-25T17:00", "2026-11-26T20:00", "明晚8点"),
        ("2026-11-24T10:00", "2026-11-26T20:00", "后天晚8点"),
        ("2026-11-23T10:00", "2026-11-26T20:00", "周四晚8点"),
        ("2026-11-27T10:00", "2026-12-02T20:00", "下周三晚8点"),
        ("2026-11-23T10:00", "2026-12-11T15:00", "12月11日下午3点"),
        ("2026-11-28T09:00", "2026-11-28T16:30", "今天下午4点半"),
        ("2026-11-28T09:00", "2026-11-28T18:00", "今天下午6点"),
    ],
)
def test_moments_are_said_by_their_distance(at: str, moment: str, said: str) -> None:
    assert moments.spoken(datetime.fromisoformat(moment), datetime.fromisoformat(at)) == said


def test_a_span_names_its_days_once() -> None:
    at = START.replace(day=28, hour=16)
    assert moments.span(at, at.replace(hour=22), at) == "今天16:00-22:00"
    assert moments.span(at, at + timedelta(days=3), at) == "今天16:00到12月1日16:00"


def test_prices_and_units_are_written_as_people_write_them() -> None:
    assert numbers.money("199.00") == "199"
    assert numbers.money("￥49.90") == "49.9"
    assert numbers.money("免费") == ""
    assert numbers.unit(ProductSheet(code="A", name="面膜", spec="25ml×5片"), None) == "盒"
    assert numbers.unit(None, None, "共800盒，每人限购2盒") == "盒"
    assert numbers.unit(None, None) == "件"


def test_a_goods_is_called_what_operators_call_it() -> None:
    mask = ProductSheet(code="A", name="透明质酸钠保湿面膜")
    assert names.short(mask, "明天16点面膜秒杀") == "面膜"
    assert names.short(mask, "透明质酸钠保湿面膜开售") == "透明质酸钠保湿面膜"
    assert names.called("奶香夏威夷果", "", ("原味巴旦木仁",)) == "夏威夷果"
    assert names.called("甲精华", "", ("乙精华",)) == "甲精华"


def test_rules_are_taken_apart() -> None:
    assert terms.threshold("实付满299元减40元") == (Decimal(299), Decimal(40))
    assert terms.spend("单笔实付满199元，随单赠护手霜") == "199"
    assert terms.threshold("满199元送护手霜") is None


_GOODS = st.lists(st.decimals(min_value=5, max_value=400, places=1), min_size=1, max_size=9)


@given(prices=_GOODS, need=st.integers(50, 400), off=st.integers(1, 40))
def test_a_basket_reaches_the_threshold_adds_up_and_wastes_nothing(
    prices: list[Decimal], need: int, off: int
) -> None:
    goods = [baskets.Priced(f"甲{number}", price) for number, price in enumerate(prices)]
    for basket in baskets.build(goods, Decimal(need), Decimal(off)):
        assert basket.total == sum(piece.price for piece in basket.goods) >= need
        assert basket.paid == basket.total - off
        assert basket.total - min(piece.price for piece in basket.goods) < need
        assert numbers.shown(basket.total) in basket.sum_line()
        assert all(basket.goods.count(piece) <= 2 for piece in basket.goods)


def test_an_answer_is_retold_in_whole_sentences_that_stand_alone() -> None:
    note = Note(
        key="a",
        topic="",
        question="出油是不是说明不缺水",
        answer="不是一回事。油来自皮脂腺；清洁别过头、保湿别省。",
    )
    assert notes.retold(note, 60, question_shown=True)[0] == "不是一回事。"
    assert notes.retold(note, 60, question_shown=False)[0] == "油来自皮脂腺。"
    assert notes.retold(note, 3, question_shown=True) == []
    assert notes.one_liner(note).startswith("出油是不是说明不缺水？")


def test_the_note_on_the_same_thing_beats_the_note_on_the_same_goods() -> None:
    opener = Note(
        key="1", topic="", question="夏威夷果怎么开不崩手", answer="开果器卡进开口，手腕转一下就开。"
    )
    stale = Note(
        key="2", topic="", question="有哈喇味还能吃吗", answer="不要吃了。那是油脂放久了氧化的味道。"
    )
    shelf = notes.Shelf([opener, stale], ["奶香夏威夷果"])
    assert shelf.about("夏威夷果为什么有一股哈喇味，还能吃吗")[0].note is stale


def test_scripts_for_one_customer_are_not_read_to_a_group() -> None:
    script = Note(key="s", topic="", question="油皮能用吗", answer="可以试，少一点就行。要不要我帮你算一版？")
    assert notes.for_everybody([script])[0].answer == "可以试，少一点就行。"


def test_a_promised_count_is_kept_or_not_promised() -> None:
    assert headline.honest_count("敷面膜的三个小误区", 3) == "敷面膜的三个小误区"
    assert headline.honest_count("面霜的四种涂法", 2) == "面霜的几种涂法"
    assert headline.honest_count("面霜的四种涂法", 1) == "面霜的涂法"


def test_joins_are_mended() -> None:
    assert join.tidy("先看一眼。，再说？。") == "先看一眼。再说？"
    assert join.tidy("他说“先看“清楚”再说”") == "他说“先看‘清楚’再说”"
    assert join.tidy("少一半“引号") == "少一半引号"
    pieces = [Piece("first", "第一行"), Piece("body", "说到这", run=True), Piece("close", "到明天，")]
    assert join.lay_out(pieces, emoji=0) == "第一行。说到这\n到明天"


def test_emoji_are_counted_and_never_repeated() -> None:
    pieces = [Piece("first", "早☀️☀️"), Piece("body", "🌙再来⏰一个🎁")]
    assert join.lay_out(pieces, emoji=2) == "早☀️\n🌙再来一个"
    assert join.lay_out(pieces, emoji=0) == "早\n再来一个"


@given(st.integers(), st.lists(st.integers(), min_size=1, max_size=30))
def test_the_dice_shuffle_without_loss_and_always_alike(seed: int, items: list[int]) -> None:
    assert sorted(Dice(seed).order(items)) == sorted(items)
    assert Dice(seed, "a").order(items) == Dice(seed, "a").order(items)
    assert Dice(seed).pick(items) in items


def test_memory_knows_openings_lines_and_likeness() -> None:
    memory = Memory(["周一早，三件事："], ["周一早，三件事：\n出门带件外套"], previous="")
    assert memory.opened("周一早，三件事：")
    assert not memory.opened("周二早，三件事：")
    assert memory.opened_alike("周二早，三件事：")
    assert memory.said("出门带件外套")
    assert memory.likeness("周一早，三件事：出门带件外套") == 1
    assert memory.likeness("完全不同的一句话") < 0.4


def test_what_was_heard_long_ago_is_forgotten() -> None:
    from prompts.brief import Heard

    old = Heard(day=(START - timedelta(days=60)).date(), kind="tip", text="很久以前的开头\n正文", tier="mid")
    memory = Memory.of(brief(heard=(old,), at=START), ())
    assert not memory.opened("很久以前的开头")
