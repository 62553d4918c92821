"""Which template speaks for a post: the most particular one there is, a brand's own before the packaged.

Looked for in this order: brand/persona/tier/kind, persona/tier/kind, persona/kind, tier/kind, kind. The whole
chain is tried in the overrides first: a brand that writes its own tip.j2 means it, even where the
package has something more particular.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from prompts.brief import Brief, Level
from prompts.errors import PromptError
from prompts.library.sources import Source

_PART = re.compile(r"[^\s/\\.:][^/\\:]{0,79}")
_SECTION = re.compile(r"^\[(system|user)\][ \t]*$", re.MULTILINE)


class Sections(NamedTuple):
    """The two parts of a template file."""

    system: str
    user: str


def names(brand: str, persona: str, level: Level | str, kind: str) -> Iterator[str]:
    """Template names from the most particular to the plainest, without folder and suffix."""
    levels = [f"{persona}/{level}/{kind}", f"{persona}/{kind}", f"{level}/{kind}", kind]
    if _PART.fullmatch(brand):
        yield f"{brand}/{levels[0]}"
    yield from levels


def find(brief: Brief, own: Mapping[str, Source], packaged: Mapping[str, Source]) -> tuple[str, Source]:
    """The template for a brief: its short name (``high/tip``) and its source."""
    chain = list(names(brief.voice.brand, brief.voice.persona, brief.tier.level, brief.kind))
    for layer in (own, packaged):
        for name in chain:
            if source := layer.get(f"templates/{name}.j2"):
                return name, source
    raise PromptError(
        f"内容类型「{brief.kind}」没有模板，请补一个 templates/{brief.kind}.j2。",
        code="prompt.missing",
        english=f"Kind {brief.kind!r} has no template; add templates/{brief.kind}.j2.",
    )


def split(source: Source) -> Sections:
    """The system and the user part of a template file; PromptError when one is missing or double."""
    marks = list(_SECTION.finditer(source.text))
    if [mark.group(1) for mark in marks] != ["system", "user"]:
        raise PromptError(
            f"{source.name} 应当先有一行 [system]，再有一行 [user]，各一次。",
            code="prompt.template",
            english=f"{source.name} needs a line [system] and then a line [user], once each.",
        )
    return Sections(source.text[marks[0].end() : marks[1].start()], source.text[marks[1].end() :])
