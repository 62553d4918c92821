"""The quick way through a text of ordinary signs keeps exactly what the look at every sign keeps."""

from __future__ import annotations

import sys

from prompts import clean


def test_no_sign_that_would_be_dropped_counts_as_ordinary() -> None:
    every = (chr(code) for code in range(sys.maxunicode + 1))
    usual = [sign for sign in every if clean._USUAL.fullmatch(sign)]
    assert len(usual) > 20_000
    assert [sign for sign in usual if not clean._keep(sign, 0, sign)] == []


def test_a_hidden_sign_among_ordinary_ones_still_goes() -> None:
    assert clean.plain("先用温水\u200b，再擦乳液\u202e。\x07", 40) == "先用温水，再擦乳液。"
    assert clean.plain("先用温水，再擦乳液。", 40) == "先用温水，再擦乳液。"
