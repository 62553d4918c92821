"""The Feishu custom robot: text, rich text with links, link card. See docs/channels.md.

A hundred messages a minute and five a second per robot, 20 KB a request, signed in the body, verdict in ``code``.
"""

from workers.channels.base import Channel, Tools
from workers.channels.feishu_bot.platform import make_channel


def make(tools: Tools) -> Channel:
    """A robot channel with its own connection pool."""
    return make_channel(tools)
