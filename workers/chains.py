"""The process's chains of models: made once for the same settings, closed when they are kept no longer.

A client that is dropped without being closed leaves its sockets to the collector, which may take them from under
another client at work.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable

from generator.models import ChatModel

KEPT = 8  # chains; a process has two, tests have many
Chain = tuple[ChatModel, ...]


class Chains:
    """Chains by what they were made from; safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: dict[Hashable, Chain] = {}

    def get(self, key: Hashable, make: Callable[[], Chain]) -> Chain:
        """The chain under ``key``, made when there is none; the one asked for longest ago gives way."""
        with self._lock:
            found = self._kept.pop(key, None)
            self._kept[key] = found = make() if found is None else found
            gone = [self._kept.pop(next(iter(self._kept))) for _ in range(len(self._kept) - KEPT)]
        _close(gone)
        return found

    def close(self) -> None:
        """Close every chain; they are made anew when somebody asks."""
        with self._lock:
            gone, self._kept = list(self._kept.values()), {}
        _close(gone)


def _close(chains: list[Chain]) -> None:
    for model in (model for chain in chains for model in chain):
        model.close()


chains = Chains()
