"""Finding the sources that answer a question: an index in memory over characters, pairs and trade concepts.

Pure Python, rebuilt when the workbook changes; no server, no download. What is done with a source is decided elsewhere.
"""

from generator.replies.retrieval.index import Hit, Index
from generator.replies.retrieval.search import Search, search

__all__ = ["Hit", "Index", "Search", "search"]
