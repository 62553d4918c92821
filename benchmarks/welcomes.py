"""How soon is a callback answered, and how soon does a new friend read the welcome? The platform gives 5 and 20 seconds.

    .venv/bin/python -m benchmarks.welcomes [--friends 200] [--at-once 8]

A fake WeCom tells the served desk of new friends, signed and encrypted, each twice over, some at once; the desk answers, opens
the letter, asks door and rules, and says the approved welcome back over HTTP. Everything is on this machine and in one process.
"""

from __future__ import annotations

import argparse
import asyncio
import socket
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import uvicorn

from content_calendar import review, welcomes
from content_calendar.clock import SystemClock
from content_calendar.database import Database, migrate
from content_calendar.tables import Brand, Group, Persona, Post, Revision, Tier, User
from desk.acts import editing
from desk.web.app import create_app
from tests.fakes.server import running
from tests.fakes.wecom.server import FakeWecom
from workers import connections
from workers.runtime import Runtime
from workers.settings import Settings

TOKEN, KEY, CORP = "QDG6eK", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C", "ww0123456789abcdef"
WORD = "b" * 24


@dataclass
class Seen:
    """Seconds: of each answer, and from the first letter of a friend to the welcome at the platform."""

    answers: list[float] = field(default_factory=list)
    told: dict[str, float] = field(default_factory=dict)
    read: dict[str, float] = field(default_factory=dict)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--friends", type=int, default=200)
    parser.add_argument("--at-once", type=int, default=8)
    chosen = parser.parse_args()
    fake, seen = FakeWecom(), Seen()
    say = fake.friends.welcome

    def welcome(asked: dict[str, object], now: float) -> dict[str, object]:
        answer = say(asked, now)
        seen.read.setdefault(str(asked.get("welcome_code")), time.perf_counter())
        return answer

    fake.friends.welcome = welcome  # type: ignore[method-assign]
    with tempfile.TemporaryDirectory() as folder, running(fake) as platform:
        runtime = _runtime(Path(folder), platform)
        desk, stop = _served(runtime)
        _ask(fake, f"{desk}/wecom/callback/{WORD}")
        asyncio.run(_come(fake, seen, chosen.friends, chosen.at_once))
        until = time.perf_counter() + 20
        while len(seen.read) < chosen.friends and time.perf_counter() < until:
            time.sleep(0.05)
        stop()
        runtime.database.dispose()
    taken = [seen.read[code] - at for code, at in seen.told.items() if code in seen.read]
    print(
        f"{chosen.friends} new friends, each told of twice, {chosen.at_once} at once (fake platform and desk in one process)"
    )
    print(
        f"callback answered    p50 {_at(seen.answers, 50):7.0f} ms   p99 {_at(seen.answers, 99):7.0f} ms   allowed 5,000 ms"
    )
    print(
        f"welcome said         p50 {_at(taken, 50):7.0f} ms   p99 {_at(taken, 99):7.0f} ms   allowed 20,000 ms"
    )
    print(
        f"welcomed {len(fake.friends.welcomed)} of {chosen.friends}, twice {len(fake.friends.welcomed) - len(seen.read)}"
    )


def _runtime(folder: Path, platform: str) -> Runtime:
    """A brand with an account, a callback and one approved welcome."""
    url = f"sqlite:///{folder / 'bench.db'}"
    migrate(url)
    settings = Settings(data_dir=folder, wecom_url=platform)
    runtime = Runtime(settings, Database(url), SystemClock())
    now = runtime.clock.now()
    with runtime.database.write() as session:
        brand = Brand(uid="b" * 32, name="沐禾", demo=False)
        user = User(name="lead", role="lead", created_at=now)
        session.add_all([brand, user])
        session.flush()
        session.add(Persona(brand_id=brand.id, code="chongfenguan", nickname="沐禾宠粉官"))
        session.add(Tier(brand_id=brand.id, level="low", name="福利群"))
        session.add(
            Group(
                brand_id=brand.id, code="G1", name="福利群", tier="low", channel="wecom_mass", owner="xiaohe"
            )
        )
        keeper, actor = settings.secrets, "user:lead"
        connections.set_account(
            session,
            brand,
            keeper,
            corp_id=CORP,
            agent_id="1000002",
            secret="app-secret",
            actor=actor,
            now=now,
        )
        connections.set_callback(
            session, brand, keeper, token=TOKEN, aes_key=KEY, word=WORD, actor=actor, now=now
        )
        post = welcomes.add(
            session, brand, occasion="friend", owner="", tier="low", until=(now + timedelta(days=30)).date(), theme="",
            key="bench", user=user, now=now,
        )  # fmt: skip
        text = "你好呀，我是沐禾宠粉官，护肤上的事随时在这里问我，看见了就回你，也可以先翻翻群里的小课。"
        editing.save(session, post, text, base_hash="", user=user, now=now)
        found = session.get_one(Revision, session.get_one(Post, post.id).revision_id)
        review.approve(session, post, revision_hash=found.hash, user=user, now=now)
    return runtime


def _served(runtime: Runtime) -> tuple[str, Callable[[], None]]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = uvicorn.Server(
        uvicorn.Config(create_app(runtime), port=port, log_level="error", access_log=False)
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)

    def stop() -> None:
        server.should_exit = True
        thread.join(30)

    return f"http://127.0.0.1:{port}", stop


def _ask(fake: FakeWecom, url: str) -> None:
    calls = fake.callbacks
    calls.url, calls.token, calls.aes_key = url, TOKEN, KEY
    if not asyncio.run(calls.verify(time.time())):
        raise SystemExit("the desk did not answer the platform's first call")


async def _come(fake: FakeWecom, seen: Seen, friends: int, at_once: int) -> None:
    places = asyncio.Semaphore(at_once)

    async def one(number: int) -> None:
        async with places:
            code = fake.friends.add("xiaohe", time.time())
            event = {
                "FromUserName": "sys", "CreateTime": str(int(time.time())), "MsgType": "event",
                "Event": "change_external_contact", "ChangeType": "add_external_contact", "UserID": "xiaohe",
                "ExternalUserID": f"wm{number}", "WelcomeCode": code,
            }  # fmt: skip
            seen.told[code] = time.perf_counter()
            for _again in range(2):
                began = time.perf_counter()
                await fake.callbacks.tell(event, time.time())
                seen.answers.append(time.perf_counter() - began)

    await asyncio.gather(*(one(number) for number in range(friends)))


def _at(values: list[float], percent: int) -> float:
    """A percentile in milliseconds."""
    ordered = sorted(values)
    return 1000 * ordered[min(len(ordered) - 1, len(ordered) * percent // 100)] if ordered else float("nan")


if __name__ == "__main__":
    main()
