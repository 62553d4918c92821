"""The bridge from async drafts to plain code: everything arrives, errors arrive, leaving early cancels."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator

import pytest

from workers.batches.bridge import stream


async def _numbers(count: int) -> AsyncIterator[int]:
    for number in range(count):
        await asyncio.sleep(0)
        yield number


def test_every_item_arrives_in_order() -> None:
    assert list(stream(_numbers(50), idle=5)) == list(range(50))


def test_items_are_used_in_the_calling_thread() -> None:
    assert {threading.get_ident() for _ in stream(_numbers(3), idle=5)} == {threading.get_ident()}


def test_an_error_comes_after_what_was_finished_before_it() -> None:
    async def failing() -> AsyncIterator[int]:
        yield 1
        raise OSError("gone")

    got: list[int | None] = []
    with pytest.raises(OSError, match="gone"):
        for item in stream(failing(), idle=5):
            got.append(item)
    assert got == [1]


def test_silence_is_told() -> None:
    release = threading.Event()

    async def slow() -> AsyncIterator[int]:
        await asyncio.to_thread(release.wait)
        yield 7

    items = stream(slow(), idle=0.01)
    assert next(items) is None
    release.set()
    assert 7 in set(items)


def test_leaving_early_cancels_what_still_runs() -> None:
    cancelled = threading.Event()

    async def endless() -> AsyncIterator[int]:
        yield 1
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            cancelled.set()
            raise

    items = stream(endless(), idle=5)
    assert next(items) == 1
    items.close()
    assert cancelled.is_set()
