"""The bare loop of the webhook benchmark, in a process of its own: signs and posts, nothing else. Prints its rate and CPU.

No approval, no claim, no attempt, no ledger; the same event loop, the same number of connections, the same bytes, the same TLS.
"""

from __future__ import annotations

import asyncio
import json
import ssl
import sys
import time
from datetime import UTC, datetime

import aiohttp

from benchmarks._sink import CERTIFICATE
from workers.channels.webhook import signing

TEXT = "早安，禾苗们～\n洗完脸先别急着擦干，留一点水分再抹面霜。\n昨天问水温的几位，答案写在群公告里了。"


async def post_all(url: str, deliveries: int, at_once: int) -> float:
    """Seconds it took to post so many."""
    trust = ssl.create_default_context()
    trust.load_verify_locations(CERTIFICATE)
    left = iter(range(deliveries))
    connector = aiohttp.TCPConnector(limit=at_once, ssl=trust)
    async with aiohttp.ClientSession(connector=connector, cookie_jar=aiohttp.DummyCookieJar()) as session:

        async def worker() -> None:
            for number in left:
                body, headers = message(number)
                async with session.post(url, data=body, headers=headers) as answer:
                    await answer.read()

        begun = time.perf_counter()
        await asyncio.gather(*(worker() for _ in range(at_once)))
        return time.perf_counter() - begun


def message(number: int) -> tuple[bytes, dict[str, str]]:
    """The signed bytes of one message, and their headers."""
    now = datetime.now(UTC)
    document = {
        "delivery": f"{number:032x}", "post": 1, "brand": "bench", "group": f"G{number}", "group_name": "群",
        "sender": "", "text": TEXT, "due_at": now.isoformat(), "sent_at": now.isoformat(), "attempt": 1,
    }  # fmt: skip
    body = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    stamp = int(now.timestamp())
    return body, {
        "Content-Type": "application/json; charset=utf-8", "Idempotency-Key": f"{number:032x}",
        signing.TIMESTAMP: str(stamp), signing.SIGNATURE: signing.sign("s", stamp, body),
    }  # fmt: skip


def main(url: str, deliveries: int, at_once: int) -> None:
    cpu = time.process_time()
    try:
        import uvloop

        lasted = uvloop.run(post_all(url, deliveries, at_once))
    except ImportError:
        lasted = asyncio.run(post_all(url, deliveries, at_once))
    cpu = time.process_time() - cpu
    print(json.dumps({"rate": deliveries / lasted, "cpu": cpu / deliveries}))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
