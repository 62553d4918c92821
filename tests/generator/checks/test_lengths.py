"""A duration told in other words or another unit is the same duration; one that is merely near is not."""

from __future__ import annotations

import pytest

from generator.checks import check
from prompts.brief import Brief, Note


def found(brief: Brief, source: str, text: str) -> list[str]:
    note = Note(key="k", topic="物流", question="多久发货", answer=source)
    told = brief.model_copy(update={"scripts": (note,), "kind": "reply"})
    return [one.excerpt for one in check(text, told) if one.rule == "fact.duration_unknown"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("付款后48小时内发出。", "放心，两天内发出。"),
        ("付款后四十八小时内发货。", "付款后2天内发货。"),
        ("24小时内发货。", "一天内发货。"),
        ("收到后7天无理由退换。", "收到后一周内无理由退换。"),
        ("收到后七天无理由退换。", "收到后7日内无理由退换。"),
        ("退款要半小时到账。", "退款30分钟内到账。"),
        ("保质期36个月。", "保质期三年，有效期内用完。"),
        ("有效期半年。", "有效期6个月。"),
    ],
)
def test_the_same_length_in_other_units_has_its_source_both_ways(launch: Brief, one: str, other: str) -> None:
    assert found(launch, one, other) == []
    assert found(launch, other, one) == []


@pytest.mark.parametrize(
    ("source", "text", "excerpt"),
    [
        ("付款后48小时内发出。", "九天内发出。", "九天"),
        ("付款后48小时内发出。", "48天内发出。", "48天"),
        ("付款后48小时内发出。", "24小时内发出。", "24小时"),
        ("9个工作日内到账。", "九天内到账。", "九天"),
        ("有效期1个月。", "有效期30天。", "30天"),
        ("12小时内发货。", "半天内发货。", "半天"),
    ],
)
def test_what_is_not_exactly_as_long_has_no_source(launch: Brief, source: str, text: str, excerpt: str) -> None:  # fmt: skip
    assert found(launch, source, text) == [excerpt]
