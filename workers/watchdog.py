"""A child's half of "no orphans": it ends when the process that started it is gone, however that one died.

The parent holds the writing end of a pipe that is the child's standard input and never writes. When the parent ends, even
by SIGKILL, the system closes the pipe and the child reads its end. Works on every Unix, without polling.
"""

from __future__ import annotations

import os
import signal
import threading
import time

SWITCH = "CHONGFEN_FOLLOW_PARENT"  # set by the supervisor for its children
STDIN = 0
GRACE = 8.0  # seconds for a clean end before the process is simply ended


def follow_parent() -> None:
    """Start watching standard input when the supervisor asked for it; otherwise do nothing."""
    if os.environ.get(SWITCH) == "1":
        threading.Thread(target=_watch, name="watchdog", daemon=True).start()


def _watch() -> None:
    while os.read(STDIN, 1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE)
    os._exit(1)
