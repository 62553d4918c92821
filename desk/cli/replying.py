"""What `chongfen reply` does behind its options: one question, or a file with one JSON object a line.

A line that cannot be read is answered with its number and does not stop the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

import click

from desk.cli.context import Context, emit
from desk.errors import DeskError

if TYPE_CHECKING:
    from content_calendar.tables import Brand
    from generator.replies import Reply, Suggestion
    from prompts.brief import Level

LEVELS = {"高": "high", "中": "mid", "低": "low", "high": "high", "mid": "mid", "low": "low"}
MOST_LINE = 200_000  # bytes of one line


@dataclass(frozen=True)
class Line:
    """One line of a batch: its number and either a question or what is wrong with it."""

    number: int
    id: Any
    text: str = ""
    private: bool = True
    tier: Level | None = None
    now: datetime | None = None
    wrong: str = ""


def level(written: str | None) -> Level | None:
    """high, mid or low from either spelling."""
    return cast("Level", LEVELS[written]) if written else None


def one(
    context: Context, text: str, *, group: str | None, tier: Level | None, private: bool, known: tuple[str, ...],
    now: datetime | None,
) -> Reply:  # fmt: skip
    """One question, answered with the models of the settings and recorded."""
    from content_calendar.replies import records
    from workers.replies import Asking, ReplyRoom
    from workers.runtime import only_brand

    runtime = context.runtime
    with runtime.database.read() as session:
        brand = only_brand(session, context.brand)
        found = records.group_named(session, brand, group) if group else None
    asking = Asking(
        text=text, now=moment(now, brand, runtime.clock.now()), private=private or found is None,
        tier=tier or (cast("Level", found.tier) if found else None), group_name=found.name if found else "",
        known=known, group_id=found.id if found else None,
    )  # fmt: skip
    return ReplyRoom(runtime, brand).answer_now(asking).reply


def moment(now: datetime | None, brand: Brand, otherwise: datetime) -> datetime:
    """An aware instant; one without an offset is the brand's wall time."""
    if now is None:
        return otherwise
    return now if now.tzinfo is not None else now.replace(tzinfo=ZoneInfo(brand.zone))


def batch(context: Context, path: Path, *, now: datetime | None) -> int:
    """Answer a file of questions, one JSON line each; 2 when a line could not be read."""
    from workers.replies import Asking, ReplyRoom
    from workers.runtime import only_brand

    runtime = context.runtime
    lines = _lines(path)
    with runtime.database.read() as session:
        brand = only_brand(session, context.brand)
    room, otherwise = ReplyRoom(runtime, brand), moment(now, brand, runtime.clock.now())
    code = 0
    for line in lines:
        if line.wrong:
            code = 2
            emit({"id": line.id, "error": {"code": "reply.line", "line": line.number, "message": line.wrong}})
            click.echo(line.wrong, err=True)
            continue
        asking = Asking(
            text=line.text, now=moment(line.now, brand, otherwise), private=line.private, tier=line.tier
        )
        emit(_document(line, room.offline(asking) if not room.desk.models else room.answer_now(asking).reply))
    return code


def _document(line: Line, reply: Reply) -> dict[str, Any]:
    """One line out, with these keys and no others: what reads it was written against them."""
    return {
        "id": line.id,
        "risk": reply.risk,
        "escalate": reply.escalate,
        "sources": [source.place() for source in reply.sources],
        "gap": reply.gap,
        "suggestions": [_proposed(one) for one in reply.suggestions],
    }


def _proposed(one: Suggestion) -> dict[str, Any]:
    found = [finding.model_dump(mode="json") for finding in one.findings]
    return {"stance": one.stance, "text": one.text, "findings": found}


def _lines(path: Path) -> Iterable[Line]:
    try:
        raw = click.open_file(str(path), "rb").read()
    except OSError as error:
        raise DeskError(
            f"读不了「{path}」（{error.strerror}），请检查路径。",
            code="reply.file",
            english=f"Cannot read {path}.",
        ) from error
    return list(_read(raw))


def _read(raw: bytes) -> Iterator[Line]:
    for number, part in enumerate(raw.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if part.strip():
            yield _line(number, part)


def _line(number: int, part: bytes) -> Line:
    known_id: Any = None
    try:
        if len(part) > MOST_LINE:
            raise ValueError("太长")
        found = json.loads(part)
        if not isinstance(found, dict):
            raise ValueError("应是一个 JSON 对象")
        known_id = found.get("id")
        return _question(number, found)
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        why = (
            str(error)
            if isinstance(error, ValueError)
            and not isinstance(error, json.JSONDecodeError | UnicodeDecodeError)
            else "不是完整的 JSON"
        )
        return Line(number, known_id, wrong=f"第 {number} 行读不懂：{why[:80]}。")


def _question(number: int, found: dict[str, Any]) -> Line:
    text = found.get("text")
    if not isinstance(text, str):
        raise ValueError("缺少文字 text")
    known = found.get("context") or {}
    if not isinstance(known, dict):
        raise ValueError("context 应是一个对象")
    tier = known.get("tier")
    if tier is not None and tier not in LEVELS:
        raise ValueError("tier 只能是 high、mid、low")
    private = known.get("private", True)
    if not isinstance(private, bool):
        raise ValueError("private 只能是 true 或 false")
    return Line(number, found.get("id"), text, private, level(tier), _instant(known.get("now")))


def _instant(written: Any) -> datetime | None:
    if written is None:
        return None
    try:
        return datetime.fromisoformat(str(written))
    except ValueError:
        raise ValueError("now 请写成 2026-11-24T10:00 这样") from None
