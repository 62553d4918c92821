"""No personal datum of a customer leaves the house."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.replies.masking import mask


@pytest.mark.parametrize(
    ("text", "secret"),
    [
        ("我叫李小美，想改地址", "李小美"), ("收货人：王建国 电话13800138000", "王建国"), ("电话 138 0013 8000", "138 0013 8000"),
        ("手机１３８００１３８０００", "１３８００１３８０００"), ("订单号202611260012345", "202611260012345"), ("单号: MH-20261120-99812", "MH-20261120-99812"),
        ("SF1234567890123 三天没动", "SF1234567890123"), ("身份证110101199003071234", "110101199003071234"), ("邮箱 a.b@example.com 收票", "a.b@example.com"),
        ("北京市朝阳区建国路88号2单元301", "建国路88号2单元301"), ("寄到锦绣小区3栋2单元502室", "锦绣小区3栋2单元502室"), ("卡号6222021234567890123", "6222021234567890123"),
        ("微信号 abc_12345", "abc_12345"), ("打0571-88886666找我", "0571-88886666"), ("李小美 13912345678 帮我查", "李小美"),
    ],
)  # fmt: skip
def test_personal_data_is_replaced_and_can_be_put_back_here(text: str, secret: str) -> None:
    masked = mask(text)
    assert secret not in masked.text
    assert masked.restore(masked.text) == text


@pytest.mark.parametrize(
    "text",
    [
        "满299减40，送50g护手霜",
        "国妆特字20259911能查到吗",
        "粤G妆网备字2025900101",
        "SPF50+ PA++++",
        "11月26日20:00开售",
    ],
)
def test_what_is_no_personal_datum_stays(text: str) -> None:
    assert mask(text).text == text


def test_the_same_value_gets_the_same_mark() -> None:
    masked = mask("13800138000不通，再打13800138000")
    assert masked.text.count("［手机1］") == 2


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=200))
def test_putting_back_gives_the_text_again(text: str) -> None:
    if "［" not in text:
        masked = mask(text)
        assert masked.restore(masked.text) == text
