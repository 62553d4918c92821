"""Vectors that were asked for once, by the hash of model and text: in memory, and in a file that only grows.

A record is 32 bytes of hash, four of length, then the numbers; a record cut short by a crash ends the reading, nothing more. No
text is kept, and a customer's words never come here.
"""

from __future__ import annotations

import hashlib
import math
import os
import struct
import threading
from array import array
from collections.abc import Mapping
from pathlib import Path
from typing import TypeAlias

Vector: TypeAlias = "array[float]"
_HEAD = struct.Struct("<32sI")
MOST_NUMBERS = 8_192  # of one vector; more is no vector
MOST_BYTES = 400_000_000  # a file beyond this is begun anew


def unit(numbers: list[float]) -> Vector | None:
    """The vector of length one, or None when there is nothing to be had from these numbers."""
    size = math.sqrt(sum(number * number for number in numbers)) if numbers else 0.0
    if not 0 < len(numbers) <= MOST_NUMBERS or not math.isfinite(size) or size == 0.0:
        return None
    return array("f", (number / size for number in numbers))


class Vectors:
    """The vectors of one model. Safe for threads; several processes may append to the same file."""

    def __init__(self, model: str, folder: Path | None = None) -> None:
        self._model = model
        name = hashlib.sha256(model.encode()).hexdigest()[:16]
        self._file = folder / f"{name}.vectors" if folder is not None else None
        self._lock = threading.Lock()
        self._kept: dict[bytes, Vector] = dict(_read(self._file)) if self._file else {}

    def key(self, text: str) -> bytes:
        """What a text is found by."""
        return hashlib.sha256(f"{self._model}\n{text}".encode("utf-8", "replace")).digest()

    def get(self, text: str) -> Vector | None:
        """The vector of a text, when it is there."""
        return self._kept.get(self.key(text))

    def add(self, found: Mapping[str, Vector]) -> None:
        """Keep these; a file that cannot be written costs the next start some questions, nothing else."""
        fresh = {self.key(text): vector for text, vector in found.items()}
        with self._lock:
            fresh = {key: vector for key, vector in fresh.items() if key not in self._kept}
            self._kept.update(fresh)
            if self._file is None or not fresh:
                return
            record = b"".join(
                _HEAD.pack(key, len(vector)) + vector.tobytes() for key, vector in fresh.items()
            )
            try:
                _append(self._file, record)
            except OSError:
                self._file = None


def _append(file: Path, record: bytes) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    full = file.exists() and file.stat().st_size + len(record) > MOST_BYTES
    flags = os.O_WRONLY | os.O_CREAT | (os.O_TRUNC if full else os.O_APPEND)
    handle = os.open(file, flags, 0o600)
    try:
        os.write(handle, record)
    finally:
        os.close(handle)


def _read(file: Path) -> list[tuple[bytes, Vector]]:
    try:
        written = file.read_bytes()
    except OSError:
        return []
    found, at = [], 0
    while at + _HEAD.size <= len(written):
        key, count = _HEAD.unpack_from(written, at)
        end = at + _HEAD.size + 4 * count
        if not 0 < count <= MOST_NUMBERS or end > len(written):
            break
        vector = array("f")
        vector.frombytes(written[at + _HEAD.size : end])
        found.append((key, vector))
        at = end
    return found
