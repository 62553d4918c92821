"""The chain of models a setting names, ready to be asked."""

from __future__ import annotations

from generator.models.chat import ChatModel
from generator.models.prices import priced
from generator.models.spec import parse


def from_setting(
    text: str, *, key: str = "", timeout: float = 60.0, concurrency: int = 8, prices: str = ""
) -> tuple[ChatModel, ...]:
    """The models of ``CHONGFEN_MODELS``, first choice first; empty text gives none.

    GeneratorError says which part cannot be read. Nothing is contacted and langchain is not imported.
    """
    chain = parse(text, key=key, timeout=timeout, concurrency=concurrency)
    return tuple(ChatModel(spec) for spec in priced(chain, prices))
