"""What owners send themselves: the list of the day, what they said of each group, what the day's end makes of the rest.

An owner's own word (``proof`` owner) is never mixed with what the platform confirmed (``proof`` platform). Calls nobody.
"""

from content_calendar.send_desk.lists import GroupLine, Item, of_day
from content_calendar.send_desk.owners import Who, owners_of, set_owner, who_is
from content_calendar.send_desk.reports import Said, end_of_day, report, unreported

__all__ = [
    "GroupLine",
    "Item",
    "Said",
    "Who",
    "end_of_day",
    "of_day",
    "owners_of",
    "report",
    "set_owner",
    "unreported",
    "who_is",
]
