"""The interface's two languages: Chinese stands in the code and templates, English in en.yaml beside this file.

No gettext, no build step: a missing English sentence shows the Chinese one, and a test finds it.
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from functools import cache
from importlib import resources
from typing import Any

import yaml

LANGS = ("zh", "en")
_PLACE = re.compile(r"\{([a-z_]+)\}")
_current: ContextVar[str] = ContextVar("desk_lang", default="zh")


@cache
def catalogue() -> dict[str, str]:
    """Chinese sentence → English sentence."""
    text = resources.files(__name__).joinpath("en.yaml").read_text("utf-8")
    loaded: dict[str, str] = yaml.safe_load(text) or {}
    return loaded


def use(lang: str) -> None:
    """Speak ``zh`` or ``en`` for the rest of this request."""
    _current.set(lang if lang in LANGS else "zh")


def current() -> str:
    """The language of this request."""
    return _current.get()


def _(sentence: str, **values: Any) -> str:
    """``sentence`` in the request's language, with ``{name}`` places filled from ``values``.

    Only the names given are filled: a sentence that came from outside can hold braces and harm nothing.
    """
    said = catalogue().get(sentence, sentence) if _current.get() == "en" else sentence
    if not values:
        return said
    return _PLACE.sub(lambda place: str(values.get(place[1], place[0])), said)
