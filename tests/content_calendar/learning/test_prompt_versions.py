"""The words behind a template hash are kept when first used and can be read, split and compared later."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from content_calendar.errors import CalendarError, NotFound
from content_calendar.learning import versions
from content_calendar.tables import PromptVersion
from generator.offline import version as offline
from generator.offline import write
from prompts.kinds import all_kinds
from prompts.library import Library, Words
from prompts.library.words import split
from tests.fakes.briefs import full
from tests.release_world import World

LIBRARY = Library.load()


def keep(world: World, words: Words) -> None:
    with world.database.write() as session:
        versions.keep_words(session, words, now=world.now)


@pytest.mark.parametrize("kind", sorted(all_kinds()))
def test_the_kept_words_carry_the_hash_a_prompt_records(kind: str) -> None:
    brief = full(kind, "mid")
    words, prompt = LIBRARY.words(brief), LIBRARY.render(brief)
    assert (words.template, words.hash) == (prompt.template, prompt.template_hash)
    pieces = split(words.body)
    assert tuple(pieces) == words.chain and words.chain[0] == f"packaged/templates/{prompt.template}.j2"
    assert f"packaged/kinds/{kind}.yaml" in pieces and pieces["packaged/schema"].startswith("{")


def test_a_brand_s_own_file_stands_behind_the_packaged_one(tmp_path: Path) -> None:
    (tmp_path / "kinds").mkdir()
    (tmp_path / "kinds" / "tip.yaml").write_text("max_chars: 90\n", "utf-8")
    words = Library.load(tmp_path).words(full("tip", "mid"))
    assert words.hash != LIBRARY.words(full("tip", "mid")).hash
    assert split(words.body)["override/kinds/tip.yaml"] == "max_chars: 90"


def test_the_offline_writer_s_drafts_name_their_grammar() -> None:
    draft = write(full("tip", "mid"), seed=1)
    words = offline.words("tip")
    assert (draft.provenance.template, draft.provenance.template_hash) == ("offline/tip", words.hash)
    assert words.hash != offline.words("qa").hash and "offline/grammar/shared.yaml" in words.chain


@pytest.mark.databases
def test_words_are_kept_once_with_the_moment_they_were_first_used(world: World) -> None:
    words = LIBRARY.words(full("tip", "mid"))
    keep(world, words)
    first, world.now = world.now, world.now + timedelta(days=1)
    keep(world, words)
    (row,) = world.rows(PromptVersion)
    assert (row.hash, row.template, row.first_used_at) == (words.hash, words.template, first)
    assert tuple(row.chain) == words.chain and row.body == words.body
    with world.database.read() as session:
        assert versions.known(session, [words.hash, "0" * 64]) == {words.hash}


@pytest.mark.databases
def test_a_version_is_found_by_the_beginning_of_its_hash(world: World) -> None:
    for digest in ("abcdef" + "0" * 58, "abcdef" + "1" * 58, "f" * 64):
        keep(world, Words("tip", digest, ("a",), "── a\nx\n"))
    with world.database.read() as session:
        assert versions.find(session, "FFFFFF ").hash == "f" * 64
        assert versions.find(session, "abcdef1").hash.endswith("1")
        with pytest.raises(CalendarError) as several:
            versions.find(session, "abcdef")
        for wrong in ("abc", "abcdeg", "123456", "", "%%%%%%"):
            with pytest.raises(NotFound):
                versions.find(session, wrong)
    assert several.value.code == "version.ambiguous"
