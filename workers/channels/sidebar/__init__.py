"""The owner's own hands: a post is put on the owner's list of the day and the owner is told. See docs/channels.md.

No server can post into a customer group unattended; the owner sends it from the chat toolbar. The outcome is ``handed_over``.
"""

from workers.channels.base import Channel, Tools
from workers.channels.sidebar.channel import SidebarChannel


def make(tools: Tools) -> Channel:
    """A hand-off channel; it opens an account's line when it first needs it."""
    return SidebarChannel(tools)
