"""What a chat client leaves of a spoken message is told apart from a picture, and its seconds are no question."""

from __future__ import annotations

from datetime import datetime

import pytest

from generator.replies import Question, ReplyDesk, suggest
from generator.replies.reading import read


@pytest.mark.parametrize("text", ['[语音] 12"', "[语音]", "［语音］3秒", "[语音 0:12]", "[Voice] 8″", '小雨 10:02\n[语音] 5"', "[语音] 4秒 😭"])  # fmt: skip
def test_a_voice_message_alone_is_asked_for_in_words(text: str, desk: ReplyDesk, now: datetime) -> None:
    reply = suggest(Question(text, now), desk)
    assert "语音" in reply.note and not reply.gap and not reply.escalate
    assert "打字" in reply.suggestions[0].text and "图片" not in reply.suggestions[0].text


def test_words_beside_a_voice_message_are_the_question(desk: ReplyDesk, now: datetime) -> None:
    reading = read('[语音] 12"\n什么时候发货')
    assert (reading.sort, reading.asked) == ("words", "什么时候发货")
    assert suggest(Question('[语音] 12"\n什么时候发货', now), desk).sources[0].sheet in ("话术", "知识")


def test_a_picture_is_still_a_picture() -> None:
    assert read("[图片]").sort == "picture"
    assert read("[图片]\n12").sort == "picture"
    assert read("小雨 10:02\n[图片]").sort == "picture"
