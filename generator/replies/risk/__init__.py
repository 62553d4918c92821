"""Risk first: which words mean that a person must take over, what to say at once, and who takes over.

Classes are data (``classes/*.yaml``), judged by rules before any model. No retrieval and no composing here.
"""

from generator.replies.risk.detect import Danger, detect
from generator.replies.risk.rules import RiskClass, classes
from generator.replies.risk.second import load

__all__ = ["Danger", "RiskClass", "classes", "detect", "load"]
