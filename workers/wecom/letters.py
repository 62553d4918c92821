"""What the platform sends back to us, signed and encrypted: opened only when every mark on it is right.

AES-256-CBC with the key's first half as vector, padded to 32 bytes; inside stand 16 random bytes, a length, the message and
the company it is for. The signature is compared first and in constant time, so that nothing unsigned is ever decrypted.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import struct
from dataclasses import dataclass, field

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32  # bytes that a message is padded to
KEY_LENGTH = 43  # characters of an EncodingAESKey
HEAD = 20  # random bytes and the length
FRESH = 300.0  # seconds a letter may be old, or ahead of our clock


class BadLetter(Exception):
    """Not from the platform, not for us, or not whole. ``why``: a word for the log, never what stood in it."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class Stamp:
    """What the address of a call says of its letter."""

    signature: str
    timestamp: str
    nonce: str


@dataclass(frozen=True)
class Opener:
    """Opens letters to one app. ``receiver``: the company's id, which stands inside every letter."""

    token: str = field(repr=False)
    aes_key: str = field(repr=False)
    receiver: str

    def open(self, sealed: str, stamp: Stamp, *, now: float) -> bytes:
        """The message in ``sealed``; BadLetter when a mark is wrong or the letter is not of these minutes."""
        if not hmac.compare_digest(
            _bytes(sign(self.token, stamp.timestamp, stamp.nonce, sealed)), _bytes(stamp.signature)
        ):
            raise BadLetter("signature")
        if not stamp.timestamp.isascii() or not stamp.timestamp.isdigit():
            raise BadLetter("timestamp")
        if abs(now - int(stamp.timestamp[:12])) > FRESH:
            raise BadLetter("stale")
        return self._unpack(_decrypt(key_of(self.aes_key), sealed))

    def _unpack(self, plain: bytes) -> bytes:
        if len(plain) < HEAD:
            raise BadLetter("short")
        (length,) = struct.unpack(">I", plain[16:HEAD])
        message, receiver = plain[HEAD : HEAD + length], plain[HEAD + length :]
        if len(message) != length:
            raise BadLetter("length")
        if receiver != self.receiver.encode():
            raise BadLetter("receiver")
        return message


def sign(token: str, timestamp: str, nonce: str, sealed: str) -> str:
    """The signature of a letter: of its four parts in their order as text."""
    joined = "".join(sorted((token, timestamp, nonce, sealed)))
    return hashlib.sha1(_bytes(joined), usedforsecurity=False).hexdigest()


def _bytes(text: str) -> bytes:
    """A stranger's text may hold what UTF-8 has no bytes for."""
    return text.encode(errors="replace")


def key_of(aes_key: str) -> bytes:
    """The 32 bytes of an EncodingAESKey; BadLetter when it is none."""
    try:
        key = base64.b64decode(f"{aes_key}=", validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadLetter("key") from error
    if len(aes_key) != KEY_LENGTH or len(key) != BLOCK:
        raise BadLetter("key")
    return key


def _decrypt(key: bytes, sealed: str) -> bytes:
    try:
        body = base64.b64decode(sealed, validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadLetter("base64") from error
    if not body or len(body) % 16:
        raise BadLetter("blocks")
    opened = Cipher(algorithms.AES(key), modes.CBC(key[:16])).decryptor()
    plain = opened.update(body) + opened.finalize()
    pad = plain[-1]
    if not 1 <= pad <= BLOCK or plain[-pad:] != bytes([pad]) * pad:
        raise BadLetter("padding")
    return plain[:-pad]
