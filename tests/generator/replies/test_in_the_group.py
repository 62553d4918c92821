"""What is said in a group is what everybody may hear: no tier, no order, nobody else, and no difference by whom it is said to."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from typing import Any, get_args

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.replies import Question, Reply, ReplyDesk, suggest
from prompts.brief import Level

NOW = datetime.fromisoformat("2026-11-24T10:00+08:00")
LEVELS = (*get_args(Level), None)
_REVEALS = re.compile(r"老友群|福利群|新芽群|层级|高层|你上次买|你买过|你的订单(?!号)|查到你")
_PROFILE = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
ORDERS = ("MH105", "神经酰胺修护面霜", "岁末换季满减", "MH111 双12 买过两次", "订单202611240001234")
asked = st.sampled_from([
    "这个怎么用", "我买的那个适合我吗", "上次那支还有货吗", "为什么别的群有券我们没有", "我是不是高级会员", "我在哪个层级", "我之前买过什么", "小鹿买的是哪款",
    "昨天那位客户怎么说的", "我的订单到哪了", "能退吗", "面霜多少钱", "有什么活动", "过敏了怎么办", "快递三天没动", "老客户有优惠吗", "给我开个后门",
]) | st.text(alphabet="面霜我们群里谁买了订单层级老友福利退款怎么多少钱吗？，。 1239", min_size=1, max_size=40)  # fmt: skip


def words(reply: Reply) -> str:
    return "\n".join([reply.follow_up, *(one.text for one in reply.suggestions)])


@_PROFILE
@given(text=asked, tier=st.sampled_from(LEVELS), known=st.lists(st.sampled_from(ORDERS), max_size=3))
def test_in_the_group_the_same_question_gets_the_same_words_whoever_asks(
    desk: ReplyDesk, text: str, tier: Any, known: list[str]
) -> None:
    question = Question(text, NOW, private=False, tier=tier, group_name="沐禾宠粉群01", known=tuple(known))
    plain = Question(text, NOW, private=False)
    assert words(suggest(question, desk)) == words(suggest(plain, desk))
    assert suggest(question, desk).sources == suggest(plain, desk).sources


@_PROFILE
@given(text=asked, tier=st.sampled_from(LEVELS))
def test_in_the_group_nothing_of_a_customer_is_told_and_orders_are_asked_for_in_private(
    desk: ReplyDesk, text: str, tier: Any
) -> None:
    told = words(suggest(Question(text, NOW, private=False, tier=tier, group_name="沐禾宠粉群01"), desk))
    assert not _REVEALS.search(told)
    for sentence in re.split(r"[。！？\n]", told):
        if re.search(
            r"(?:发|给|留|告诉)我?.{0,6}(?:订单号|地址|电话)|(?:订单号|地址|电话).{0,6}(?:发我|给我)",
            sentence,
        ):
            assert re.search(r"私信|别发群里|不要发在群里|私聊", told), told


def test_what_is_known_helps_one_to_one_only(desk: ReplyDesk) -> None:
    question = Question("这个怎么用", NOW, private=True, known=("MH108",))
    assert any(source.sheet == "商品" and source.row == 9 for source in suggest(question, desk).sources[:3])
    public = suggest(replace(question, private=False), desk)
    assert "泥膜" not in words(public)


@pytest.mark.parametrize(
    "text", ["我叫李小美 电话13800138000 面膜怎么用", "订单号202611240001234 到哪了", "收货人王建国"]
)
def test_a_customers_own_data_is_not_said_again_in_the_group(text: str, desk: ReplyDesk) -> None:
    told = words(suggest(Question(text, NOW, private=False), desk))
    assert not re.search(r"李小美|13800138000|202611240001234|王建国|［", told)
