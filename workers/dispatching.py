"""The dispatcher of a worker process: goes on by itself, whatever becomes of the broker and of beat.

A worker that serves the queue ``dispatch`` starts it with itself. Ticks only reach workers that were started as
plain Celery workers, and bring back a dispatcher whose thread has died.
"""

from __future__ import annotations

import gc
import logging
import math
import threading
import traceback

from workers.process import Process

QUEUE = "dispatch"
YOUNG = (
    20_000,
    20,
    50,
)  # new objects before the collector looks at them; generations before it looks at older ones
PAUSE = 1.0  # real seconds before a dispatcher that crashed is started again
log = logging.getLogger("chongfen.dispatch")


def start(process: Process) -> threading.Thread:
    """Dispatch until the process stops; join the thread to let the calls in flight end."""
    thread = threading.Thread(target=_for_good, args=(process,), name="dispatching")
    thread.start()
    return thread


def keep(process: Process, seconds: float) -> bool:
    """Keep this process's dispatcher going for so long; False when it is going already."""
    from workers.dispatcher import Dispatcher

    dispatcher = Dispatcher(process.runtime, process.name)
    return process.window.keep(
        lambda lapse: log.info("dispatched %s", dict(dispatcher.run_until(None, lapse))),
        seconds=seconds,
        stop=process.stop,
    )


def _for_good(process: Process) -> None:
    warm_up()
    while not process.stop.is_set():
        try:
            keep(process, math.inf)
        except Exception as error:  # whatever it was: deliveries must not wait for a person to restart this
            where = "".join(traceback.format_tb(error.__traceback__))  # no message: it may hold a text
            log.error("the dispatcher crashed: %s\n%s", type(error).__name__, where)
        process.stop.wait(PAUSE)


def warm_up() -> None:
    """Read the rules before anything is due: the first text must not wait for them at the door.

    What is in memory by then stays for good, so the collector need not look through it again: a fan-out of
    thousands made it do so a thousand times, a third of all its time.
    """
    from generator.checks import check_text

    check_text("早安")
    gc.collect()
    gc.freeze()
    gc.set_threshold(*YOUNG)
