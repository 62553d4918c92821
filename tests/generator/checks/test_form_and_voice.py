"""Form, the brand's own words, and repetition."""

from __future__ import annotations

from datetime import date

import pytest

from generator.checks import check
from prompts.brief import Brief, Heard


def rules(text: str, brief: Brief, verdict: str | None = None) -> set[str]:
    return {f.rule for f in check(text, brief) if verdict in {None, f.verdict}}


def test_a_text_beyond_the_lanes_bytes_is_blocked(launch: Brief) -> None:
    brief = launch.model_copy(update={"max_bytes": 60})
    assert "lane.bytes" in rules("今晚开售。" * 5, brief, "block")
    assert "lane.bytes" not in rules("今晚开售。" * 4, brief)


def test_length_and_first_line_follow_the_kind(launch: Brief) -> None:
    assert "length.too_short" in rules("开售啦", launch, "warn")
    assert "length.first_line" in rules(
        "这一行写得实在太长了所以在会话列表里根本显示不完整吧大概\n第二行", launch, "warn"
    )
    assert "length.too_long" in rules("慢慢说。\n" * 50, launch, "warn")
    assert "length.too_long" in rules("慢慢说。\n" * 150, launch, "block")
    assert "length.empty" in rules(" \n", launch, "block")


def test_more_than_four_emoji_and_shouting_are_told(launch: Brief) -> None:
    assert "manner.emoji" in rules("开售🎉🎉🎉🎉🎉", launch, "warn")
    assert "manner.emoji" not in rules("开售🎉🎉🎉🎉", launch)
    assert "manner.shouting" in rules("快来！！！", launch, "warn")


@pytest.mark.parametrize("text", ["这是最好的面霜", "zui好", "唯一的面霜", "它能消炎"])
def test_a_word_the_brand_forbids_is_blocked(launch: Brief, text: str) -> None:
    assert ("brand.forbidden" in rules(text, launch, "block")) is (text != "zui好")


@pytest.mark.parametrize(
    "text",
    ["最好先在耳后试试", "唯一的缺点是味道淡", "我们不说药妆", "“药妆”的说法不合规", "护肤品不能消炎", "答题第一名是小鹿"],
)  # fmt: skip
def test_a_forbidden_word_in_another_sense_or_denied_passes(launch: Brief, text: str) -> None:
    assert "brand.forbidden" not in rules(text, launch)


def test_an_order_word_is_not_the_forbidden_word_inside_it(launch: Brief) -> None:
    voice = launch.voice.model_copy(update={"forbidden": ("第一", "最")})
    brief = launch.model_copy(update={"voice": voice})
    assert "brand.forbidden" not in rules("第一周隔天用，最近天干，最后抹匀", brief)
    found = [item.start for item in check("第一周的第一品牌", brief) if item.rule == "brand.forbidden"]
    assert found == [4], "an order word nearby does not clear a claim"


def test_what_the_groups_heard_is_not_said_again(launch: Brief) -> None:
    said = "手一天洗七八回，护手霜只涂一回，它当然有意见。试试把护手霜放在洗手池边上。"
    brief = launch.model_copy(update={"heard": (Heard(day=date(2026, 10, 22), kind="tip", text=said),)})
    assert "repetition.heard" in rules(said.replace("，", "～"), brief, "block")
    assert "repetition.heard" not in rules("泡沫越多，洗得越干净吗？没什么关系，看的是冲洗。", brief)
    assert {f.rule for f in check(said, launch, taken=[said])} >= {"repetition.heard"}


def test_a_text_no_lane_could_carry_is_refused_unread(launch: Brief) -> None:
    assert [f.rule for f in check("好" * 1_000_000, launch)] == ["length.unreadable"]
