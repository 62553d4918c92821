"""From YAML texts to typed pieces: personas, tiers, kinds, industries, angles.

An override of a piece that exists may say only what differs: its top-level fields are laid over the
packaged ones. A new piece must be complete.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import PurePosixPath
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from prompts import angles as angle_files
from prompts.angles import Angle
from prompts.errors import PromptError
from prompts.fastyaml import safe_yaml
from prompts.industries import Industry
from prompts.kinds import Kind
from prompts.library.sources import Source
from prompts.personas import PersonaSpec
from prompts.tiers import TierStance

_Piece = TypeVar("_Piece", bound=BaseModel)


@dataclass(frozen=True)
class Pieces:
    """Every typed piece by key, overrides laid over."""

    personas: Mapping[str, PersonaSpec]
    tiers: Mapping[str, TierStance]
    kinds: Mapping[str, Kind]
    industries: Mapping[str, Industry]
    angles: Mapping[str, Angle]


def build(packaged: Mapping[str, Source], own: Mapping[str, Source]) -> Pieces:
    """The pieces of both layers; PromptError names the file that does not fit."""
    return Pieces(
        personas=_load("personas", PersonaSpec, packaged, own),
        tiers=_load("tiers", TierStance, packaged, own),
        kinds=_load("kinds", Kind, packaged, own),
        industries=_load("industries", Industry, packaged, own),
        angles=_angles(packaged, own),
    )


def _load(
    folder: str, model: type[_Piece], packaged: Mapping[str, Source], own: Mapping[str, Source]
) -> dict[str, _Piece]:
    pieces: dict[str, _Piece] = {}
    for name in sorted({*packaged, *own}):
        path = PurePosixPath(name)
        if path.suffix == ".yaml" and path.parent.as_posix() == folder:
            fields: dict[str, Any] = {}
            for layer in (packaged, own):
                if name in layer:
                    fields |= mapping(layer[name])
            pieces[path.stem] = _checked(model, fields, name, path.stem)
    return pieces


@lru_cache(maxsize=512)
def mapping(source: Source) -> Mapping[str, Any]:
    """The YAML mapping a file holds; PromptError when it holds something else."""
    try:
        fields = safe_yaml(source.text)
    except yaml.YAMLError as error:
        raise PromptError(
            f"{source.name} 不是合法的 YAML：{_short(error)}",
            code="prompt.yaml",
            english=f"{source.name} is no valid YAML: {_short(error)}",
        ) from error
    if not isinstance(fields, dict):
        raise PromptError(
            f"{source.name} 应当是“字段: 值”的样子，请对照同类文件修改。",
            code="prompt.yaml",
            english=f"{source.name} should read 'field: value'; compare it with its neighbours.",
        )
    return fields


def _checked(model: type[_Piece], fields: dict[str, Any], name: str, stem: str) -> _Piece:
    try:
        piece = model.model_validate(fields)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise PromptError(
            f"{name} 的字段 {where} 不对：{first['msg']}",
            code="prompt.schema",
            english=f"Field {where} of {name} is wrong: {first['msg']}",
        ) from error
    key = getattr(piece, "key", None) or getattr(piece, "level", stem)
    if key != stem:
        raise PromptError(
            f"{name} 里写的是 {key}，请让文件名和它一致。",
            code="prompt.schema",
            english=f"{name} says {key} inside; give the file that name.",
        )
    return piece


def _angles(packaged: Mapping[str, Source], own: Mapping[str, Source]) -> dict[str, Angle]:
    found: dict[str, Angle] = {}
    for layer in (packaged, own):
        if source := layer.get("angles/angles.yaml"):
            found |= angle_files.parse(source.text, source.name)
    return found


def _short(error: yaml.YAMLError) -> str:
    return " ".join(str(error).split())[:160]
