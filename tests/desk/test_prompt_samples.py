"""What another prompt text would change: the right samples, by words, and bounded whatever is tried."""

from __future__ import annotations

import time
from itertools import count
from typing import Any

import pytest
from starlette.testclient import TestClient

from content_calendar.tables import Brand
from desk.queries import prompt_samples, prompting
from prompts.library import Library
from prompts.library.sources import OVERRIDE, Source
from workers.runtime import Runtime

TIP = "templates/tip.j2"
PART = "templates/partials/touch.j2"


@pytest.fixture
def given(runtime: Runtime, shop: Any, make: Any) -> Any:
    def found(file: str, library: Library | None = None) -> list[prompt_samples.Given]:
        with runtime.database.read() as session:
            brand = session.get_one(Brand, shop.brand)
            return prompt_samples.given(session, brand, library or Library.load(), file, now=make.now)

    return found


def laid_over(file: str, text: str) -> Library:
    plain = Library.load()
    return Library(plain.packaged, {file: Source(file, text, OVERRIDE)})


def test_samples_are_posts_the_file_speaks_for(given: Any, shop: Any) -> None:
    assert {one.post.kind for one in given(TIP)} == {"tip"}
    assert {one.post.tier for one in given("tiers/high.yaml")} == {"high"}
    assert {one.post.kind for one in given("templates/partials/ask.j2")} >= {"tip", "morning_news"}
    high = laid_over("templates/high/tip.j2", Library.load().files[TIP].text)
    assert {(one.post.tier, one.post.kind) for one in given("templates/high/tip.j2", high)} == {
        ("high", "tip")
    }


def test_a_brand_without_such_posts_is_shown_packaged_samples(given: Any, editor: TestClient) -> None:
    found = given("templates/welcome.j2") or given("templates/game.j2")
    assert found and all(one.post is None for one in found)
    file = "templates/game.j2"
    text = Library.load().files[file].text.replace("[user]", "多一句。\n[user]", 1)
    page = editor.post("/brand/prompts/try", data={"file": file, "text": text}).text
    assert "用的是自带的样本" in page and "<ins>多一句。</ins>" in page


def test_a_line_is_compared_by_words(given: Any) -> None:
    text = Library.load().files["personas/chongfenguan.yaml"].text
    line = next(part for part in text.splitlines() if "：" in part and len(part) > 20)
    other = laid_over("personas/chongfenguan.yaml", text.replace(line, f"{line[:-1]}很稀奇{line[-1]}"))
    samples = prompt_samples.differences(Library.load(), other, given("personas/chongfenguan.yaml"))
    changed = [row for one in samples for row in one.lines if row and len(row) > 1]
    assert changed and all([run.what for run in row if run.what != "same"] == ["ins"] for row in changed)


def test_a_wild_text_is_compared_in_bounded_time_and_shown_in_bounded_size(given: Any) -> None:
    text = Library.load().files[TIP].text
    many = laid_over(TIP, text.replace("[user]", "\n".join(["甲", "乙"] * 7_000) + "\n[user]", 1))
    wide = laid_over(TIP, text.replace("[user]", "甲乙" * 15_000 + "\n[user]", 1))
    for other in (many, wide):
        begin = time.thread_time()
        samples = prompt_samples.differences(Library.load(), other, given(TIP))
        assert time.thread_time() - begin < 5 and samples[0].changed
        for one in samples:
            shown = sum(len(run.text) for row in one.lines if row for run in row)
            assert len(one.lines) <= prompt_samples.SHOWN and shown <= prompt_samples.SHOWN * 2 * 601
    assert prompt_samples.differences(Library.load(), many, given(TIP))[0].cut


def test_what_no_time_is_left_for_says_so(given: Any) -> None:
    steps = count(step=3)
    samples = prompt_samples.differences(
        Library.load(), Library.load(), given(TIP), clock=lambda: float(next(steps))
    )
    assert [one.late for one in samples][:2] == [False, True] and all(one.late for one in samples[1:])


def test_a_part_that_breaks_the_templates_it_stands_in_is_an_error_of_the_part(editor: TestClient) -> None:
    text = Library.load().files[PART].text + "\n{{ nobody_knows_me }}\n"
    problems, other = prompting.tried(Library.load(), PART, text)
    assert other is None and any(one.level == "error" for one in problems)
    answer = editor.post("/brand/prompts/try", data={"file": PART, "text": text})
    assert answer.status_code == 422 and answer.text.count("nobody_knows_me，") == 1
