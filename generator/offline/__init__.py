"""The offline writer: what every brand without a model gets, and what steps in when a model fails.

Lives here: planning a text from a brief, the grammar (data), choice and joining. May not: network, clock, randomness.
"""

from generator.offline.writer import write

__all__ = ["write"]
