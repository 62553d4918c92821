"""Facts: values with an id and a source cell that a text may rely on, and their present value when asked again.

Reads the brand's tables and sentences people wrote; never invents a value and never judges a text.
"""

from content_calendar.facts.catalogue import Sources, for_brief
from content_calendar.facts.current import current
from content_calendar.facts.live import live_values

__all__ = ["Sources", "current", "for_brief", "live_values"]
