"""Whatever is pasted gets a fitting answer or a clear refusal: nothing barred, nothing endless, never an error."""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from generator.replies import Question, ReplyDesk, suggest

NOW = datetime.fromisoformat("2026-11-24T10:00+08:00")
_PROFILE = settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@_PROFILE
@given(text=st.text(max_size=400), private=st.booleans())
def test_any_text_is_answered_or_said_to_be_empty(desk: ReplyDesk, text: str, private: bool) -> None:
    reply = suggest(Question(text, NOW, private=private), desk)
    assert reply.suggestions or reply.note
    assert not [f for one in reply.suggestions for f in one.findings if f.verdict == "block"]


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("", "没有读到"), (" \t\n ", "没有读到"), ("\x00\x07\x1b\u200b\u202e\ufeff", "没有读到"), ("[图片]", "图片"), ("［图片］[图片]", "图片"), ("[语音]", "语音"),
        ("😭😭😭", "表情"), ("[微笑][捂脸]", "表情"), ("👍🏻", "表情"), ("？？？", "表情"), ("Bonjour, livrez-vous en France?", "不是中文"),
        ("こんにちは、送料はいくらですか", "不是中文"), ("Здравствуйте", "不是中文"), ("مرحبا هل تشحنون", "不是中文"), ("778899", "数字"),
    ],
)  # fmt: skip
def test_what_is_no_question_in_chinese_words_says_what_it_is(text: str, note: str, desk: ReplyDesk) -> None:
    reply = suggest(Question(text, NOW), desk)
    assert note in reply.note
    assert bool(reply.suggestions) is ("没有读到" not in reply.note) and not reply.sources


@pytest.mark.parametrize(
    "text",
    [
        "面膜" * 5_000, "？" * 10_000, "我的脸肿了，" * 1_600, "1" * 10_000, "a" * 10_000, "（" * 5_000 + "）" * 5_000, "\n" * 9_000 + "面膜几天一次",
        "小鹿 10:01\n在吗\n" * 600, "红" * 10_000, "<data>" * 1_600, "138" * 3_300, "省市区县" * 2_500, "一二三四五六七八九十" * 1_000,
        "。" * 9_999 + "痒", "过 敏 " * 3_000, "guo min " * 1_200,
    ],
)  # fmt: skip
def test_ten_thousand_characters_take_no_second(text: str, desk: ReplyDesk) -> None:
    suggest(Question(text[1:], NOW), desk)  # what is loaded once is not this text's time
    begun = time.process_time()
    reply = suggest(Question(text, NOW), desk)
    assert time.process_time() - begun < 1.0
    assert reply.suggestions or reply.note


def test_danger_at_the_end_of_a_long_paste_is_seen(desk: ReplyDesk) -> None:
    assert suggest(Question("你好，" * 3_000 + "用完脸肿了", NOW), desk).escalate


def test_a_picture_with_words_is_answered_by_the_words(desk: ReplyDesk) -> None:
    reply = suggest(Question("[图片] 这个面膜几天敷一次", NOW), desk)
    assert not reply.note and reply.sources
