"""Passwords with Argon2 (pwdlib's recommended settings: 64 MiB, about a quarter of a second each).

At most two are worked on at a time, so that a flood of sign-ins cannot eat the machine's memory. An unknown
user costs the same time as a known one: a dummy hash is verified instead.
"""

from __future__ import annotations

from functools import cache
from threading import BoundedSemaphore

from pwdlib import PasswordHash
from pwdlib.exceptions import UnknownHashError

from desk.errors import DeskError

SHORTEST = 10  # characters
LONGEST = 200  # characters; a longer one is refused before it is hashed
_turn = BoundedSemaphore(2)


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _dummy() -> str:
    return _hasher().hash("nobody has this password")


def hash_of(password: str) -> str:
    """The Argon2 hash to keep; DeskError when the password is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise DeskError(
            f"密码要 {SHORTEST} 到 {LONGEST} 个字符，请换一个。",
            code="auth.password_length",
            english=f"A password has {SHORTEST} to {LONGEST} characters; choose another.",
        )
    with _turn:
        return _hasher().hash(password)


def matches(password: str, kept: str) -> bool:
    """True when ``password`` belongs to the hash ``kept``; an empty ``kept`` takes as long and is never true."""
    dummy = _dummy()
    with _turn:
        try:
            right = _hasher().verify(password[:LONGEST], kept or dummy)
        except UnknownHashError:
            return False
    return right and bool(kept) and len(password) <= LONGEST
