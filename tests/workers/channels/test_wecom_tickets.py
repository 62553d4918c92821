"""Signatures for the toolbar: the official vector, one ticket for all who ask at once, a new one only when it ends."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.fakes.server import running
from tests.fakes.wecom.server import FakeWecom
from workers.wecom.account import Account
from workers.wecom.tickets import NoTicket, Tickets, signature

ACCOUNT = Account(1, "ww0123456789abcdef", "1000002", "app-secret")
PAGE = "https://desk.example.com/send?owner=%E5%B0%8F%E7%A6%BE"


class Now:
    at = 1_795_395_600.0

    def __call__(self) -> float:
        return self.at


def test_the_official_vector_is_signed_as_the_platform_does() -> None:
    ticket = "sM4AOVdWfPE4DxkXGEs8VMCPGGVi4C3VM0P37wVUCFvkVAy_90u5h9nbSlYy3-Sl-HhTdfl2fzFy1AOcHKP7qg"
    made = signature(ticket, "Wm3WZYTPz0wzccnW", 1414587457, "http://mp.weixin.qq.com?params=value")
    assert made == "0f9de62fce790f9a083d5c99e95740ceb90c27ed"
    assert signature("t", "n", 1, f"{PAGE}#p7") == signature("t", "n", 1, PAGE)


def flow(now: Now, work: Any) -> Any:
    """Run ``work(fake, tickets)`` against a fake platform under this clock."""
    fake = FakeWecom(now)

    async def go(base: str) -> Any:
        tickets = Tickets(base, now, lambda: "nonce")
        try:
            return await work(fake, tickets)
        finally:
            await tickets.close()

    with running(fake) as base:
        return asyncio.run(go(base))


def test_fifty_pages_at_once_cost_one_ticket_of_each_kind_and_all_are_right() -> None:
    now = Now()

    async def work(fake: FakeWecom, tickets: Tickets) -> None:
        signed = await asyncio.gather(*(tickets.sign(ACCOUNT, f"{PAGE}&n={n}") for n in range(50)))
        assert fake.tickets.given == {"corp": 1, "app": 1} and fake.tokens.given == 1
        for number, found in enumerate(signed):
            for kind, one in found.items():
                marks = {"timestamp": one.timestamp, "nonceStr": one.nonce, "signature": one.signature}
                assert fake.tickets.right(kind, f"{PAGE}&n={number}#top", marks, now())
                assert not fake.tickets.right(kind, f"{PAGE}&n=other", marks, now())

    flow(now, work)


def test_a_ticket_is_renewed_before_it_ends_and_not_sooner() -> None:
    now = Now()

    async def work(fake: FakeWecom, tickets: Tickets) -> list[int]:
        given = []
        for later in (0, 6800, 200):
            now.at += later
            await tickets.sign(ACCOUNT, PAGE)
            given.append(fake.tickets.given["app"])
        return given

    assert flow(now, work) == [1, 1, 2]


@pytest.mark.parametrize("code", [45009, 48002, 60020])
def test_a_refused_ticket_is_not_asked_for_again_at_once(code: int) -> None:
    now = Now()

    async def work(fake: FakeWecom, tickets: Tickets) -> None:
        fake.panel.fail("/ticket/get", "errcode", code)
        for _ in range(3):
            with pytest.raises(NoTicket, match=str(code)):
                await tickets.sign(ACCOUNT, PAGE)
        assert fake.panel.journal.count("/cgi-bin/ticket/get") == 1
        now.at += 31
        await tickets.sign(ACCOUNT, PAGE)

    flow(now, work)
