"""The broker of one machine: kombu's filesystem transport, with messages that appear whole or not at all.

kombu creates a message file under its final name and then writes it; a worker that polls between the two reads an
empty file, fails to parse it and loses the message. Here a message is written under another name and renamed, and a worker takes it
by renaming it within the same folder tree: both are atomic. The URL scheme is ``spool://``.
"""

from __future__ import annotations

import json
import time
import uuid
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import TRANSPORT_ALIASES, filesystem

SCHEME = "spool"
TRANSPORT_ALIASES[SCHEME] = f"{__name__}:Transport"


def options(folder: Path) -> dict[str, Any]:
    """Make the folders below ``folder`` and return the transport options that name them."""
    for name in ("queue", "taken", "control"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    return {
        "data_folder_in": str(folder / "queue"),
        "data_folder_out": str(folder / "queue"),
        "control_folder": str(folder / "control"),
        "processed_folder": str(folder / "taken"),
        # The default of one second would be felt at every click; a poll costs three directory listings.
        "polling_interval": 0.1,
    }


def clear(folder: Path) -> int:
    """Remove messages nobody will read any more; the number removed.

    Safe because the database is the truth: what a lost message asked for, the next tick asks for again.
    """
    stale = [
        *(folder / "queue").glob("*.msg"),
        *(folder / "taken").glob("*"),
        *(folder / "queue").glob("*.new"),
    ]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)


class Channel(filesystem.Channel):
    """kombu's channel with an atomic put and an atomic take."""

    def _put(self, queue: str, payload: Any, **_kwargs: Any) -> None:  # type: ignore[override]
        # The name sorts by age; a wall clock survives a reboot, where kombu's monotonic one starts again at zero.
        name = f"{time.time_ns():020d}_{uuid.uuid4().hex}.{queue}.msg"
        draft = Path(self.data_folder_out) / f"{name}.new"
        draft.write_text(json.dumps(payload), "utf-8")
        draft.rename(Path(self.data_folder_out) / name)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for path in sorted(Path(self.data_folder_in).glob(f"*.{queue}.msg")):
            taken = Path(self.processed_folder) / path.name
            try:
                path.rename(taken)
            except FileNotFoundError:  # another worker was first
                continue
            payload = json.loads(taken.read_text("utf-8"))
            taken.unlink()
            return payload
        raise Empty


class Transport(filesystem.Transport):
    """The transport behind ``spool://``."""

    Channel = Channel
