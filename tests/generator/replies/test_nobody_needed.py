"""Lines that only sound like a case of a reviewed script: nobody is called, and nothing is promised that no row says."""

from __future__ import annotations

from datetime import datetime

import pytest

from generator.replies import Question, ReplyDesk, suggest


@pytest.mark.parametrize("text", ["报名接龙", "打卡第三天", "刀我 快降价", "什么时候降价"])
def test_joining_in_or_wishing_calls_nobody(text: str, desk: ReplyDesk, now: datetime) -> None:
    assert not suggest(Question(text, now), desk).escalate


@pytest.mark.parametrize(
    "text", ["打卡积分到现在没到账", "昨天买的今天降价了", "下单时电话少写一位数 还没寄吧"]
)
def test_what_went_wrong_still_calls_a_person(text: str, desk: ReplyDesk, now: datetime) -> None:
    assert suggest(Question(text, now), desk).escalate


@pytest.mark.parametrize("text", ["能开专票吗", "可以开增值税专用发票吗"])
def test_a_special_invoice_is_asked_about_where_the_row_speaks_of_electronic_ones(
    text: str, desk: ReplyDesk, now: datetime
) -> None:
    reply = suggest(Question(text, now), desk)
    assert reply.gap and not any(one.text.startswith("可以") for one in reply.suggestions)
    assert not suggest(Question("能开发票吗", now), desk).gap
