"""Random secrets and their fingerprints: a cookie, a link and a token are all kept only as SHA-256."""

from __future__ import annotations

import hashlib
import secrets


def fresh() -> str:
    """A new secret: 32 random bytes as URL-safe text (43 characters)."""
    return secrets.token_urlsafe(32)


def fingerprint(secret: str) -> str:
    """SHA-256 of a secret, 64 hex digits: the only form that is stored."""
    return hashlib.sha256(secret.encode()).hexdigest()
