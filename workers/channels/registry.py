"""Finding channels by their folders; a channel's libraries are imported only when it is first used."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module

from workers.channels.base import Channel, Tools


@cache
def known() -> frozenset[str]:
    """The keys of the channels there are, as in :data:`content_calendar.lanes.CHANNELS`."""
    package = import_module("workers.channels")
    return frozenset(module.name for module in pkgutil.iter_modules(package.__path__) if module.ispkg)


def make(key: str, tools: Tools) -> Channel:
    """The channel in the folder ``key``; KeyError when there is no such folder."""
    if key not in known():
        raise KeyError(key)
    channel: Channel = import_module(f"workers.channels.{key}").make(tools)
    return channel
