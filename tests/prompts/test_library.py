"""Finding, caging and rendering templates; overrides; the hash of what was used."""

from __future__ import annotations

import itertools
import threading
import time
from pathlib import Path

import pytest

from prompts.brief import LEVELS, Brief
from prompts.errors import PromptError
from prompts.evalset import briefs
from prompts.kinds import all_kinds
from prompts.library import Library, chain
from tests.fakes.briefs import brief, full, offer

LIBRARY = Library.load()


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return folder


def template(folder: Path, name: str, system: str = "好", user: str = "写") -> Path:
    return write(folder, f"templates/{name}.j2", f"[system]\n{system}\n[user]\n{user}\n")


def test_every_kind_has_a_template_for_every_tier_and_persona() -> None:
    for kind, level, persona in itertools.product(all_kinds(), LEVELS, LIBRARY.pieces.personas):
        one = full(kind, level)
        voice = one.voice.model_copy(update={"persona": persona})
        prompt = LIBRARY.render(one.model_copy(update={"voice": voice}))
        assert len(prompt.system) > 1500 and len(prompt.user) > 500


def test_the_whole_evaluation_set_renders_and_covers_two_trades() -> None:
    prompts = [LIBRARY.render(one) for one in briefs()]
    assert len(prompts) >= 60
    trades = {LIBRARY.industry(one.voice.industry).key for one in briefs()}
    assert trades == {"beauty", "food"}
    assert {one.kind for one in briefs()} == set(all_kinds())


def test_no_word_of_the_brief_stands_in_the_system_message() -> None:
    mark = "毒蘑菇标记"
    fields = dict.fromkeys(("theme", "remark", "kind_written", "instruction", "previous"), mark)
    poisoned = offer(
        "status", tags=(mark,), hooks=(mark,), house_notes=(mark,), **fields,
        voice=brief().voice.model_copy(update=dict.fromkeys(("brand", "nickname", "intro", "manner", "story", "industry"), mark)),
    )  # fmt: skip
    prompt = LIBRARY.render(poisoned)
    assert mark not in prompt.system and mark in prompt.user


def test_a_food_brand_is_told_nothing_of_skin_care() -> None:
    made = next(one for one in briefs() if one.voice.brand == "麦秋" and one.kind == "tip")
    system = LIBRARY.render(made).system
    assert "食品" in system and "化妆品" not in system and "备案" not in system


def test_the_three_tiers_are_asked_for_in_three_ways() -> None:
    asked = {LIBRARY.render(brief("tip", level)).system for level in LEVELS}
    hashes = {LIBRARY.render(brief("tip", level)).template_hash for level in LEVELS}
    assert len(asked) == len(hashes) == 3


def test_a_status_may_carry_live_tokens_and_a_launch_may_not() -> None:
    assert "⟦campaign_stock:C1⟧" in LIBRARY.render(offer("status", stage="status")).user
    assert "⟦campaign_stock" not in LIBRARY.render(offer("launch")).user


def test_the_most_particular_template_is_taken(tmp_path: Path) -> None:
    order = ["沐禾/chongfenguan/mid/tip", "chongfenguan/mid/tip", "chongfenguan/tip", "mid/tip", "tip"]
    assert list(chain.names("沐禾", "chongfenguan", "mid", "tip")) == order
    for name in reversed(order):
        template(tmp_path, name, system=f"来自 {name}")
        prompt = Library.load(tmp_path).render(brief())
        assert prompt.template == name and prompt.system == f"来自 {name}"


def test_a_brands_plain_template_goes_before_a_packaged_particular_one(tmp_path: Path) -> None:
    template(tmp_path, "tip", system="自己的")
    assert Library.load(tmp_path).render(brief("tip", "high")).system == "自己的"
    assert Library.load(tmp_path).render(brief("qa")).system != "自己的"


@pytest.mark.parametrize("brand", ["../../etc", "a/b", "", ".", "..\\x", "x" * 500, "\n"])
def test_a_brands_name_never_leads_out_of_the_library(brand: str) -> None:
    voice = brief().voice.model_copy(update={"brand": brand})
    assert LIBRARY.render(brief(voice=voice)).template == "tip"


def test_an_override_of_a_piece_says_only_what_differs(tmp_path: Path) -> None:
    write(tmp_path, "kinds/tip.yaml", "max_chars: 100\n")
    kind = Library.load(tmp_path).kind("tip")
    assert kind.max_chars == 100 and kind.purpose == all_kinds()["tip"].purpose
    assert LIBRARY.kind("tip").max_chars == 240


def test_the_hash_follows_every_word_that_was_used_and_no_other(tmp_path: Path) -> None:
    base = LIBRARY.render(brief()).template_hash
    for name, text in (
        ("kinds/tip.yaml", "max_chars: 100\n"),
        ("personas/chongfenguan.yaml", "who: 另一个人\n"),
        ("tiers/mid.yaml", "stance: 别的立场\n"),
        ("industries/beauty.yaml", "senses: [润]\n"),
        ("templates/partials/ask.j2", "写。"),
    ):
        folder = write(tmp_path / name.replace("/", "_"), name, text)
        assert Library.load(folder).render(brief()).template_hash != base, name
    other = write(tmp_path / "other", "kinds/qa.yaml", "max_chars: 100\n")
    assert Library.load(other).render(brief()).template_hash == base
    assert LIBRARY.render(brief(theme="另一个主题")).template_hash == base


ATTACKS = [
    "{{ brief.__class__ }}",
    "{{ ''.__class__.__mro__ }}",
    "{{ 'a' * 200000000 }}",
    "{{ range(10) }}",
    "{{ brief.theme.upper() }}",
    "{{ lipsum() }}",
    "{{ cycler }}",
    "{{ self }}",
    "{% macro x() %}{% endmacro %}",
    "{% set x = 1 %}",
    "{% import 'tip.j2' as t %}",
    "{% extends 'tip.j2' %}",
    "{% include 'tip.j2' %}",
    "{% include brief.theme %}",
    "{% include 'partials/../../secrets.j2' %}",
    "{% include 'partials/none.j2' %}",
    "{{ 2 ** 999999 }}",
    "{{ brief.facts|map('upper') }}",
    "{{ brief.theme|attr('x') }}",
    "{{ brief.theme|join('xxxxxxxxxxxxxxxxx') }}",
    "{{ brief.nothing }}",
    "{{ brief.theme.nothing }}",
    "{{ nothing }}",
    "{% for a in brief.facts %}{% for b in brief.facts %}{% for c in brief.facts %}x{% endfor %}{% endfor %}{% endfor %}",
    "{% for a in brief.facts recursive %}x{% endfor %}",
    "{% if %}",
    "{{ brief.theme",
]


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_template_that_does_more_than_show_the_brief_is_refused_quickly(
    tmp_path: Path, attack: str
) -> None:
    template(tmp_path, "tip", user=attack)
    started = time.perf_counter()
    with pytest.raises(PromptError) as caught:
        Library.load(tmp_path).render(offer("tip"))
    assert time.perf_counter() - started < 2.0
    assert caught.value.code.startswith("prompt.") and ".j2" in str(caught.value)


def test_a_template_that_swells_is_stopped(tmp_path: Path) -> None:
    inner = "{% for a in brief.facts %}{% for b in brief.facts %}" + "水" * 2000 + "{% endfor %}{% endfor %}"
    template(tmp_path, "tip", user=inner)
    with pytest.raises(PromptError) as caught:
        Library.load(tmp_path).render(offer("tip"))
    assert caught.value.code == "prompt.too_long"


def test_the_system_part_cannot_ask_for_the_briefs_own_words(tmp_path: Path) -> None:
    template(tmp_path, "tip", system="{{ brief.theme }}")
    with pytest.raises(PromptError) as caught:
        Library.load(tmp_path).render(brief())
    assert caught.value.code == "prompt.name"


@pytest.mark.parametrize(
    "text", ["没有段落", "[user]\nx", "[user]\nx\n[system]\ny", "[system]\na\n[system]\nb\n[user]\nc"]
)
def test_a_template_without_its_two_parts_is_refused(tmp_path: Path, text: str) -> None:
    write(tmp_path, "templates/tip.j2", text)
    with pytest.raises(PromptError):
        Library.load(tmp_path).render(brief())


@pytest.mark.parametrize(
    ("name", "text"),
    [("kinds/tip.yaml", "max_chars: 很多"), ("kinds/tip.yaml", "- a"), ("kinds/tip.yaml", "a: ["),
     ("kinds/tip.yaml", "colour: red"), ("kinds/new.yaml", "key: new"), ("tiers/mid.yaml", "level: high"),
     ("kinds/tip.yaml", "must_have: [{key: a, say: b, any_of: ['(']}]"), ("angles/angles.yaml", "- key: x")],
)  # fmt: skip
def test_a_piece_that_does_not_fit_is_refused_by_name(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(PromptError) as caught:
        Library.load(write(tmp_path, name, text))
    assert name.split("/")[1] in str(caught.value)


def test_odd_files_of_an_override_folder_are_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside.yaml"
    outside.write_text("max_chars: 1", "utf-8")
    linked = tmp_path / "linked"
    (linked / "kinds").mkdir(parents=True)
    (linked / "kinds" / "tip.yaml").symlink_to(outside)
    huge = write(tmp_path / "huge", "templates/tip.j2", "水" * 40_000)
    binary = tmp_path / "binary"
    (binary / "kinds").mkdir(parents=True)
    (binary / "kinds" / "tip.yaml").write_bytes(b"\xff\xfe\x00")
    for folder in (linked, huge, binary, tmp_path / "missing"):
        with pytest.raises(PromptError):
            Library.load(folder)


def test_an_unknown_persona_is_refused_with_the_known_ones() -> None:
    voice = brief().voice.model_copy(update={"persona": "nobody"})
    with pytest.raises(PromptError, match="chongfenguan"):
        LIBRARY.render(brief(voice=voice))


def test_many_threads_render_the_same_words() -> None:
    library, one, made = Library(LIBRARY.packaged, {}), full("launch"), []
    threads = [threading.Thread(target=lambda: made.append(library.render(one))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(made)) == 1 and len(made) == 8


def test_a_brief_full_to_the_brim_stays_a_prompt_of_bounded_size() -> None:
    one = full("launch")
    swollen: Brief = one.model_copy(
        update={
            "heard": one.heard * 500,
            "facts": one.facts * 500,
            "knowledge": one.knowledge * 500,
            "tags": ("水" * 9000,) * 500,
        }
    )
    assert len(LIBRARY.render(swollen).user) < 25_000
