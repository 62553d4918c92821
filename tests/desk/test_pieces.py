"""Marks and differences never lose or add a character; the shipped files are the ones named."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from desk.queries import diffing, marking
from desk.web import assets, i18n, words

TEXT = st.text(alphabet="早安⟦⟧stock:MH1\n𝒳👨‍👩‍👧 <&", max_size=60)


@dataclass(frozen=True)
class Found:
    verdict: str
    start: int
    end: int


FOUND = st.builds(Found, st.sampled_from(["block", "warn"]), st.integers(-3, 70), st.integers(-3, 70))


@given(TEXT, st.lists(FOUND, max_size=6))
def test_the_pieces_joined_are_the_text(text: str, found: list[Found]) -> None:
    pieces = marking.pieces(text, found)
    assert "".join(piece.text for piece in pieces) == text
    fitting = [number for number, one in enumerate(found, 1) if 0 <= one.start < one.end <= len(text)]
    assert sorted(number for piece in pieces for number in piece.numbers) == fitting
    for piece in pieces:
        assert not piece.live or f"⟦{piece.live}⟧" == piece.text, "a live token is never cut"


def test_where_two_findings_overlap_the_worse_one_shows() -> None:
    pieces = marking.pieces("全网最低价", [Found("warn", 0, 5), Found("block", 2, 4)])
    assert [(piece.text, piece.verdict, piece.numbers) for piece in pieces] == [
        ("全网", "warn", ()), ("最低", "block", (2,)), ("价", "warn", (1,)),
    ]  # fmt: skip


@given(TEXT, TEXT)
def test_a_difference_gives_both_texts_back(old: str, new: str) -> None:
    runs = diffing.changes(old, new)
    assert "".join(run.text for run in runs if run.what != "ins") == old
    assert "".join(run.text for run in runs if run.what != "del") == new


def test_only_what_changed_is_marked() -> None:
    runs = diffing.changes("今晚8点开卖，100盒。", "今晚9点开卖，100盒。")
    assert [(run.what, run.text) for run in runs] == [
        ("same", "今晚"), ("del", "8"), ("ins", "9"), ("same", "点开卖，100盒。"),
    ]  # fmt: skip


def test_two_huge_texts_are_compared_by_lines_and_in_bounded_time() -> None:
    old = "\n".join(f"第{n}行甲" for n in range(2000))
    new = "\n".join(f"第{n}行乙" for n in range(2000))
    runs = diffing.changes(old, new)
    assert "".join(run.text for run in runs if run.what != "del") == new


def test_every_vendored_file_is_listed_with_its_licence_and_is_what_it_was() -> None:
    folder = assets.FOLDER / "vendor"
    listed = dict(
        re.findall(r"^\| (\S+) \|.*\| ([0-9a-f]{64}) \|$", (folder / "VENDOR.md").read_text("utf-8"), re.M)
    )
    there = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in folder.iterdir()
        if path.suffix != ".md"
    }
    assert listed == there


def test_nothing_of_ours_is_loaded_from_elsewhere() -> None:
    for path in assets.FOLDER.rglob("*"):
        if path.is_file() and "vendor" not in path.parts:
            text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
            assert "http" not in text and "@import" not in text, path


def test_every_icon_a_page_names_is_in_the_sprite() -> None:
    there = set(re.findall(r'<symbol id="([^"]+)"', (assets.FOLDER / "img" / "icons.svg").read_text("utf-8")))
    templates = assets.FOLDER.parent / "templates"
    named = {
        name
        for path in templates.glob("*.html")
        for name in re.findall(r'icon\("([a-z-]+)"\)', path.read_text("utf-8"))
    }
    states = {f"s-{state}" for state in words.POST_ORDER} | {f"d-{state}" for state in words.DELIVERY_ORDER}
    assert named | states <= there


def sentences() -> set[str]:
    """Every sentence the interface translates, from templates and from the words our code hands to them."""
    folder = assets.FOLDER.parent
    found: set[str] = set()
    for path in [*folder.rglob("*.html"), *folder.rglob("*.py"), *(folder.parent / "queries").glob("*.py")]:
        text = path.read_text("utf-8")
        found |= set(re.findall(r"""\b_\(\s*"((?:[^"\\]|\\.)+)\"""", text))
        found |= set(re.findall(r"""\b_\(\s*'((?:[^'\\]|\\.)+)'""", text))
        found |= set(re.findall(r'Risk\(\s*"[a-z_]+",\s*"([^"]+)"', text))
    from content_calendar import friends, group_templates, occasions
    from content_calendar.lanes import CHANNELS, LANE_NAMES
    from content_calendar.states import DELIVERY_NAMES, POST_NAMES
    from desk.auth.roles import ROLE_NAMES
    from desk.web.said import SENTENCES
    from prompts.kinds import all_kinds
    from prompts.live import NAMES

    for names in (
        LANE_NAMES,
        DELIVERY_NAMES,
        POST_NAMES,
        ROLE_NAMES,
        SENTENCES,
        NAMES,
        words.TIER_NAMES,
        words.STAGE_NAMES,
        occasions.NAMES,
        friends.STATES,
        friends.REASONS,
        group_templates.STATES,
    ):
        found |= set(names.values())
    found |= {
        *words._ACTIONS.values(),
        *words._SUBJECTS.values(),
        *words._WEEKDAYS,
        *(name for _until, name in words._PARTS),
    }
    found |= {info.names[0] for info in CHANNELS.values()} | {kind.name for kind in all_kinds().values()}
    return {sentence for sentence in found if re.search("[\u4e00-\u9fff]", sentence)}


def test_every_sentence_of_the_interface_has_its_english_and_keeps_its_places() -> None:
    english = i18n.catalogue()
    missing = sorted(sentences() - set(english))
    assert not missing, "\n".join(missing)
    for chinese, said in english.items():
        assert set(re.findall(r"\{[a-z_]+\}", chinese)) == set(re.findall(r"\{[a-z_]+\}", said)), chinese


def test_the_catalogue_holds_nothing_that_nobody_says() -> None:
    assert sorted(set(i18n.catalogue()) - sentences()) == []


@pytest.mark.parametrize("file", ["en.yaml"])
def test_the_catalogue_is_plain_text_to_plain_text(file: str) -> None:
    loaded = yaml.safe_load((assets.FOLDER.parent / "i18n" / file).read_text("utf-8"))
    assert all(isinstance(key, str) and isinstance(value, str) and value for key, value in loaded.items())


def test_a_sentence_from_outside_can_hold_braces_and_harms_nothing() -> None:
    assert i18n._("{0.__class__} {n} {x!r} {%", n=3) == "{0.__class__} 3 {x!r} {%"


def test_a_rewritten_line_reads_as_one_change_not_as_a_salad() -> None:
    runs = diffing.changes("每人限购2瓶，够自己用就好。", "一人最多买2瓶，别囤。")
    assert sum(run.what == "del" for run in runs) <= 2
    assert "".join(run.text for run in runs if run.what != "del") == "一人最多买2瓶，别囤。"
