"""The WeCom group robot (internal groups only): text, markdown, picture, link card. See docs/channels.md.

Twenty messages a minute per robot, limits in bytes, the verdict in ``errcode`` whatever the HTTP status says.
"""

from workers.channels.base import Channel, Tools
from workers.channels.wecom_bot.platform import make_channel


def make(tools: Tools) -> Channel:
    """A robot channel with its own connection pool."""
    return make_channel(tools)
