"""Lint finds what is wrong in a brand's files, all at once, and nothing in our own."""

from __future__ import annotations

from pathlib import Path

import pytest

from prompts.linting import Problem, lint


def write(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")


def kinds_of(problems: tuple[Problem, ...], file: str) -> set[str]:
    return {problem.kind for problem in problems if problem.file == file}


def test_the_packaged_library_is_clean() -> None:
    assert lint() == ()


WHOLE = "[system]\n{% include 'partials/who.j2' %}\n{% include 'partials/kind.j2' %}\n[user]\n{% include 'partials/data.j2' %}\n"


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("templates/tip.j2", WHOLE.replace("[user]", "{% if brief.level == 'x' %}{{ brief.stance.mood }}{% endif %}\n[user]"), "name"),
        ("templates/tip.j2", WHOLE + "{% for note in brief.knowledge %}{{ note.reply }}{% endfor %}", "name"),
        ("templates/tip.j2", WHOLE + "{{ strange }}", "name"),
        ("templates/tip.j2", WHOLE + "{{ brief.theme.upper() }}", "template"),
        ("templates/tip.j2", WHOLE.replace("{% include 'partials/data.j2' %}", "{{ brief.theme }}"), "unused"),
        ("templates/tip.j2", WHOLE.replace("{% include 'partials/kind.j2' %}", "写一条干货。"), "must_have"),
        ("templates/tip.j2", WHOLE + "写成全网最低价，手慢无。", "law"),
        ("templates/nonsense.j2", WHOLE, "orphan"),
        ("kinds/tip.yaml", "max_chars: 多", "schema"),
        ("kinds/tip.yaml", "aliases: [满减]", "schema"),
        ("kinds/tip.yaml", "live: [weather]", "name"),
        ("kinds/tip.yaml", "must_have: [{key: a, say: 有一句话}]", "must_have"),
        ("kinds/tip.yaml", "must_have: [{key: a, say: 有一句话, about: [mood]}]", "name"),
        ("kinds/tip.yaml", "purpose: 打造最好的体验", "law"),
        ("tiers/mid.yaml", "level: 9", "schema"),
        ("personas/chongfenguan.yaml", "sides: [{key: a, name: b, say: c, kinds: [nonsense]}]", "name"),
    ],
)  # fmt: skip
def test_each_fault_is_found_in_its_file(tmp_path: Path, name: str, text: str, kind: str) -> None:
    write(tmp_path, name, text)
    found = lint(tmp_path)
    assert kind in kinds_of(found, name), found


def test_a_kind_without_a_template_is_told(tmp_path: Path) -> None:
    write(
        tmp_path,
        "kinds/poem.yaml",
        "key: poem\nname: 诗\nfamily: talk\nmin_chars: 1\nmax_chars: 9\nfirst_line_chars: 9",
    )
    assert "missing" in kinds_of(lint(tmp_path), "templates/poem.j2")


def test_a_word_quoted_in_order_to_forbid_it_is_no_fault(tmp_path: Path) -> None:
    write(tmp_path, "templates/tip.j2", WHOLE + "不写“全网最低”“手慢无”。")
    assert "law" not in kinds_of(lint(tmp_path), "templates/tip.j2")


def test_one_broken_file_hides_no_other(tmp_path: Path) -> None:
    write(tmp_path, "kinds/tip.yaml", "a: [")
    write(tmp_path, "kinds/qa.yaml", "max_chars: 多")
    write(tmp_path, "templates/game.j2", "空")
    files = {problem.file for problem in lint(tmp_path) if problem.level == "error"}
    assert files == {"kinds/tip.yaml", "kinds/qa.yaml", "templates/game.j2"}
