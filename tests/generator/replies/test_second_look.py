"""The second look: what no rule saw is weighed against labelled lines, the same way every time, and never louder than the rules."""

from __future__ import annotations

import json
from importlib import resources

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator.replies.risk import detect
from generator.replies.risk.learning import digest, learn
from generator.replies.risk.second import examples, features, second_look, weigh


def test_the_weights_were_learned_from_the_examples_that_are_there() -> None:
    written = json.loads(
        resources.files("generator.replies.risk").joinpath("weights.json").read_text("utf-8")
    )
    assert written["learned_from"] == digest(), "run: python -m generator.replies.risk.learning"


def test_no_line_is_labelled_in_two_ways() -> None:
    told: dict[str, set[bool]] = {}
    for key, line in examples():
        told.setdefault(line, set()).add(key == "none")
    assert [line for line, labels in told.items() if len(labels) > 1] == []


def test_learning_is_the_same_every_time_and_tells_the_two_apart() -> None:
    lines = [(features(line), danger) for danger, line in [(True, "脸上起了一片疹子"), (True, "胳膊起了疹子"), (False, "面膜几点开抢"), (False, "面膜几点结束")]]  # fmt: skip
    one, two = learn(lines), learn(lines)
    assert one == two
    assert weigh(features("腿上起了疹子"), one) > weigh(features("面膜几点有"), one)


@pytest.mark.parametrize(("text", "key"), [("我15岁", "minor"), ("刚满月的小崽能抹吗", "minor")])
def test_figures_of_age_count_by_being_of_age(text: str, key: str) -> None:
    assert key in {danger.risk.key for danger in detect(text, industry="skin")}
    assert "幼岁" in features("我15岁") and "壮岁" in features("我51岁")


def test_what_the_rules_read_as_denied_needs_much_more() -> None:
    assert detect("我不过敏，也没有刺痛", industry="skin") == ()


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_weighed_without_trouble(text: str) -> None:
    seen = second_look(text)
    assert seen is None or seen.key != "none"
