"""What lint says about one place in one file: every check makes these and none needs the others for it."""

from __future__ import annotations

from typing import Literal, NamedTuple


class Problem(NamedTuple):
    """Something wrong in a file. ``kind`` is stable: schema, template, name, unused, must_have, law, missing, orphan."""

    file: str
    kind: str
    level: Literal["error", "warning"]
    message: str
