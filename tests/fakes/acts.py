"""What a model server can be told to do next, in words every server of the tests understands.

An act is plain data. :mod:`tests.fakes.openai_server` and :mod:`tests.fakes.aimock` each play it in their own way;
what a server cannot play is said where the test is parametrised (``own_only``), never pretended.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Says:
    """A completion. A mapping is sent as JSON text, or as the arguments of the tool that was asked for."""

    content: Any
    finish: str = "stop"
    reasoning: str = ""
    refusal: str = ""
    latency: float = 0.0
    usage: bool = True


@dataclass(frozen=True)
class Fails:
    """An error with an OpenAI-shaped body."""

    status: int
    message: str = "no"
    retry_after: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Babbles:
    """A 200 whose body is no JSON."""


@dataclass(frozen=True)
class Hangs:
    """Takes the request and says nothing for longer than any test waits."""


@dataclass(frozen=True)
class Cuts:
    """Drops the connection instead of answering; our own server after half of the answer."""


@dataclass(frozen=True)
class Trickles:
    """A whole answer, a byte now and then."""

    content: Any


@dataclass(frozen=True)
class Streams:
    """Pieces of equal length (the last may be shorter), one an event; ``broken`` drops the connection after them."""

    pieces: tuple[str, ...]
    every: float = 0.0
    broken: bool = False
    finish: str | None = "stop"


@dataclass(frozen=True)
class Knows:
    """Refuses with 400 every way of asking for structure except ``way``: json_object, tools or plain."""

    way: str
    then: Says


Act = Says | Fails | Babbles | Hangs | Cuts | Trickles | Streams | Knows
