"""The cipher behind sealed secrets: AES-256-GCM under a key derived from the setting. Imported where something is sealed."""

from __future__ import annotations

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE = 12  # bytes
_BOUND = b"sealed:1"  # what is sealed says of which format it is


def encrypt(key: str, nonce: bytes, plain: bytes) -> bytes:
    """``nonce`` and the sealed bytes behind it."""
    return nonce + _cipher(key).encrypt(nonce, plain, _BOUND)


def decrypt(key: str, packed: bytes) -> bytes | None:
    """What :func:`encrypt` was given; None when this is not its key, or the bytes were changed."""
    try:
        return _cipher(key).decrypt(packed[:NONCE], packed[NONCE:], _BOUND)
    except (InvalidTag, ValueError):
        return None


def _cipher(key: str) -> AESGCM:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"chongfen secrets 1")
    return AESGCM(made.derive(key.encode()))
