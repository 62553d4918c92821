"""What was sent and what was not: freezing, claims, attempts, settling, the sum of promise 3.

Decides with the database alone and calls nobody: the network belongs to the workers. Nothing here
commits; each function is one step of a transaction its caller opened.
"""

from content_calendar.ledger.attempts import open_attempts
from content_calendar.ledger.claims import (
    Reaped,
    claim,
    claimable,
    expired_leases,
    hand_back,
    next_moment,
    put_off,
    reap,
    renew,
    renewable,
    skip,
    waiting,
)
from content_calendar.ledger.closing import begun, cancel_rest, close_finished, finished, unended, withdraw
from content_calendar.ledger.freeze import delivery_id, due, freeze
from content_calendar.ledger.late import Swept, backlog, sweep
from content_calendar.ledger.outgoing import Claim, Opened, Outgoing, Result
from content_calendar.ledger.refusing import refuse
from content_calendar.ledger.settle import settle
from content_calendar.ledger.sums import DaySum, Fault, GroupSum, check, day_sum
from content_calendar.ledger.unknowns import Unanswered, answer_unknown, unanswered

__all__ = [
    "Claim",
    "DaySum",
    "Fault",
    "GroupSum",
    "Opened",
    "Outgoing",
    "Reaped",
    "Result",
    "Swept",
    "Unanswered",
    "answer_unknown",
    "backlog",
    "begun",
    "cancel_rest",
    "check",
    "claim",
    "claimable",
    "close_finished",
    "day_sum",
    "delivery_id",
    "due",
    "expired_leases",
    "finished",
    "freeze",
    "hand_back",
    "next_moment",
    "open_attempts",
    "put_off",
    "reap",
    "refuse",
    "renew",
    "renewable",
    "settle",
    "skip",
    "sweep",
    "unanswered",
    "unended",
    "waiting",
    "withdraw",
]
