"""The brand's Excel workbook: read it as a careful person would, apply it, show what changes, write it back.

No planning, no writing of posts, no settings. Files are hostile; everything wrong is told at once.
"""

from content_calendar.workbook import shift
from content_calendar.workbook.applying import apply
from content_calendar.workbook.content import WorkbookContent
from content_calendar.workbook.diff import Change, Changes, changes
from content_calendar.workbook.exporting import export
from content_calendar.workbook.issues import Issue
from content_calendar.workbook.reading import Reading, read

__all__ = [
    "Change",
    "Changes",
    "Issue",
    "Reading",
    "WorkbookContent",
    "apply",
    "changes",
    "export",
    "read",
    "shift",
]
