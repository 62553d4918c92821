"""Prompt templates at the desk: the chain and a live render; what another text would change; nothing kept, nothing run."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from prompts.library import Library
from workers.runtime import Runtime

FILE = "templates/tip.j2"


def text() -> str:
    return Library.load().files[FILE].text


def attempt(client: TestClient, written: str, file: str = FILE) -> Any:
    return client.post("/brand/prompts/try", data={"file": file, "text": written, "post": "0"})


def test_the_chain_and_what_a_writer_sees_of_a_post_stand_beside_the_text(
    editor: TestClient, shop: Any
) -> None:
    page = editor.get(f"/brand/prompts?post={shop.posts['blocked']}").text
    assert re.search(r'aria-current="true"><code class="said">tip</code>', page)
    assert "chongfenguan/mid/tip" in page and "洗脸水温" in page and "[system]" in page


def test_another_text_shows_what_it_would_change_and_is_kept_nowhere(
    editor: TestClient, runtime: Runtime, shop: Any
) -> None:
    before = sorted(runtime.settings.data_dir.rglob("*"))
    answer = attempt(editor, text().replace("[user]", "第一句要让人停下来。\n[user]", 1))
    assert answer.status_code == 200 and "<ins>第一句要让人停下来。</ins>" in answer.text
    counted = re.search(r"(\d+) 条样本里 (\d+) 条的提示词会变", answer.text)
    assert counted and counted[1] == counted[2] != "0"
    assert sorted(runtime.settings.data_dir.rglob("*")) == before
    assert "第一句要让人停下来" not in editor.get("/brand/prompts").text


def test_the_same_text_changes_nothing(editor: TestClient) -> None:
    assert re.search(r"[1-9]\d* 条样本里 0 条的提示词会变", attempt(editor, text()).text)


@pytest.mark.parametrize(
    "hostile",
    [
        "{{ brief.__class__.__mro__ }}",
        "{% for a in brief.facts %}{% for b in brief.facts %}{% for c in brief.facts %}x{% endfor %}{% endfor %}{% endfor %}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{% include '/etc/passwd' %}",
        "{{ 'x' * 200000000 }}",
        "{% set a = 1 %}",
        "{{ nobody_knows_me }}",
    ],
)
def test_hostile_words_are_named_and_never_run(editor: TestClient, hostile: str) -> None:
    answer = attempt(editor, text().replace("[user]", f"{hostile}\n[user]", 1))
    assert answer.status_code == 422 and 'role="alert"' in answer.text
    assert "的提示词会变" not in answer.text and "uid=" not in answer.text and "root:" not in answer.text


def test_markup_in_a_tried_text_is_shown_as_text(editor: TestClient) -> None:
    answer = attempt(editor, text().replace("[user]", "</textarea><script>alert(1)</script>\n[user]", 1))
    assert "<script>alert(1)" not in answer.text


def test_a_file_that_is_not_there_is_not_there(editor: TestClient) -> None:
    for file in ("../pyproject.toml", "angles/angles.yaml", "/etc/passwd", "templates/nothing.j2"):
        assert editor.get("/brand/prompts", params={"file": file}).status_code == 404
        assert attempt(editor, "x", file).status_code == 404


def test_the_brands_own_file_is_marked_and_speaks(
    app: Any, editor: TestClient, runtime: Runtime, tmp_path: Path
) -> None:
    folder = tmp_path / "own"
    (folder / "templates").mkdir(parents=True)
    (folder / "templates/tip.j2").write_text(
        text().replace("[user]", "说人话。\n[user]", 1), encoding="utf-8"
    )
    app.state.runtime = replace(runtime, settings=runtime.settings.model_copy(update={"prompts_dir": folder}))
    page = editor.get("/brand/prompts").text
    assert "品牌自己的" in page and "说人话。" in page and "CHONGFEN_PROMPTS_DIR" not in page


def test_without_a_folder_the_page_says_how_to_have_one(editor: TestClient) -> None:
    assert "设 CHONGFEN_PROMPTS_DIR 指向它" in editor.get("/brand/prompts").text
