"""The writing pipeline: from a brief to a draft with findings and provenance, by a model or offline.

Joins library, models, offline writer and checks. Reads no settings and keeps nothing; the desk is handed in.
"""

from generator.writing.aloud import Anew, Made, Said, Told, write_aloud
from generator.writing.desk import MOST_CANDIDATES, MOST_REPAIRS, WritingDesk
from generator.writing.many import write_many
from generator.writing.pipeline import awrite, write

__all__ = [
    "MOST_CANDIDATES",
    "MOST_REPAIRS",
    "Anew",
    "Made",
    "Said",
    "Told",
    "WritingDesk",
    "awrite",
    "write",
    "write_aloud",
    "write_many",
]
