"""What editors keep changing becomes a note with its count; what happened once does not."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from generator.learning import Pair, distance, figures, habits


def notes(*pairs: tuple[str, str], least: int = 3) -> dict[str, int]:
    return {one.note: one.count for one in habits((Pair("tip", *pair) for pair in pairs), least=least)}


def test_words_taken_out_again_and_again_become_a_note() -> None:
    pairs = [
        (f"{start}，大家记得收藏。先洗手。", f"{start}。先洗手。")
        for start in ("水温别太热", "毛巾要换", "擦干再涂", "晚上少一步")
    ]
    assert notes(*pairs)["不写“大家记得收藏”"] == 4


def test_one_word_put_for_another_becomes_a_note() -> None:
    pairs = [(f"{start}，各位亲们看看", f"{start}，禾苗看看") for start in ("早上好", "下午茶", "晚饭后")]
    assert "写“禾苗”，不写“各位亲们”" in notes(*pairs)


def test_signs_removed_and_texts_cut_are_seen() -> None:
    pairs = [
        (f"{start}！！一起来试试看呀！🎉🎉", f"{start}。试试。")
        for start in ("洗脸水温", "面膜时间", "护手霜用量")
    ]
    found = notes(*pairs)
    assert found["不用感叹号，用句号收"] == found["不用表情"] == 3
    assert any(note.startswith("写短一点") for note in found)


def test_an_edit_seen_twice_is_taste_and_no_habit() -> None:
    assert notes(("水温，记得收藏哦。", "水温。"), ("毛巾，记得收藏哦。", "毛巾。")) == {}


def test_texts_approved_as_they_stood_say_nothing() -> None:
    assert notes(*[("水温别太热。", "水温别太热。")] * 9) == {}


def test_kinds_do_not_learn_from_each_other() -> None:
    some = [
        Pair(kind, f"{kind}{n}，记得收藏哦。", f"{kind}{n}。") for n in range(2) for kind in ("tip", "qa")
    ]
    assert habits(some) == ()


def test_a_template_version_is_told_by_what_was_left_untouched() -> None:
    found = figures([("a", "水温", "水温"), ("a", "水温", "毛巾"), ("b", "水", "水")])
    assert (found["a"].approved, found["a"].untouched, found["a"].distance) == (2, 0.5, 0.5)
    assert found["b"].untouched == 1.0


@given(st.text(max_size=80), st.text(max_size=80))
def test_distance_is_a_share_whatever_the_texts(one: str, other: str) -> None:
    assert 0.0 <= distance(one, other) <= 1.0 and distance(one, one) == 0.0
    habits([Pair("tip", one, other)] * 3)
