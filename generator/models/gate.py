"""The gate every call of a model passes: asked before each attempt on the network, told how it ended.

A budget and a book of calls stand behind it in the product; here nobody knows of either. What is said in a call never
passes the gate, only what it is for and what it costs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Protocol

from generator.models.spec import Method


@dataclass(frozen=True)
class About:
    """What a call is for. ``post`` is the brief's slot key, empty where there is none."""

    purpose: str = "other"  # write | repair | reply | judge | other
    post: str = ""
    template_hash: str = ""


@dataclass(frozen=True)
class Need:
    """The most one attempt can take; ``yuan`` is None where the model has no price."""

    model: str
    about: About
    tokens_in: int
    tokens_out: int
    seconds: float
    yuan: Decimal | None = None
    parameters: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Attempt:
    """One network try: outcome code, milliseconds, tokens (None when the server did not say), yuan, how it asked."""

    code: str
    milliseconds: int
    method: Method
    tokens_in: int | None = None
    tokens_out: int | None = None
    yuan: Decimal | None = None
    status: int | None = None


class Gate(Protocol):
    """Lets attempts through. Used on the loop of the models, so neither call may block."""

    async def enter(self, need: Need) -> object:
        """A ticket for one attempt; ModelTrouble("budget") when it may not be made."""
        ...

    def leave(self, ticket: object, attempt: Attempt) -> None:
        """The attempt has ended, well or badly; called once for every ticket."""
        ...


class OpenGate:
    """Lets everything through and keeps no book."""

    async def enter(self, need: Need) -> object:
        """Always."""
        return None

    def leave(self, ticket: object, attempt: Attempt) -> None:
        """Nothing to note."""
