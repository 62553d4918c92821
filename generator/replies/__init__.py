"""Replies on demand: what to answer a customer now, what it stands on, and when a person must take over.

Pure: records, models and the moment are handed in. No database, no settings; writing posts lives next door.
"""

from generator.replies.desk import ReplyDesk, desk_for
from generator.replies.question import Question, Reply, Source, Suggestion
from generator.replies.suggesting import asuggest, stream, suggest

__all__ = [
    "Question",
    "Reply",
    "ReplyDesk",
    "Source",
    "Suggestion",
    "asuggest",
    "desk_for",
    "stream",
    "suggest",
]
