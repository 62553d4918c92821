"""What one kind of post is: its names, its lengths, what it is for, what it must say and never does.

The manners are data, not prose in code: the templates quote them to a model, the offline writer composes by
them, the checks and the evaluation test a text against them. A demand or a ban always carries both
the sentence for a writer and the test for a machine.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict

from prompts.brief import Level, Stage

Family = Literal["know_how", "offer", "talk", "service"]
Link = Literal["want", "may", "never"]


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"正则读不懂：{pattern}（{error}）") from error
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MustHave(_Frozen):
    """Something a text of this kind must contain, tested by :func:`prompts.demands.missing`.

    It is demanded when every path of ``needs`` holds something in the brief, the brief's stage is one of
    ``stages`` (empty: any) and ``when_text`` matches the text (empty: always). It is met when one
    pattern of ``any_of`` matches, or the value of one fact named by ``facts`` (globs over fact ids) stands in the
    text, or the text shares at least ``least`` pairs of characters with one of the brief's paths in ``about``.
    """

    key: str
    say: str
    needs: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    when_text: Pattern = ""
    any_of: tuple[Pattern, ...] = ()
    facts: tuple[str, ...] = ()
    about: tuple[str, ...] = ()
    least: int = 3


class Never(_Frozen):
    """Something a text of this kind never does. Without a pattern it is advice to the writer alone."""

    key: str
    say: str
    any_of: tuple[Pattern, ...] = ()


class Emoji(_Frozen):
    """How many emoji at most, and where they may stand."""

    most: int = 4
    say: str = ""


class Action(_Frozen):
    """The one thing a reader is asked to do. ``places``: where it happens, most natural first."""

    required: bool = False
    say: str = ""
    places: tuple[str, ...] = ()


class Kind(_Frozen):
    """One kind of post. Lengths count characters without white space."""

    key: str
    name: str
    aliases: tuple[str, ...] = ()
    family: Family
    min_chars: int
    max_chars: int
    first_line_chars: int
    purpose: str = ""
    first_line: str = ""  # how the first line is made
    layout: str = ""
    spacing: Literal["tight", "airy"] = "tight"  # airy: a blank line round the body
    lines: int = 6  # at most so many non-empty lines
    emoji: Emoji = Emoji()
    action: Action = Action()
    link: Link = "may"
    live: tuple[str, ...] = ()  # names of live tokens (prompts.live.NAMES) a text of this kind may carry
    must_have: tuple[MustHave, ...] = ()
    never: tuple[Never, ...] = ()
    tiers: dict[Level, str] = {}  # what changes for a tier in this kind

    @property
    def offer(self) -> bool:
        """True when a post of this kind sells: it counts against the mix and needs a campaign."""
        return self.family == "offer"
