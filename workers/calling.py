"""Calling a worker from a process that is none: the desk, the command line.

A call is a courtesy: what is to be done stands in the database already, so a broker that is away costs
minutes until the next tick, never the work.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any

from kombu.exceptions import OperationalError

from workers.app import make_app
from workers.settings import Settings

log = logging.getLogger("chongfen.calling")


def call(settings: Settings, task: str, *arguments: int | list[int]) -> bool:
    """Ask for ``task`` (its name without the prefix) with ids; False when the broker is away."""
    try:
        _app(settings).send_task(f"chongfen.{task}", args=list(arguments))
    except OperationalError as error:
        log.warning("no worker could be called for %s: %s", task, type(error).__name__)
        return False
    return True


@lru_cache(maxsize=4)
def _app(settings: Settings) -> Any:
    """One producer a process and broker; its connections are pooled by Celery."""
    return make_app(settings)
