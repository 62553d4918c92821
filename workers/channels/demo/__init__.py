"""The demo channel: a simulated group chat in our own database, shown by the desk.

The only channel that works under a simulated clock. Its duplicate guard is the table itself: one message
per delivery, whoever asks and however often.
"""

from workers.channels.base import Channel, Tools
from workers.channels.demo.channel import DemoChannel


def make(tools: Tools) -> Channel:
    """A demo channel."""
    return DemoChannel(tools)
