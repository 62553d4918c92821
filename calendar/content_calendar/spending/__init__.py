"""What language models may still cost today: a day's limits, reservations before a call, figures for the meter.

Plain data in and out, one row of ``model_budget`` for each day and all processes. Knows no model and no network.
"""

from content_calendar.spending.amounts import Amount, Call, Limits, Outcome, Ticket
from content_calendar.spending.meter import Gauge, Meter, read
from content_calendar.spending.reserving import give_back, reserve, settle
from content_calendar.spending.sweeping import sweep

__all__ = [
    "Amount",
    "Call",
    "Gauge",
    "Limits",
    "Meter",
    "Outcome",
    "Ticket",
    "give_back",
    "read",
    "reserve",
    "settle",
    "sweep",
]
