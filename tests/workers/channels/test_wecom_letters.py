"""Letters from WeCom: the official vectors open, and nothing that was touched, aged or meant for others does."""

from __future__ import annotations

import base64
import contextlib
import os
import struct
import time

import pytest
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from hypothesis import given
from hypothesis import strategies as st

from workers.wecom import flat_xml
from workers.wecom.letters import BadLetter, Opener, Stamp, sign

TOKEN, KEY, CORP = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "wx5823bf96d3bd56c7"
OPENER = Opener(TOKEN, KEY, CORP)
# The two examples that the platform's own sample code carries.
ECHO = "P9nAzCzyDtyTWESHep1vC5X9xho/qYX3Zpb4yKa9SKld1DsH3Iyt3tP3zNdtp+4RPcs8TgAE7OaBO+FZXvnaqQ=="
ECHO_STAMP = Stamp("5c45ff5e21c57e6ad56bac8758b79b1d9ac89fd3", "1409659589", "263014780")
POSTED = (
    "RypEvHKD8QQKFhvQ6QleEB4J58tiPdvo+rtK1I9qca6aM/wvqnLSV5zEPeusUiX5L5X/0lWfrf0QADHHhGd3QczcdCUpj911L3vg3W/sYYvuJTs3TUUk"
    "SUXxaccAS0qhxchrRYt66wiSpGLYL42aM6A8dTT+6k4aSknmPj48kzJs8qLjvd4Xgpue06DOdnLxAUHzM6+kDZ+HMZfJYuR+LtwGc2hgf5gsijff0ekU"
    "NXZiqATP7PF5mZxZ3Izoun1s4zG4LUMnvw2r+KqCKIw+3IQH03v+BCA9nMELNqbSf6tiWSrXJB3LAVGUcallcrw8V2t9EL4EhzJWrQUax5wLVMNS0+rU"
    "PA3k22Ncx4XXZS9o0MBH27Bo6BpNelZpS+/uh9KsNlY6bHCmJU9p8g7m3fVKn28H3KDYA5Pl/T8Z1ptDAVe0lXdQ2YoyyH2uyPIGHBZZIs2pDBS8R07+"
    "qN+E7Q=="
)
POSTED_STAMP = Stamp("477715d11cdb4164915debcba66cb864d751f3e6", "1409659813", "1372623149")


def letter(message: bytes, receiver: bytes = CORP.encode(), *, pad: int | None = None) -> str:
    """A letter as the platform would seal it."""
    key = base64.b64decode(KEY + "=")
    plain = os.urandom(16) + struct.pack(">I", len(message)) + message + receiver
    size = 32 - len(plain) % 32 if pad is None else pad
    seal = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(
        seal.update(plain + bytes([size]) * (32 - len(plain) % 32)) + seal.finalize()
    ).decode()


def stamped(sealed: str, at: float | None = None, token: str = TOKEN) -> Stamp:
    stamp = str(int(time.time() if at is None else at))
    return Stamp(sign(token, stamp, "7", sealed), stamp, "7")


def test_the_official_echo_opens() -> None:
    assert OPENER.open(ECHO, ECHO_STAMP, now=1409659590) == b"1616140317555161061"


def test_the_official_message_opens() -> None:
    found = flat_xml.fields(OPENER.open(POSTED, POSTED_STAMP, now=1409659813))
    assert found["FromUserName"] == "mycreate" and found["Content"] == "hello"
    assert found["MsgId"] == "4561255354251345929" and found["CreateTime"] == "1409659813"


@given(st.binary(max_size=3000))
def test_whatever_was_sealed_for_us_comes_out_as_it_was(message: bytes) -> None:
    sealed = letter(message)
    assert OPENER.open(sealed, stamped(sealed, 1000), now=1000) == message


@pytest.mark.parametrize("changed", ["signature", "timestamp", "nonce", "body"])
def test_a_letter_that_was_touched_stays_shut(changed: str) -> None:
    sealed = letter(b"<xml/>")
    stamp = stamped(sealed, 1000)
    if changed == "body":
        sealed = letter(b"<xml/>")
    else:
        stamp = Stamp(**{**vars(stamp), changed: "0" + getattr(stamp, changed)[1:]})
    with pytest.raises(BadLetter, match="signature"):
        OPENER.open(sealed, stamp, now=1000)


@pytest.mark.parametrize("age", [-301, 301, 86_400])
def test_an_old_letter_is_not_opened_again(age: int) -> None:
    sealed = letter(b"<xml/>")
    with pytest.raises(BadLetter, match="stale"):
        OPENER.open(sealed, stamped(sealed, 100_000), now=100_000 + age)


@pytest.mark.parametrize(
    ("sealed", "why"),
    [
        (letter(b"<xml/>", b"ww-somebody-else"), "receiver"),
        (letter(b"<xml/>", pad=33), "padding"),
        (letter(b"<xml/>", pad=0), "padding"),
        ("not base64!", "base64"),
        ("", "blocks"),
        (base64.b64encode(b"x" * 17).decode(), "blocks"),
        (base64.b64encode(b"y" * 32).decode(), "padding"),
    ],
    ids=["for others", "padded too far", "not padded", "not base64", "empty", "half a block", "noise"],
)
def test_what_is_signed_but_not_a_letter_is_refused(sealed: str, why: str) -> None:
    with pytest.raises(BadLetter, match=why):
        OPENER.open(sealed, stamped(sealed, 5000), now=5000)


@given(st.text(max_size=80), st.text(max_size=20), st.text(max_size=50))
def test_no_stranger_brings_it_down(sealed: str, timestamp: str, signature: str) -> None:
    with pytest.raises(BadLetter):
        OPENER.open(sealed, Stamp(signature, timestamp, "n"), now=0)
    with pytest.raises(BadLetter):
        OPENER.open(sealed, Stamp(sign(TOKEN, timestamp, "n", sealed), timestamp, "n"), now=0)


@pytest.mark.parametrize(
    "document",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]><xml><A>&a;</A></xml>',
        b'<!DOCTYPE x SYSTEM "file:///etc/passwd"><xml/>',
        b"<xml><A>&nothing;</A></xml>",
        b"<a><b><c><d><e/></d></c></b></a>",
        b"<xml>" + b"<A>x</A>" * 20_000 + b"</xml>",
        b"<xml><A>",
        b"",
        b"\xff\xfe",
    ],
)
def test_declarations_depth_and_size_are_refused(document: bytes) -> None:
    with pytest.raises(flat_xml.BadXml):
        flat_xml.fields(document)


def test_fields_are_read_as_they_stand() -> None:
    document = "<xml><A><![CDATA[一<b>]]></A><B> 2 </B><C><D>深</D></C><A>again</A></xml>".encode()
    assert flat_xml.fields(document) == {"A": "一<b>", "B": "2", "C": ""}


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(document: bytes) -> None:
    with contextlib.suppress(flat_xml.BadXml):
        assert isinstance(flat_xml.fields(document), dict)
