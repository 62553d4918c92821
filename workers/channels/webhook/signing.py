"""Signing and verifying: HMAC-SHA256 over ``<timestamp>.<body>``, so that neither can be changed or replayed.

``verify`` is what a receiver does; ours is here so that the documentation's example is a tested one.
"""

from __future__ import annotations

import hmac

TIMESTAMP = "X-Chongfen-Timestamp"  # Unix seconds
SIGNATURE = "X-Chongfen-Signature"  # sha256=<64 hex digits>
TOLERANCE = 300  # seconds a receiver should accept between the timestamp and its own clock


def sign(secret: str, timestamp: int, body: bytes) -> str:
    """The value of the signature header."""
    return f"sha256={hmac.digest(secret.encode(), f'{timestamp}.'.encode() + body, 'sha256').hex()}"


def verify(secret: str, *, timestamp: str, signature: str, body: bytes, now: float) -> bool:
    """True when the body was signed with ``secret`` at ``timestamp`` and that is not long ago."""
    if not timestamp.isascii() or not timestamp.isdigit() or abs(now - int(timestamp)) > TOLERANCE:
        return False
    return hmac.compare_digest(sign(secret, int(timestamp), body).encode(), signature.encode())
