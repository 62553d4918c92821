"""Chains of models: the same for the same settings, closed when they give way."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from generator.models import ChatModel, from_setting
from workers.chains import KEPT, Chains


@pytest.fixture
def closed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Names of the models that were closed."""
    gone: list[str] = []
    monkeypatch.setattr(ChatModel, "close", lambda self: gone.append(self.name))
    return gone


@pytest.fixture
def chains() -> Iterator[Chains]:
    made = Chains()
    yield made
    made.close()


def test_the_same_settings_give_the_same_chain(chains: Chains) -> None:
    first = chains.get("a", lambda: from_setting("ollama://a"))
    assert chains.get("a", lambda: from_setting("ollama://b")) is first


def test_a_chain_that_gives_way_is_closed(chains: Chains, closed: list[str]) -> None:
    for number in range(KEPT + 1):
        chains.get(number, lambda number=number: from_setting(f"ollama://m{number}"))  # type: ignore[misc]
        chains.get(1 if number else 0, lambda: ())  # used again: it stays
    assert closed == ["ollama:m0"]


def test_closed_chains_are_made_anew(chains: Chains, closed: list[str]) -> None:
    first = chains.get("a", lambda: from_setting("ollama://a"))
    chains.close()
    assert closed == ["ollama:a"] and chains.get("a", lambda: from_setting("ollama://a")) is not first
