"""Channel addresses that are secrets: how they are kept, how they are shown, how a cell says "the one you have".

The URL of a robot or a webhook is its password. It is kept sealed (``sealed:1:<fingerprint>:…``, see
:mod:`workers.secrets`) or as a reference (``env:NAME``); pages, exports and reports show a fingerprint only.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

from content_calendar.lanes import CHANNELS

SEALED = "sealed:1:"
ENV = "env:"
KEPT = "已保存#"  # how a kept secret is written in an export; importing it again changes nothing
_DIGITS = 12
Seal = Callable[[str], str]


def is_secret(channel: str) -> bool:
    """True when knowing a channel's address is enough to post through it."""
    return channel in CHANNELS and CHANNELS[channel].https


def fingerprint(address: str) -> str:
    """A few hex digits that tell two addresses apart and give neither away."""
    if address.startswith(SEALED):
        return address.removeprefix(SEALED).partition(":")[0]
    return hashlib.sha256(address.encode()).hexdigest()[:_DIGITS]


def shown(channel: str, address: str) -> str:
    """An address as people and files may see it."""
    if not address or not is_secret(channel) or address.startswith((ENV, KEPT)):
        return address
    return KEPT + fingerprint(address)


def hint(written: str) -> str:
    """Enough of a mistyped address to recognise it in a report, too little to use it."""
    return written if len(written) <= 12 else f"{written[:12]}…"


def to_keep(channel: str, written: str, before: str, seal: Seal | None) -> str:
    """What to store for a cell: ``before`` when it says the same, else the new one sealed.

    ``seal`` None keeps it as written (a library's use without a key).
    """
    if not written or not is_secret(channel) or written.startswith((ENV, SEALED)):
        return written
    wanted = written.removeprefix(KEPT) if written.startswith(KEPT) else fingerprint(written)
    if before and not before.startswith(ENV) and fingerprint(before) == wanted:
        return before
    if written.startswith(KEPT):
        return ""  # it names an address that is not here: the group has none
    return seal(written) if seal is not None else written
