"""WeCom 企业群发: one task per owner, created shortly before the slot, which the owner must confirm. See docs/channels.md.

Creating sends nothing to anybody: the outcome is ``handed_over``, never ``sent``. What follows is :mod:`workers.wecom.follow`.
"""

from workers.channels.base import Channel, Tools
from workers.channels.wecom_mass.channel import MassChannel


def make(tools: Tools) -> Channel:
    """A mass-send channel; it opens an account's line when it first needs it."""
    return MassChannel(tools)
