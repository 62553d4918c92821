"""Reading a receiver's answer: which status proves what. 5xx proves nothing.

Refused means proved not accepted. Anything that may have been accepted is unknown.
"""

from __future__ import annotations

import json
from datetime import datetime
from email.utils import parsedate_to_datetime

from content_calendar.ledger import Outgoing
from workers.channels.base import Outcome

_TRY_AGAIN = frozenset({408, 425, 429})  # the receiver says itself that it did not take it
MAX_WAIT = 3600.0  # seconds of Retry-After that are believed


def outcome(
    message: Outgoing, status: int, headers: dict[str, str], body: bytes, *, now: datetime
) -> Outcome:
    """The outcome of a complete answer. ``headers``: lower-case names."""
    code = f"http.{status}"
    if 200 <= status < 300:
        return Outcome("sent", code=code, remote_id=_remote_id(body))
    if status == 409 and _same_delivery(message, headers, body):
        return Outcome("sent", code=code, remote_id=_remote_id(body))
    if status in _TRY_AGAIN:
        return Outcome("refused", code=code, retry_after=_retry_after(headers.get("retry-after", ""), now))
    if 300 <= status < 500:
        return Outcome("refused", code=code, permanent=True)
    return Outcome("unknown", code=code)


def _same_delivery(message: Outgoing, headers: dict[str, str], body: bytes) -> bool:
    """409 says "I have that key already": believed on a second attempt, or when our key is named."""
    if message.number > 1 or headers.get("idempotency-key") == message.delivery_id:
        return True
    found = _json(body)
    return message.delivery_id in {found.get("delivery"), found.get("idempotency_key")}


def _remote_id(body: bytes) -> str:
    found = _json(body).get("id")
    return str(found)[:120] if isinstance(found, str | int) and not isinstance(found, bool) else ""


def _json(body: bytes) -> dict[str, object]:
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _retry_after(text: str, now: datetime) -> float | None:
    """Seconds from a Retry-After header (a number or an HTTP date); None when it says nothing usable."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return min(float(text[:9]), MAX_WAIT)
    try:
        at = parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
    if at.tzinfo is None:
        return None
    return min(max((at - now).total_seconds(), 0.0), MAX_WAIT)
