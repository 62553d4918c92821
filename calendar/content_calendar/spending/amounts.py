"""The figures of the day's budget: limits, what a call may take at most, what it took.

Money is yuan for people and whole micro-yuan for the database, rounded up, so that adding never loses any.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_CEILING, Decimal

OPEN = "open"  # outcome of a call that is under way
LOST = "lost"  # outcome of a call whose process died under it
USUAL_ANSWER = 600  # tokens an answer takes, generously: what a call of unknown usage is charged with
# These ends cost nothing when the server counts no tokens: it refused before it wrote a word.
FREE = frozenset(
    {"auth", "unknown_model", "no_credit", "rate_limited", "bad_request", "context_too_long", "connection",
     "server_error"}
)  # fmt: skip


@dataclass(frozen=True)
class Limits:
    """The most one day may cost; None means no limit of that sort."""

    tokens: int | None = None
    yuan: Decimal | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Amount:
    """Tokens, money and model time that are reserved or spent together."""

    tokens: int
    micro_yuan: int
    milliseconds: int


@dataclass(frozen=True)
class Call:
    """A call about to be made: whose it is, and the most it can take."""

    brand_id: int | None
    post_id: int | None
    day: date
    at: datetime
    model: str
    purpose: str
    tokens_in: int
    tokens_out: int
    milliseconds: int
    cost: Decimal | None = None
    template_hash: str = ""
    parameters: Mapping[str, str] = field(default_factory=dict)

    @property
    def most(self) -> Amount:
        """What is reserved for it."""
        return Amount(self.tokens_in + self.tokens_out, micro(self.cost), self.milliseconds)


@dataclass(frozen=True)
class Ticket:
    """A reservation: the call's row, and what is held back for it."""

    call_id: int
    day: date
    most: Amount
    tokens_in: int


@dataclass(frozen=True)
class Outcome:
    """How a call ended; tokens are None where the server did not say."""

    code: str
    milliseconds: int
    tokens_in: int | None = None
    tokens_out: int | None = None
    cost: Decimal | None = None


def micro(yuan: Decimal | None) -> int:
    """Whole micro-yuan, rounded up."""
    return int(((yuan or Decimal(0)) * 1_000_000).to_integral_value(ROUND_CEILING))


def charged(ticket: Ticket, outcome: Outcome) -> Amount:
    """What an ended call counts for. A call nobody counted is charged its prompt and a usual answer."""
    if outcome.tokens_in is not None or outcome.tokens_out is not None:
        tokens = (outcome.tokens_in or 0) + (outcome.tokens_out or 0)
        return Amount(tokens, micro(outcome.cost), outcome.milliseconds)
    if outcome.code in FREE:
        return Amount(0, 0, outcome.milliseconds)
    tokens = min(ticket.tokens_in + USUAL_ANSWER, ticket.most.tokens)
    share = Decimal(ticket.most.micro_yuan) * tokens / max(ticket.most.tokens, 1)
    return Amount(tokens, int(share.to_integral_value(ROUND_CEILING)), outcome.milliseconds)
