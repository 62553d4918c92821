"""The webhook's own connections: which answers count, when a connection is used again, and that getting ready sends nothing."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fakes.receiver import CERTIFICATE, TLS
from workers.channels.webhook import pool
from workers.channels.webhook.addresses import CheckedResolver
from workers.channels.webhook.pool import NotConnected, Pool, place_of
from workers.channels.webhook.wire import MAX_ANSWER, MAX_HEAD, Answer, Broken, Limits

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
REQUEST = b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\n\r\n"
LIMITS = Limits(total=60, connect=60, address=60, silence=60)  # a busy machine is no reason to give up


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Connections are kept however slow the machine is; the test about idle ones says otherwise."""
    monkeypatch.setattr(pool, "IDLE", 60.0)


class Peer:
    """Answers the n-th request over its connections with the n-th bytes given; ``shut``: and closes then."""

    def __init__(self, *answers: bytes, shut: bool = False) -> None:
        self._answers, self._shut = list(answers), shut
        self.connections = self.requests = 0
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while True:
                await reader.readuntil(b"\r\n\r\n")
                self.requests += 1
                writer.write(self._answers.pop(0))
                await writer.drain()
                if self._shut:
                    break
        except (asyncio.IncompleteReadError, ConnectionError, ssl.SSLError, asyncio.CancelledError):
            pass  # cancelled: the loop ends
        writer.close()

    def call(self, work: Callable[[Pool], Awaitable[None]]) -> None:
        asyncio.run(self._call(work))

    async def _call(self, work: Callable[[Pool], Awaitable[None]]) -> None:
        ours = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        ours.load_cert_chain(CERTIFICATE, TLS / "test-only.key")
        server = await asyncio.start_server(self.serve, "127.0.0.1", 0, ssl=ours)
        self.port = server.sockets[0].getsockname()[1]
        trust = ssl.create_default_context(cafile=str(CERTIFICATE))
        found = Pool(trust, CheckedResolver(frozenset({"localhost"})), most=4)
        try:
            await work(found)
        finally:
            await found.close()
            server.close()

    async def ask(self, found: Pool) -> Answer:
        place = place_of(f"https://localhost:{self.port}/")
        wire = await found.get(place, LIMITS)
        ends = asyncio.get_running_loop().time() + LIMITS.total
        return await found.ask(place, REQUEST, LIMITS, wire, ends=ends)


def asked(*answers: bytes, shut: bool = False) -> tuple[Peer, list[Answer | str]]:
    """What came of as many requests as there are answers, one after the other."""
    peer, came = Peer(*answers, shut=shut), list[Answer | str]()

    async def work(found: Pool) -> None:
        for _ in answers:
            try:
                came.append(await peer.ask(found))
            except (Broken, TimeoutError) as error:
                came.append(type(error).__name__)

    peer.call(work)
    return peer, came


def test_one_connection_serves_one_call_after_the_other() -> None:
    peer, came = asked(OK, OK, OK)

    assert [answer.body for answer in came if isinstance(answer, Answer)] == [b"{}"] * 3
    assert (peer.connections, peer.requests) == (1, 3)


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n", b"{}"),
        (b"HTTP/1.1 100 Continue\r\n\r\n" + OK, b"{}"),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n" + OK, b"{}"),
        (b"HTTP/1.1 204 No Content\r\n\r\n", b""),
        (b"HTTP/1.1 304 Not Modified\r\n\r\n", b""),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n{}", b"{}"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n{}", b"{}"),
    ],
    ids=["chunked", "continue", "hints", "204", "304", "http10", "close"],
)  # fmt: skip
def test_every_lawful_form_of_an_answer_is_read_whole(answer: bytes, body: bytes) -> None:
    _, came = asked(answer, OK)

    assert [found.body for found in came if isinstance(found, Answer)] == [body, b"{}"]


def test_an_answer_without_a_length_is_whole_when_the_other_side_closes() -> None:
    _, came = asked(b"HTTP/1.1 201 Created\r\n\r\n{}", shut=True)

    (found,) = came
    assert isinstance(found, Answer) and (found.status, found.body) == (201, b"{}")


@pytest.mark.parametrize(
    "answer",
    [
        OK[:-1], OK[:20], b"", b"not http at all\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n{}",
        b"HTTP/1.1 100 Continue\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: " + b"x" * MAX_HEAD,
    ],
    ids=["short", "half-head", "nothing", "garbage", "no-last-chunk", "bad-chunk", "two-lengths", "only-continue", "endless-head"],
)  # fmt: skip
def test_half_an_answer_proves_nothing(answer: bytes) -> None:
    _, came = asked(answer, shut=True)

    assert came == ["Broken"]


def test_silence_ends_a_call_and_its_connection() -> None:
    peer = Peer(b"HTTP/1.1 200 OK\r\n", OK)
    impatient = Limits(total=60, silence=0.05)

    async def work(found: Pool) -> None:
        place = place_of(f"https://localhost:{peer.port}/")
        wire = await found.get(place, LIMITS)
        ends = asyncio.get_running_loop().time() + LIMITS.total
        with pytest.raises(TimeoutError):
            await found.ask(place, REQUEST, impatient, wire, ends=ends)
        assert not wire.usable
        assert (await peer.ask(found)).status == 200

    peer.call(work)
    assert peer.connections == 2


def test_a_second_answer_is_never_taken_for_that_of_the_next_request() -> None:
    forged = b'HTTP/1.1 409 X\r\nContent-Length: 14\r\n\r\n{"delivery":1}'
    peer, came = asked(OK + forged, OK)

    assert [answer.status for answer in came if isinstance(answer, Answer)] == [200, 200]
    assert peer.connections == 2  # the first was not used again


def test_an_answer_that_never_ends_is_cut_and_its_connection_dropped() -> None:
    peer, came = asked(b"HTTP/1.1 200 OK\r\nContent-Length: 9000000\r\n\r\n" + b"x" * 300_000, OK)

    assert isinstance(came[0], Answer) and len(came[0].body) == MAX_ANSWER
    assert isinstance(came[1], Answer) and peer.connections == 2


def test_a_connection_that_was_idle_too_long_is_not_used_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "IDLE", 0.0)
    peer, _ = asked(OK, OK)

    assert peer.connections == 2


def test_getting_ready_opens_connections_and_sends_nothing() -> None:
    peer = Peer(OK)

    async def work(found: Pool) -> None:
        place = place_of(f"https://localhost:{peer.port}/")
        await asyncio.gather(*(found.make_ready(place, LIMITS) for _ in range(6)))
        assert (found.open, peer.requests) == (4, 0)  # no more than the pool may hold
        assert (await peer.ask(found)).status == 200
        assert (found.open, peer.requests) == (4, 1)

    peer.call(work)


def test_idle_connections_make_room_for_a_call_elsewhere() -> None:
    peer, other = Peer(), Peer(OK)

    async def work(found: Pool) -> None:
        place = place_of(f"https://localhost:{peer.port}/")
        await asyncio.gather(*(found.make_ready(place, LIMITS) for _ in range(4)))

        async def ask_other(_: Pool) -> None:
            assert (await other.ask(found)).status == 200

        await other._call(ask_other)

    peer.call(work)


def test_getting_ready_for_nobody_says_nothing() -> None:
    peer = Peer()

    async def work(found: Pool) -> None:
        place = place_of("https://localhost:1/")
        await found.make_ready(place, LIMITS)
        with pytest.raises(NotConnected):
            await found.get(place, LIMITS)

    peer.call(work)


@settings(max_examples=40, deadline=None)
@given(st.binary(max_size=120), st.integers(0, len(OK)))
def test_whatever_comes_a_call_ends_in_an_answer_or_in_doubt(noise: bytes, kept: int) -> None:
    _, came = asked(OK[:kept] + noise, shut=True)

    (found,) = came
    assert found == "Broken" or isinstance(found, Answer)
    if kept == len(OK):
        assert isinstance(found, Answer) and found.status == 200


def test_an_address_becomes_lines_that_cannot_be_broken() -> None:
    place = place_of("https://例子.测试:8443/a b\r\nX-Evil: 1?q=早#part")

    assert (place.host, place.port) == ("xn--fsqu00a.xn--0zwm56d", 8443)
    assert place.head.count(b"\r\n") == 2 and place.head.isascii() and b"part" not in place.head
