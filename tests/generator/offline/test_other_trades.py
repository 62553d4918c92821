"""Books of trades nothing was written for, through import, plan and pipeline: the bars of the offline writer."""

from __future__ import annotations

from datetime import date

import pytest

from benchmarks import _weeks, offline
from tests.books.making import BOOKS


@pytest.mark.parametrize("book", BOOKS)
def test_a_week_of_an_unknown_trade_keeps_every_bar(book: str) -> None:
    bars, written = offline.measure(_weeks.briefs_of(book, date(2026, 11, 23), 7))
    assert bars.written == bars.planned > 50
    assert not bars.blocked, [draft.text for _, draft in written if draft.blocked]
    assert not bars.faults
    assert bars.clean >= 0.95 * bars.written


def test_nothing_of_one_trade_is_said_in_another() -> None:
    written = _weeks.write(_weeks.briefs_of("tea", date(2026, 11, 23), 3))
    words = ("护肤", "面霜", "涂", "猫砂", "洗脸的", "敷")
    assert not [draft.text for _, draft in written if any(word in draft.text for word in words)]


def test_a_bar_that_is_missed_is_seen() -> None:
    briefs = _weeks.briefs_of("tea", date(2026, 11, 23), 1)
    doubled = [brief.model_copy(update={"post": f"{brief.post}:again"}) for brief in briefs]
    bars, written = offline.measure(briefs[:3])
    assert not bars.faults
    again = [(brief, draft) for brief, (_, draft) in zip(doubled, written, strict=False)]
    assert list(offline._alike([*written, *again]))
