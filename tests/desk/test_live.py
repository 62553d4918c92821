"""The herald: what one process changes, the pages of another hear of, and only those of the same brand."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from starlette.testclient import TestClient

from content_calendar import review
from content_calendar.tables import Post, User
from desk.web import herald
from desk.web.pages import live
from workers.runtime import Runtime


async def heard(runtime: Runtime, brand: int, act: Any, *, idle: float = 2.0) -> herald.News | None:
    """What a page of ``brand`` hears first when ``act`` is done while it listens."""
    telling = herald.Herald(every=0.01)
    stream = telling.listen(runtime, brand, idle=idle)
    first = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0.1)  # it listens now
    await asyncio.to_thread(act)
    try:
        return await first
    finally:
        await stream.aclose()


def hold(runtime: Runtime, shop: Any, post: int) -> None:
    with runtime.database.write() as session:
        user = session.get_one(User, shop.users["editor"])
        review.hold(session, session.get_one(Post, post), user=user, reason="等等", now=runtime.clock.now())


def test_a_page_hears_which_posts_changed(runtime: Runtime, shop: Any) -> None:
    post = shop.posts["review"]
    news = asyncio.run(heard(runtime, shop.brand, lambda: hold(runtime, shop, post)))
    assert news == herald.News(posts=(post,))


def test_a_page_of_another_brand_hears_nothing(runtime: Runtime, shop: Any, make: Any) -> None:
    post = shop.posts["review"]
    news = asyncio.run(heard(runtime, shop.brand + 1, lambda: hold(runtime, shop, post), idle=0.3))
    assert news is None


def test_a_page_too_slow_to_listen_keeps_the_newest(runtime: Runtime, shop: Any) -> None:
    async def many() -> list[herald.News | None]:
        telling = herald.Herald(every=0.01)
        stream = telling.listen(runtime, shop.brand, idle=0.05)
        first = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0.05)
        (queue,) = telling._listening[shop.brand]
        for number in range(100):
            if queue.full():
                queue.get_nowait()
            queue.put_nowait(herald.News((number,)))
        got = [await first]
        while (item := await anext(stream)) is not None:
            got.append(item)
        await stream.aclose()
        return got

    got = asyncio.run(many())
    assert got[-1] == herald.News((99,)) and len(got) <= herald.WAITING + 1


def test_when_nobody_listens_nothing_is_read(
    runtime: Runtime, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = []
    monkeypatch.setattr(herald, "_since", lambda _runtime, seen: (looks.append(seen), (seen, {}))[1])

    async def once() -> bool:
        telling = herald.Herald(every=0.01)
        stream = telling.listen(runtime, shop.brand, idle=0.05)
        assert await anext(stream) is None
        await stream.aclose()
        await asyncio.sleep(0.05)
        seen = len(looks)
        await asyncio.sleep(0.1)
        return len(looks) == seen and telling._watch is not None and telling._watch.done()

    assert asyncio.run(once())
    assert looks


def test_the_stream_is_never_stored_and_says_when_to_come_again(
    as_role: Any, shop: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "PING", 0.0)
    monkeypatch.setattr(live, "LONGEST", 0.0)
    client: TestClient = as_role("operator")
    answer = client.get("/live")
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert "retry: 2000" in answer.text
