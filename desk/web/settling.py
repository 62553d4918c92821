"""What a serving process does once, so that no single page waits long: templates compiled, and what will live as long as the
process taken out of the garbage collector's sight.

A full collection walks everything that is alive, some hundred thousand objects of libraries and models that never go away; one in
fifteen week pages paid 200 ms for it.
"""

from __future__ import annotations

import gc
import threading

from desk.web.rendering import environment

WARM = 20.0  # seconds after the start by which models and indexes have been read


def settle() -> None:
    """Compile the pages, then freeze what there is, and once more what warming up has brought."""
    env = environment()
    for name in env.list_templates():
        env.get_template(name)
    freeze()
    later = threading.Timer(WARM, freeze)
    later.daemon = True
    later.start()


def freeze() -> None:
    """No collection looks at what is alive now any more."""
    gc.collect()
    gc.freeze()
