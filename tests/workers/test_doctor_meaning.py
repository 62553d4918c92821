"""The doctor says whether an embedding endpoint answers; without one there is nothing to say."""

from __future__ import annotations

from pathlib import Path

from aiohttp import web

from tests.fakes.openai_server import OpenAIServer
from workers import doctor_meaning, settings


def test_without_an_endpoint_there_is_nothing_to_say(tmp_path: Path) -> None:
    assert list(doctor_meaning.embeddings(settings.load(data_dir=tmp_path))) == []


def test_one_that_answers_is_well_and_one_that_does_not_is_told(tmp_path: Path) -> None:
    with OpenAIServer() as server:
        asked = settings.load(data_dir=tmp_path, embeddings=f"{server.url}#v", embedding_key="k")
        well = list(doctor_meaning.embeddings(asked))
        assert [one.level for one in well] == ["ok"] and "可用" in well[0].sentence
        server.embed = lambda _: web.Response(status=500)
        ill = list(doctor_meaning.embeddings(asked))
        assert (
            [one.level for one in ill] == ["warn"]
            and "只按字词" in ill[0].sentence
            and "words" in ill[0].english
        )


def test_a_setting_that_cannot_be_read_is_a_fault_with_its_name(tmp_path: Path) -> None:
    found = list(doctor_meaning.embeddings(settings.load(data_dir=tmp_path, embeddings="qwen")))
    assert found[0].level == "fault" and "CHONGFEN_EMBEDDINGS" in found[0].sentence
