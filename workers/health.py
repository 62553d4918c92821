"""Is the machine alive: the ages of its heartbeats and of the last canary, judged, with a sentence for each.

Ages are real seconds also under a simulated clock, because it is processes that die, not calendar days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.tables import Heartbeat
from workers import canary
from workers.process import host


@dataclass(frozen=True)
class Vital:
    """What must show life, how old its sign may be (real seconds), and what to do when it is older."""

    name: str
    prefix: str  # of heartbeat.name; the youngest row counts
    limit: float
    chinese: str
    english: str
    remedy: str
    remedy_english: str


VITALS = (
    Vital("beat", "beat", 60, "节拍器（beat）", "beat", "请启动 chongfen beat", "start chongfen beat"),
    Vital("worker", "worker:", 40, "工作进程（worker）", "worker", "请启动 chongfen worker", "start chongfen worker"),
    Vital(
        "dispatcher", "dispatcher:", 60, "发送器（dispatcher）", "dispatcher",
        "请看 worker 的日志", "look into the worker's log",
    ),
    Vital(
        "canary", "canary", 180, "探针触达（canary）", "canary delivery",
        "没有触达能走完全程，请看 worker 的日志", "no delivery gets through; look into the worker's log",
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Sign:
    """One vital sign. ``age``: real seconds since it last showed, None when never (or by another clock)."""

    name: str
    age: float | None
    limit: float
    ok: bool
    sentence: str
    english: str


@dataclass(frozen=True)
class Readiness:
    """Whether work gets done here, and why one thinks so."""

    ok: bool
    signs: tuple[Sign, ...]

    def sentences(self, lang: str = "zh") -> list[str]:
        """What is wrong, in words; empty when all is well."""
        return [sign.english if lang == "en" else sign.sentence for sign in self.signs if not sign.ok]


def readiness(session: Session, now: datetime, *, pace: float = 1.0) -> Readiness:
    """The vital signs at ``now``; ``pace``: how many of the product's seconds pass in a real one."""
    stamps = dict(session.execute(select(Heartbeat.name, Heartbeat.at)).tuples().all())
    landed = canary.arrived(session)
    if landed is not None:
        stamps["canary"] = landed
    signs = tuple(
        _sign(vital, [at for name, at in stamps.items() if _of(vital, name)], now, pace) for vital in VITALS
    )
    return Readiness(ok=all(sign.ok for sign in signs), signs=signs)


def here(session: Session, part: str, now: datetime, *, pace: float = 1.0) -> Sign:
    """One sign of life, of this machine's processes only (of beat: that its ticks reach any worker)."""
    vital = next(vital for vital in VITALS if vital.name == part)
    mine = f"{vital.prefix}{host()}-" if vital.prefix.endswith(":") else vital.prefix
    rows = session.execute(select(Heartbeat.at).where(Heartbeat.name.startswith(mine, autoescape=True)))
    return _sign(vital, list(rows.scalars()), now, pace)


def _of(vital: Vital, name: str) -> bool:
    return name.startswith(vital.prefix) if vital.prefix.endswith(":") else name == vital.prefix


def _sign(vital: Vital, stamps: list[datetime], now: datetime, pace: float) -> Sign:
    ages = [(now - at).total_seconds() / pace for at in stamps]
    # A stamp from the future was made under another clock and proves nothing; a breath of skew is allowed.
    age = min((max(0.0, age) for age in ages if age > -5.0), default=None)
    ok = age is not None and age <= vital.limit
    if age is None:
        said, english = f"{vital.chinese}还没有动静", f"the {vital.english} has not shown itself yet"
    else:
        said, english = (
            f"{vital.chinese}{age:.0f} 秒前还活着",
            f"the {vital.english} showed itself {age:.0f} s ago",
        )
    if not ok:
        said, english = f"{said}，{vital.remedy}。", f"{english}; {vital.remedy_english}."
    return Sign(vital.name, age, vital.limit, ok, said, english)
