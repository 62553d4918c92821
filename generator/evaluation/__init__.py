"""Evaluation: a fixed set of briefs written by contestants and scored by measures that need no model.

For choosing templates, models and grammars by figures. Not used when real posts are written.
"""

from generator.evaluation.measures import MEASURES, Scored, score
from generator.evaluation.run import Contestant, Result, run

__all__ = ["MEASURES", "Contestant", "Result", "Scored", "run", "score"]
