"""The angles of an offer's touches: about seven different ways to speak of one thing, never the same words.

Data in angles.yaml; the plan chooses a key, the writers say only what its line says. Knows no brand.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib import resources

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from prompts.brief import Aidma, Stage
from prompts.errors import PromptError
from prompts.fastyaml import safe_yaml


class Angle(BaseModel):
    """One angle: what this touch alone says, and what it leaves to the others."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)

    key: str
    name: str
    aidma: Aidma
    stages: tuple[Stage, ...] = ()
    say: str
    leave: str = ""


def parse(text: str, where: str) -> dict[str, Angle]:
    """The angles of one YAML text by key; PromptError names ``where`` when it does not fit."""
    try:
        items = [{("leave" if k == "not" else k): v for k, v in row.items()} for row in safe_yaml(text)]
        angles = [Angle.model_validate(item) for item in items]
    except (yaml.YAMLError, ValidationError, AttributeError, TypeError) as error:
        raise PromptError(
            f"角度文件 {where} 读不懂：{error}",
            code="prompt.angle",
            english=f"Angle file {where} cannot be read: {error}",
        ) from error
    return {angle.key: angle for angle in angles}


@cache
def all_angles() -> Mapping[str, Angle]:
    """Every packaged angle by key."""
    return parse(resources.files(__name__).joinpath("angles.yaml").read_text("utf-8"), "angles.yaml")
