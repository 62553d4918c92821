"""Likeness of meaning from an embedding endpoint somebody may add: asking it, keeping its vectors, comparing them.

A help to the search, never a need: whatever goes wrong here, the search goes on with words alone. No ranking of sources.
"""

from generator.replies.meaning.endpoint import Endpoint, from_setting
from generator.replies.meaning.meaning import Meaning
from generator.replies.meaning.vectors import Vectors

__all__ = ["Endpoint", "Meaning", "Vectors", "from_setting"]
