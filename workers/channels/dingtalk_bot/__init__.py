"""The DingTalk custom robot: text, markdown, link card. See docs/channels.md.

Twenty messages a minute per robot, then ten minutes of silence; signed in the query, verdict in ``errcode``.
"""

from workers.channels.base import Channel, Tools
from workers.channels.dingtalk_bot.platform import make_channel


def make(tools: Tools) -> Channel:
    """A robot channel with its own connection pool."""
    return make_channel(tools)
