"""What a serving process does once, so that no single page waits long: templates compiled, and what will live as long as the
process taken out of the garbage collector's sight.

A full collection walks everything that is alive, some hundred thousand objects of libraries and models that never go away; one in
fifteen week pages paid 200 ms for it. Threads that look something up for a reply give way to the loop, and it to them, within
a millisecond: with the usual five, fifty who ask at once waited for the turn and not for the work.
"""

from __future__ import annotations

import gc
import sys
import threading

from desk.web.rendering import environment

YOUNG = (50_000, 20, 50)  # new objects before the collector looks; looks before it takes older ones too
TURN = 0.001  # seconds one thread goes on while another waits for its turn
WARM = 20.0  # seconds after the start by which models and indexes have been read


def settle() -> None:
    """Compile the pages, freeze what there is, and once more what warming up has brought; make turns short."""
    env = environment()
    for name in env.list_templates():
        env.get_template(name)
    freeze()
    gc.set_threshold(*YOUNG)
    sys.setswitchinterval(TURN)
    later = threading.Timer(WARM, freeze)
    later.daemon = True
    later.start()


def freeze() -> None:
    """No collection looks at what is alive now any more."""
    gc.collect()
    gc.freeze()
