"""Matters: a question and a source meet in one although they share no word, and what no source speaks of is a gap."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest

from generator.replies import Question, ReplyDesk, desk_for, suggest
from generator.replies.retrieval.matters import elsewhere, matters, ways
from prompts.reply import Corpus, KnowledgeRecord

NOW = datetime.fromisoformat("2026-11-24T10:00+08:00")
PAYING = "支持花呗分期吗"


def test_a_matter_has_some_lines_and_no_line_two_matters() -> None:
    counted = Counter(line for lines in ways().values() for line in lines)
    assert not [line for line, times in counted.items() if times > 1]
    assert not [key for key, lines in ways().items() if len(lines) < 3]


@pytest.mark.parametrize(
    ("asked", "matter"),
    [
        ("我昨儿付的款 怎么今天就跌了三十", "price_fell"),
        ("擦完霜一揉一堆条条", "pilling"),
        ("用花呗付 下个月再还行不行", "pay_later"),
        ("拿动物测试过没有", "animal_test"),
    ],
)
def test_a_question_in_new_words_is_known_by_its_matter(asked: str, matter: str) -> None:
    assert next(iter(matters(asked)), "") == matter


def test_of_what_is_no_question_no_matter_is_told() -> None:
    assert not [text for text in ("", "   ", "😀😀", "……", "zzz") if matters(text)]


@pytest.mark.parametrize(
    "asked", ["能用微信支付分先享后付吗", "你们做动物实验吗", "招不招代理 想拿货", "可以货到付款吗"]
)
def test_a_matter_no_source_speaks_of_is_a_gap_whatever_word_is_shared(desk: ReplyDesk, asked: str) -> None:
    reply = suggest(Question(asked, NOW), desk)
    assert reply.gap and not reply.escalate
    assert "去问" in "".join(one.text for one in reply.suggestions)


def test_the_same_question_is_answered_once_a_source_speaks_of_it(corpus: Corpus) -> None:
    told = KnowledgeRecord("pay", 200, "服务", PAYING, "支持，结算页选花呗就行。")
    desk = desk_for(replace(corpus, knowledge=(*corpus.knowledge, told)))
    reply = suggest(Question("能先用后付 分期慢慢还吗", NOW), desk)
    assert not reply.gap and reply.sources[0].row == 200
    assert "pay_later" in elsewhere()
