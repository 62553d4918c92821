"""The webhook's judgement of every ending a call can have, against a receiver that misbehaves at will."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from content_calendar.clock import FixedClock
from content_calendar.ledger import Outgoing
from tests.fakes.receiver import CERTIFICATE, Answer, Receiver, Request, running
from workers.channels import Outcome, Tools
from workers.channels.webhook import addresses, channel, signing
from workers.channels.webhook.channel import WebhookChannel
from workers.channels.webhook.wire import Limits
from workers.errors import WorkerError
from workers.settings import Settings

NOW = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)
SECRET = "s3cret"
KEY = "ab" * 16


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with running(Receiver()) as found:
        yield found


def message(address: str, *, number: int = 1) -> Outgoing:
    return Outgoing(
        delivery_id=KEY, fence=1, number=number, post_id=7, group_id=1, group_code="G1", group_name="福利1群",
        brand="沐禾", sender="沐禾宠粉官", lane="auto", channel="webhook", address=address,
        text="早安 ☀️\n今天 20:00", due_at=NOW, fire_at=NOW,
    )  # fmt: skip


def settings(**more: Any) -> Settings:
    given = {"webhook_secret": SECRET, "allow_private": "localhost", "webhook_ca_file": CERTIFICATE, **more}
    return Settings(**given)


def send(what: Outgoing, **more: Any) -> Outcome:
    async def go() -> Outcome:
        tools = Tools(settings(**more), None, FixedClock(NOW), None)  # type: ignore[arg-type]
        webhook = WebhookChannel(tools)
        try:
            (outcome,) = await webhook.send([what])
            return outcome
        finally:
            await webhook.close()

    return asyncio.run(go())


def test_a_message_arrives_signed_with_its_delivery_id_as_key(receiver: Receiver) -> None:
    outcome = send(message(receiver.url))

    assert outcome == Outcome("sent", code="http.200", remote_id="r-1")
    (request,) = receiver.requests
    assert request.key == KEY
    assert request.document["text"] == "早安 ☀️\n今天 20:00"
    assert request.document["delivery"] == KEY and request.document["group"] == "G1"
    assert "早安".encode() in request.body  # raw UTF-8, not escapes
    assert signing.verify(
        SECRET,
        timestamp=request.headers["x-chongfen-timestamp"],
        signature=request.headers["x-chongfen-signature"],
        body=request.body,
        now=NOW.timestamp(),
    )


@pytest.mark.parametrize(
    ("answer", "kind", "permanent"),
    [
        (Answer(201, b""), "sent", False),
        (Answer(204, b""), "sent", False),
        (Answer(302, b"", ("Location: https://elsewhere.example/",)), "refused", True),
        (Answer(400), "refused", True),
        (Answer(401), "refused", True),
        (Answer(403), "refused", True),
        (Answer(404), "refused", True),
        (Answer(410), "refused", True),
        (Answer(413), "refused", True),
        (Answer(422), "refused", True),
        (Answer(429), "refused", False),
        (Answer(408), "refused", False),
        (Answer(500), "unknown", False),
        (Answer(502), "unknown", False),
        (Answer(503), "unknown", False),
        (Answer(reset=True), "unknown", False),
        (Answer(cut=0), "unknown", False),
        (Answer(cut=10), "unknown", False),
        (Answer(cut=45), "unknown", False),
        (Answer(200, b"not json"), "sent", False),
        (Answer(200, b"[" * 100_000), "sent", False),
    ],
    ids=lambda value: (
        f"{value.status}-{value.cut}-{value.reset}-{len(value.body)}"
        if isinstance(value, Answer)
        else str(value)
    ),
)
def test_each_ending_is_judged_by_what_it_proves(
    receiver: Receiver, answer: Answer, kind: str, permanent: bool
) -> None:
    receiver.behaviour = lambda request: answer

    outcome = send(message(receiver.url))

    assert (outcome.kind, outcome.permanent) == (kind, permanent)
    assert len(receiver.requests) == 1  # exactly one call, redirects not followed


def test_a_receiver_that_does_not_answer_in_time_leaves_it_unknown(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "LIMITS", Limits(total=0.3))
    receiver.behaviour = lambda request: Answer(stall=1)

    assert send(message(receiver.url)).kind == "unknown"


def test_nobody_listening_is_a_refusal_that_may_be_tried_again() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    outcome = send(message(f"https://localhost:{port}/"))

    assert (outcome.kind, outcome.permanent) == ("refused", False)


def test_a_certificate_nobody_trusts_is_a_refusal_before_anything_left(receiver: Receiver) -> None:
    outcome = send(message(receiver.url), webhook_ca_file=None)

    assert (outcome.kind, outcome.permanent) == ("refused", False)
    assert receiver.requests == []


def test_a_name_that_does_not_resolve_is_a_refusal(monkeypatch: pytest.MonkeyPatch) -> None:
    async def nowhere(*_: object, **__: object) -> list[Any]:
        raise OSError("no such name")

    monkeypatch.setattr(addresses.ThreadedResolver, "resolve", nowhere)

    assert send(message("https://no-such-host.example/")).kind == "refused"


def test_retry_after_is_passed_on(receiver: Receiver) -> None:
    receiver.behaviour = lambda request: Answer(429, b"", ("Retry-After: 17",))
    assert send(message(receiver.url)).retry_after == 17

    receiver.behaviour = lambda request: Answer(429, b"", ("Retry-After: Mon, 23 Nov 2026 01:00:30 GMT",))
    assert send(message(receiver.url)).retry_after == 30

    receiver.behaviour = lambda request: Answer(429, b"", ("Retry-After: soon",))
    assert send(message(receiver.url)).retry_after is None


def test_409_means_sent_only_where_it_can_be_our_own_earlier_attempt(receiver: Receiver) -> None:
    receiver.behaviour = lambda request: Answer(409, b"{}")
    assert send(message(receiver.url)) == Outcome("refused", code="http.409", permanent=True)
    assert send(message(receiver.url, number=2)).kind == "sent"

    receiver.behaviour = lambda request: Answer(409, b'{"delivery": "%s"}' % KEY.encode())
    assert send(message(receiver.url)).kind == "sent"


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://169.254.169.254/latest/meta-data",
        "https://10.1.2.3/",
        "https://[::ffff:10.0.0.1]/",
        "https://[64:ff9b::7f00:1]/",
        "https://[fe80::1%25eth0]/",
        "https://user:pass@example.com/",
        "ftp://example.com/",
        "https:///nowhere",
        "not a url",
    ],
)
def test_addresses_that_may_not_be_reached_are_refused_for_good(url: str) -> None:
    outcome = send(message(url), allow_private="")

    assert (outcome.kind, outcome.permanent) == ("refused", True)


def test_a_name_that_resolves_to_a_private_address_is_refused(receiver: Receiver) -> None:
    outcome = send(message(receiver.url), allow_private="")

    assert outcome == Outcome("refused", code="webhook.address_forbidden", permanent=True)
    assert receiver.requests == []


def test_a_name_is_resolved_once_so_that_it_cannot_rebind(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first answer is checked and used; a second, private one is never asked for."""
    asked: list[str] = []

    async def resolve(self: object, host: str, port: int = 0, family: int = 0) -> list[dict[str, Any]]:
        asked.append(host)
        address = "192.0.2.1" if len(asked) == 1 else "127.0.0.1"
        found = {"hostname": host, "host": address, "port": port, "family": socket.AF_INET}
        return [found | {"proto": 0, "flags": socket.AI_NUMERICHOST}]

    monkeypatch.setattr(addresses.ThreadedResolver, "resolve", resolve)
    monkeypatch.setattr(addresses, "is_public", lambda address: address == "192.0.2.1")
    monkeypatch.setattr(channel, "LIMITS", Limits(connect=1, address=0.3))

    outcome = send(message(f"https://receiver.test:{receiver.port}/"), allow_private="")

    assert outcome.kind == "refused"
    assert asked == ["receiver.test"] and receiver.requests == []


def test_an_allowed_name_may_be_private(receiver: Receiver) -> None:
    assert send(message(receiver.url), allow_private=" other.test , LocalHost").kind == "sent"


def test_without_a_secret_nothing_is_sent(receiver: Receiver) -> None:
    outcome = send(message(receiver.url), webhook_secret="")

    assert outcome == Outcome("refused", code="webhook.no_secret", permanent=True)
    assert receiver.requests == []


def test_a_certificate_file_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(WorkerError, match="CHONGFEN_WEBHOOK_CA_FILE"):
        send(message("https://example.com/"), webhook_ca_file=tmp_path / "none.pem")


def test_an_endless_answer_is_not_read_to_its_end(receiver: Receiver) -> None:
    receiver.behaviour = lambda request: Answer(200, b"x" * 3_000_000)

    assert send(message(receiver.url)).kind == "sent"


@given(st.binary(max_size=200), st.integers(0, 2**40), st.binary(max_size=200))
def test_a_signature_fits_only_its_own_body_and_time(body: bytes, at: int, other: bytes) -> None:
    made = signing.sign(SECRET, at, body)

    def ok(secret: str = SECRET, stamp: str = str(at), content: bytes = body, now: float = float(at)) -> bool:
        return signing.verify(secret, timestamp=stamp, signature=made, body=content, now=now)

    assert ok()
    assert not ok(secret="another")
    assert not ok(stamp=str(at + 1))
    assert not ok(now=at + signing.TOLERANCE + 1.0)
    assert ok(content=other) == (other == body)
    assert not ok(stamp="²³")


def test_every_private_range_counts_as_private() -> None:
    private: list[str] = [
        "0.0.0.0", "10.0.0.1", "100.64.0.1", "127.1.1.1", "169.254.1.1", "172.16.0.1", "192.168.1.1",
        "224.0.0.1", "255.255.255.255", "::", "::1", "fc00::1", "fe80::1", "ff02::1", "2002:7f00:1::",
    ]  # fmt: skip
    is_public: Callable[[str], bool] = addresses.is_public
    assert not any(is_public(address) for address in private)
    assert is_public("93.184.216.34") and is_public("2606:2800:220:1:248:1893:25c8:1946")


def test_requests_are_told_apart_by_their_attempt(receiver: Receiver) -> None:
    send(replace(message(receiver.url), number=3))

    found: Request = receiver.requests[0]
    assert found.document["attempt"] == 3
