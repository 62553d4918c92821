"""The app's token: one flight for all who need it, renewed once, a wrong secret left alone."""

from __future__ import annotations

import asyncio
from datetime import timedelta

from tests.workers.channels.conftest import Platforms
from workers.wecom import Account, Answer, Api, Refused, Unsure

ACCOUNT = Account(1, "ww0123456789abcdef", "1000002", "app-secret")
LIST = {"limit": 10}


def made(platforms: Platforms, account: Account = ACCOUNT) -> Api:
    return Api(platforms.settings.wecom_url, account, lambda: platforms.clock.now().timestamp())


def test_forty_calls_at_once_fetch_one_token(platforms: Platforms) -> None:
    async def flow() -> list[object]:
        api = made(platforms)
        found = await asyncio.gather(*(api.contact("groupchat/list", LIST) for _ in range(40)))
        await api.close()
        return list(found)

    found = asyncio.run(flow())
    assert all(isinstance(one, Answer) for one in found)
    assert platforms.wecom.panel.journal.count("/cgi-bin/gettoken") == 1


def test_a_revoked_token_is_renewed_once_for_all_who_were_refused(platforms: Platforms) -> None:
    async def flow() -> list[object]:
        api = made(platforms)
        await api.contact("groupchat/list", LIST)
        platforms.wecom.tokens.revoke()
        found = await asyncio.gather(*(api.contact("groupchat/list", LIST) for _ in range(20)))
        await api.close()
        return list(found)

    assert all(isinstance(one, Answer) for one in asyncio.run(flow()))
    assert platforms.wecom.panel.journal.count("/cgi-bin/gettoken") == 2


def test_a_token_is_renewed_before_it_ends(platforms: Platforms) -> None:
    async def flow() -> None:
        api = made(platforms)
        await api.contact("groupchat/list", LIST)
        platforms.clock.advance(timedelta(seconds=7000))
        await api.contact("groupchat/list", LIST)
        platforms.clock.advance(timedelta(seconds=300))
        assert isinstance(await api.contact("groupchat/list", LIST), Answer)
        await api.close()

    asyncio.run(flow())


def test_a_wrong_secret_is_refused_once_and_never_shown(platforms: Platforms) -> None:
    wrong = Account(1, "ww0123456789abcdef", "1000002", "wrong-secret")

    async def flow() -> list[object]:
        api = made(platforms, wrong)
        found = [await api.contact("groupchat/list", LIST) for _ in range(10)]
        await api.close()
        return list(found)

    found = asyncio.run(flow())
    assert {(one.said, one.wait) for one in found if isinstance(one, Refused)} == {
        ("wecom.token.40001", None)
    }
    assert platforms.wecom.panel.journal.count("/cgi-bin/gettoken") == 1
    assert "wrong-secret" not in repr(wrong)


def test_an_untrusted_address_is_a_refusal_and_an_unknown_code_proves_nothing(platforms: Platforms) -> None:
    async def flow() -> tuple[object, object]:
        api = made(platforms)
        platforms.wecom.tokens.trusted = False
        first = await api.contact("groupchat/list", LIST)
        platforms.wecom.tokens.trusted = True
        platforms.wecom.panel.fail("groupchat/list", "errcode", 99999)
        second = await api.contact("groupchat/list", LIST)
        await api.close()
        return first, second

    first, second = asyncio.run(flow())
    assert first == Refused(60020, "wecom.60020") and second == Unsure("wecom.99999")
