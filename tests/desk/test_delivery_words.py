"""No raw code is put before a person: each becomes a sentence, a sentence stays what it is."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient

from content_calendar.tables import Delivery
from desk.web import i18n
from desk.web.delivery_words import because
from workers.runtime import Runtime


@pytest.mark.parametrize(
    ("reason", "said"),
    [
        ("webhook.503", "对方的服务器回了 503"),
        ("webhook.410", "对方不收（410）"),
        ("wecom_bot.45009", "发得太快，被平台限流"),
        ("wecom_mass.40003", "平台不收，错误码 40003"),
        ("webhook.ServerDisconnectedError", "连接中断"),
        ("wecom_bot.ClientConnectorDNSError", "连不上对方"),
        ("webhook.SocketTimeoutError", "等对方回答超时"),
        ("webhook.address_forbidden：重试到时限仍未成功", "这个地址不许发：重试到时限仍未成功"),
        ("结果未知（webhook.502），按同一标识重发，由通道去重", "结果未知（对方的服务器回了 502），按同一标识重发，由通道去重"),
        ("feishu_bot.something_new", "没有发成（something_new）"),
        ("群已暂停", "群已暂停"),
        ("打开 https://mall.example.com/a.html 看", "打开 https://mall.example.com/a.html 看"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_code_becomes_a_sentence(reason: str, said: str) -> None:
    i18n.use("zh")
    assert because(reason) == said


def test_the_pages_say_the_sentence_and_keep_the_code_in_the_title(
    lead: TestClient, runtime: Runtime, shop: Any, make: Any
) -> None:
    from content_calendar.tables import Brand, Group, Post, Release

    with runtime.database.write() as session:
        post = session.get_one(Post, shop.posts["released"])
        brand = session.get_one(Brand, shop.brand)
        release = Release(
            brand_id=brand.id, post_id=post.id, revision_id=post.revision_id, revision_hash="h", due_at=post.due_at,
            day=post.day, frozen_at=make.now,
        )  # fmt: skip
        session.add(release)
        session.flush()
        group = session.query(Group).first()
        session.add(
            Delivery(
                id="d1", brand_id=brand.id, post_id=post.id, release_id=release.id, group_id=group.id, lane="auto",
                channel="webhook", state="refused", state_reason="webhook.503", due_at=post.due_at, day=post.day, fence=1,
            )
        )  # fmt: skip
        day = post.day
    for path in (f"/posts/{shop.posts['released']}", f"/deliveries?day={day}"):
        page = lead.get(path).text
        assert "对方的服务器回了 503" in page and 'title="webhook.503"' in page, path
        english = lead.get(f"{path}{'&' if '?' in path else '?'}lang=en").text
        assert "the other server answered 503" in english, path
