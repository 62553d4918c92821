"""Live tokens: filled when known, their line left out when not, never guessed."""

from __future__ import annotations

from prompts import live


def test_a_known_value_is_filled_in() -> None:
    text = "面霜还有⟦stock:MH105⟧瓶（⟦as_of⟧后台数）"

    assert live.fill(text, {"stock:MH105": "86", "as_of": "17:00"}) == "面霜还有86瓶（17:00后台数）"


def test_a_line_with_an_unknown_value_is_left_out() -> None:
    text = "首晚播报\n\n面霜还有⟦stock:MH105⟧瓶\n\n谢谢大家"

    assert live.fill(text, {}) == "首晚播报\n\n谢谢大家"


def test_the_keys_of_a_text_are_listed_in_order() -> None:
    assert live.keys("⟦stock:A⟧ ⟦as_of⟧ 普通 {braces}") == ("stock:A", "as_of")
