"""Who carries deliveries out on the dot: one event loop per dispatcher, all truth in the database.

Polls for due work, never keeps a moment in a queue. Decides nothing about approval: that is the ledger's door.
"""

from workers.dispatcher.dispatcher import Dispatcher
from workers.dispatcher.until import dispatch_until

__all__ = ["Dispatcher", "dispatch_until"]
