"""What the reply page says of a danger, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from desk.web import i18n, reply_words
from generator.replies.risk import classes


@pytest.fixture
def english() -> Iterator[None]:
    i18n.use("en")
    yield
    i18n.use("zh")


def test_every_danger_says_in_the_readers_language_what_to_do_at_once(english: None) -> None:
    left = [one.key for one in classes() if any("\u4e00" <= sign <= "\u9fff" for sign in reply_words.at_once(one.key))]  # fmt: skip
    assert left == []


def test_in_chinese_what_to_do_at_once_stands_as_the_class_writes_it() -> None:
    assert {one.key: reply_words.at_once(one.key) for one in classes()} == {one.key: one.text.at_once for one in classes()}  # fmt: skip
    assert reply_words.at_once("none") == ""
