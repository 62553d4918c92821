"""What came of posts: reads, clicks and orders handed in as a table, kept per post and group.

Reading knows files and headers, taking in knows the database. Nothing here decides or sends.
"""

from content_calendar.figures.reading import MEASURES, MOST_BYTES, Fault, Row, Sheet, read
from content_calendar.figures.taking import Taken, take

__all__ = ["MEASURES", "MOST_BYTES", "Fault", "Row", "Sheet", "Taken", "read", "take"]
