"""One death of a dispatcher in the middle of its work, what an heir makes of it, and the count afterwards.

Every run has its own twenty minutes and its own two posts of one world, so that a hundred runs share one database
and one ledger, as a hundred bad days would.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from content_calendar import ledger
from content_calendar.clock import FixedClock
from content_calendar.tables import Attempt, Delivery, Post
from tests.fakes.receiver import CERTIFICATE, Answer, Receiver, Request
from tests.faults.mortal import STEPS
from tests.release_world import NINE, World
from workers.dispatcher import Dispatcher
from workers.runtime import Runtime
from workers.settings import Settings

HOOK: dict[str, Any] = {
    "webhook_secret": "s", "allow_private": "localhost", "webhook_ca_file": str(CERTIFICATE)
}  # fmt: skip
POSTS = 2
ACCEPTED = "accepted by the receiver, not answered"
RANDOM = "a random moment"
BESIDE = "a random moment, a second dispatcher beside"
NAMED = (*STEPS, ACCEPTED)
KINDS = (*NAMED, RANDOM, BESIDE)


class Mother:
    """The process that forks mortal dispatchers."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.mortal"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,  # a pipe: a process whose disk is full must still be able to speak
            text=True,
            cwd=Path(__file__).parents[2],
        )
        assert self._process.stderr is not None
        os.set_blocking(self._process.stderr.fileno(), False)

    def bear(self, world: World, now: datetime, *, step: str = "", times: int = 1, hook: bool = True) -> int:
        """Start a dispatcher on the world; its process id."""
        case = {
            "url": world.database.url, "step": step, "times": times, "now": now.isoformat(),
            "settings": HOOK if hook else {},
        }  # fmt: skip
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(case) + "\n")
        self._process.stdin.flush()
        return self._line()

    def bury(self) -> int:
        """Wait for the one that lives; its exit code."""
        return self._line()

    def said(self) -> str:
        """What it and its children logged since this was asked last."""
        assert self._process.stderr is not None
        found: bytes | None = self._process.stderr.buffer.read()  # type: ignore[attr-defined]
        return (found or b"").decode(errors="replace")

    def _line(self) -> int:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, self.said()
        return int(line)

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait(10)
        self._process.stdout.close()
        assert self._process.stderr is not None
        self._process.stderr.close()


@dataclass
class Tally:
    """What became of the deliveries of some runs."""

    runs: int = 0
    killed: int = 0  # the others had finished before
    deliveries: int = 0
    sent: int = 0
    in_flight: int = 0  # unknown, and its attempt was open when the dispatcher died
    unknown: int = 0  # unknown for any other reason: must be none
    lost: int = 0
    doubled: int = 0
    faults: int = 0

    def add(self, other: Tally) -> None:
        for name in self.__dataclass_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))

    @property
    def clean(self) -> bool:
        return not (self.unknown or self.lost or self.doubled or self.faults)


@dataclass
class Chaos:
    """Runs deaths one after the other on one world and counts."""

    world: World
    receiver: Receiver
    mother: Mother
    chance: random.Random
    tallies: dict[str, Tally] = field(default_factory=dict)
    _span: float = 0.6  # seconds a dispatcher needs for one run, as learned so far
    _done: int = 0

    def run(self, kind: str) -> Tally:
        """One run: two posts fall due, a dispatcher dies over them, another takes over; the count."""
        now = NINE + timedelta(minutes=20 * self._done)
        self._done += 1
        self.world.now = now - timedelta(minutes=10)
        posts = [self.world.approved(text=f"第{self._done}轮 {n}", due_at=now) for n in range(POSTS)]
        killed = self._die(kind, now)
        open_calls = self._open_calls(posts)
        self.receiver.behaviour = lambda request: Answer()
        self._dispatch(now + timedelta(seconds=100), until=now + timedelta(minutes=14), name="heir")
        tally = self._count(posts, open_calls, now + timedelta(minutes=14))
        tally.killed = int(killed)
        self.tallies.setdefault(kind, Tally()).add(tally)
        return tally

    def _die(self, kind: str, now: datetime) -> bool:
        if kind in STEPS:
            times = self.chance.randint(1, 20) if kind == "calls made" else 1
            self.mother.bear(self.world, now, step=kind, times=times)
            return self.mother.bury() == -signal.SIGKILL
        if kind == ACCEPTED:
            return self._die_at_the_receiver(now)
        return self._die_at_random(now, beside=kind == BESIDE)

    def _die_at_the_receiver(self, now: datetime) -> bool:
        """The receiver kills its caller: it has taken the message, the answer never comes."""
        pid: list[int] = []
        known, left = threading.Event(), [self.chance.randint(1, 20)]

        def behaviour(_request: Request) -> Answer:
            left[0] -= 1
            if left[0]:
                return Answer()
            known.wait(5)
            os.kill(pid[0], signal.SIGKILL)
            return Answer(cut=0)

        self.receiver.behaviour = behaviour
        pid.append(self.mother.bear(self.world, now))
        known.set()
        return self.mother.bury() == -signal.SIGKILL

    def _die_at_random(self, now: datetime, *, beside: bool) -> bool:
        # Calls are out for long enough to be hit.
        self.receiver.behaviour = lambda request: Answer(stall=self.chance.uniform(0, 0.5))
        begun = time.monotonic()
        child = os.pidfd_open(self.mother.bear(self.world, now))
        killer = threading.Timer(self.chance.uniform(0, self._span), _kill, (child,))
        killer.start()
        if beside:
            self._dispatch(now, until=now, name="beside")
        killed = self.mother.bury() == -signal.SIGKILL
        killer.cancel()
        killer.join()
        os.close(child)
        # Aim where the work is: nearer when it had finished, farther when it had not.
        self._span = self._span * 1.03 if killed else 0.9 * (time.monotonic() - begun)
        return killed

    def _dispatch(self, now: datetime, *, until: datetime, name: str) -> None:
        runtime = Runtime(Settings(**HOOK), self.world.database, FixedClock(now, simulated=False))
        Dispatcher(runtime, name).run_until(until)

    def _open_calls(self, posts: list[int]) -> set[str]:
        query = select(Attempt.delivery_id).join(Delivery, Delivery.id == Attempt.delivery_id)
        with self.world.database.read() as session:
            return set(session.scalars(query.where(Delivery.post_id.in_(posts), Attempt.outcome == "")))

    def _count(self, posts: list[int], open_calls: set[str], now: datetime) -> Tally:
        with self.world.database.read() as session:
            query = select(Delivery.id, Delivery.state).where(Delivery.post_id.in_(posts))
            rows = session.execute(query).tuples().all()
            day = session.get_one(Post, posts[0]).day
            faults = len(ledger.day_sum(session, self.world.brand(session), day, now=now).faults)
        states, seen = dict(rows), self.receiver.accepted
        groups = len(self.world.groups())
        unknown = {key for key, state in states.items() if state == "unknown"}
        return Tally(
            runs=1,
            deliveries=len(rows),
            sent=Counter(states.values())["sent"],
            in_flight=len(unknown & open_calls),
            unknown=len(unknown - open_calls),
            lost=POSTS * groups - len(rows) + sum(not seen[key] for key in states.keys() - unknown),
            doubled=sum(seen[key] > 1 for key in states),
            faults=faults,
        )


def _kill(child: int) -> None:
    """Kill the very process this descriptor stands for: a number may long be somebody else's."""
    with contextlib.suppress(ProcessLookupError):  # it had just ended by itself
        signal.pidfd_send_signal(child, signal.SIGKILL)


def table(name: str, tallies: dict[str, Tally]) -> list[str]:
    """The tallies as lines: one a kind, then all together."""
    total = Tally()
    for tally in tallies.values():
        total.add(tally)
    heads = ("kill -9 at", "runs", "killed", "deliveries", "sent", "unknown in flight", "unknown otherwise", "lost", "doubled", "ledger faults")  # fmt: skip
    names = ("runs", "killed", "deliveries", "sent", "in_flight", "unknown", "lost", "doubled", "faults")
    lines = [f"{name}: {heads[0]:44s}  " + "  ".join(heads[1:])]
    for kind, tally in [*tallies.items(), ("all", total)]:
        values = [f"{getattr(tally, key):>{len(head)}d}" for key, head in zip(names, heads[1:], strict=True)]
        lines.append(f"{name}: {kind:44s}  " + "  ".join(values))
    return lines
