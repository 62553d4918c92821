"""The roads out: one folder per channel, each a small class with declared capabilities.

A new channel is a new folder here with a function ``make(tools)``; nothing else needs to change. A channel
makes exactly one call per message, knows no states and writes no ledger.
"""

from workers.channels.base import Capabilities, Channel, Eager, Outcome, Paced, Tools
from workers.channels.registry import known, make

__all__ = ["Capabilities", "Channel", "Eager", "Outcome", "Paced", "Tools", "known", "make"]
