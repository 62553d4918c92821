"""The receiver printed in docs/webhook.md is run as printed: it accepts what we sign and nothing else."""

from __future__ import annotations

import re
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import HTTPServer
from pathlib import Path
from typing import Any

import pytest

from workers.channels.webhook import signing

PAPER = Path(__file__).parents[3] / "docs" / "webhook.md"


@pytest.fixture
def printed() -> Iterator[str]:
    """The address of the printed receiver, running."""
    code = re.search(r"```python\n(.*?)```", PAPER.read_text("utf-8"), re.DOTALL)
    assert code is not None
    names: dict[str, Any] = {}
    exec(code.group(1), names)
    names["Hook"].log_message = lambda *_: None
    server = HTTPServer(("127.0.0.1", 0), names["Hook"])
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/hook"
    server.shutdown()
    server.server_close()
    thread.join(5)


def post(url: str, body: bytes, *, secret: str = "...", at: int | None = None) -> int:
    stamp = int(time.time()) if at is None else at
    headers = {
        signing.TIMESTAMP: str(stamp), signing.SIGNATURE: signing.sign(secret, stamp, body), "Idempotency-Key": "k1"
    }  # fmt: skip
    try:
        with urllib.request.urlopen(urllib.request.Request(url, body, headers)) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def test_the_printed_receiver_takes_ours_once_and_refuses_the_rest(printed: str) -> None:
    body = '{"text": "早安", "group": "G1"}'.encode()

    assert post(printed, body, secret="wrong") == 401
    assert post(printed, body, at=int(time.time()) - 3600) == 401
    assert post(printed, body) == 200
    assert post(printed, body) == 409
