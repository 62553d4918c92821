"""The kinds of posts, one YAML file each: its names in a workbook, its family, its length and manners.

A new kind is one new file here (and its templates). Knows nothing of brands or of the calendar.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml
from pydantic import ValidationError

from prompts.errors import PromptError
from prompts.fastyaml import safe_yaml
from prompts.kinds.model import Action, Emoji, Family, Kind, Link, MustHave, Never

__all__ = ["Action", "Emoji", "Family", "Kind", "Link", "MustHave", "Never", "all_kinds", "by_name", "fold"]


@cache
def all_kinds() -> Mapping[str, Kind]:
    """Every packaged kind by key."""
    kinds: dict[str, Kind] = {}
    for entry in sorted(resources.files(__name__).iterdir(), key=lambda item: item.name):
        if entry.name.endswith(".yaml"):
            try:
                kind = Kind.model_validate(safe_yaml(entry.read_text("utf-8")))
            except (yaml.YAMLError, ValidationError) as error:
                raise PromptError(
                    f"内容类型文件 {entry.name} 读不懂：{error}",
                    code="prompt.kind",
                    english=f"Kind file {entry.name} cannot be read: {error}",
                ) from error
            kinds[kind.key] = kind
    return kinds


@cache
def _names() -> Mapping[str, str]:
    return {fold(name): kind.key for kind in all_kinds().values() for name in (kind.name, *kind.aliases)}


def fold(name: str) -> str:
    """A name as it is compared: NFKC, no white space, lower case."""
    return "".join(unicodedata.normalize("NFKC", name).split()).lower()


def by_name(written: str) -> Kind | None:
    """The kind a workbook means by ``written`` (its name, an alias or its key), or None."""
    key = _names().get(fold(written)) or (fold(written) if fold(written) in all_kinds() else None)
    return all_kinds()[key] if key else None
