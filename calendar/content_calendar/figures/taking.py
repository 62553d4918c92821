"""Taking figures in: all rows or none. What is told anew of a post and a measure replaces what was told before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert, select, tuple_
from sqlalchemy.orm import Session

from content_calendar import audit
from content_calendar.figures.reading import Fault, Row, Sheet
from content_calendar.tables import Brand, Figure, Group, Post

_AT_ONCE = 3_000  # keys of one statement: three parameters each, under every database's limit


@dataclass(frozen=True)
class Taken:
    """How many numbers of how many posts were kept, or the faults because of which none were."""

    numbers: int
    posts: int
    faults: tuple[Fault, ...] = ()


def take(session: Session, brand: Brand, sheet: Sheet, *, source: str, now: datetime, actor: str) -> Taken:
    """Keep the figures of ``sheet`` under the name ``source``; with any fault nothing is kept.

    Posts and groups are read once, however many rows there are.
    """
    posts = _Posts(session, brand, sheet.rows)
    groups = _groups(session, brand)
    values, faults = {}, list(sheet.faults)
    for row in sheet.rows:
        post, fault = posts.find(row)
        group_id = groups.get(row.group) if row.group else None
        if fault or post is None:
            faults.append(fault or Fault(row.number, "没有这条内容。", "There is no such post."))
            continue
        if row.group and group_id is None:
            faults.append(
                Fault(
                    row.number,
                    f"没有叫「{row.group[:40]}」的社群。",
                    f"There is no group {row.group[:40]!r}.",
                )
            )
            continue
        scope = f"group:{group_id}" if group_id else "post"
        for measure, count in row.counts.items():
            values[post.id, scope, measure] = {
                "brand_id": brand.id, "post_id": post.id, "group_id": group_id, "scope": scope, "day": post.day,
                "measure": measure, "value": count, "source": source[:120], "imported_at": now,
            }  # fmt: skip
    if faults:
        return Taken(0, 0, tuple(sorted(faults, key=lambda fault: fault.row)))
    _forget(session, list(values))
    if values:
        session.execute(insert(Figure), list(values.values()))
    told = {post_id for post_id, _scope, _measure in values}
    audit.note(
        session, brand_id=brand.id, now=now, actor=actor, action="figures.imported", subject="brand",
        subject_id=brand.id, detail={"source": source[:120], "numbers": len(values), "posts": len(told)},
    )  # fmt: skip
    return Taken(len(values), len(told))


def _forget(session: Session, keys: Sequence[tuple[int, str, str]]) -> None:
    """Take away what was told of these posts, scopes and measures before."""
    told = tuple_(Figure.post_id, Figure.scope, Figure.measure)
    for at in range(0, len(keys), _AT_ONCE):
        session.execute(delete(Figure).where(told.in_(keys[at : at + _AT_ONCE])))


class _Posts:
    """The brand's posts that the rows speak of, by number and by moment."""

    def __init__(self, session: Session, brand: Brand, rows: Sequence[Row]) -> None:
        days = {row.day for row in rows if row.day}
        numbers = {row.post for row in rows if row.post}
        query = select(Post).where(Post.brand_id == brand.id)
        spoken = session.scalars(
            query.where(Post.day.between(min(days), max(days))) if days and not numbers else query
        )
        self._by_id: dict[int, Post] = {}
        self._by_moment: dict[tuple[object, str, str], Post] = {}
        for post in spoken:
            self._by_id[post.id] = post
            if post.state not in {"cancelled", "rejected"}:
                self._by_moment[post.day, post.time, post.tier] = post

    def find(self, row: Row) -> tuple[Post | None, Fault | None]:
        """The row's post, or why there is none."""
        if row.post is not None:
            post = self._by_id.get(row.post)
            return post, None if post else Fault(
                row.number, f"没有编号 {row.post} 的内容。", f"There is no post {row.post}."
            )
        post = self._by_moment.get((row.day, row.time, row.tier))
        return post, None if post else Fault(
            row.number,
            f"{row.day} {row.time} 这个层级没有内容。",
            f"No post of that tier at {row.day} {row.time}.",
        )


def _groups(session: Session, brand: Brand) -> dict[str, int]:
    rows = session.execute(select(Group.id, Group.code, Group.name).where(Group.brand_id == brand.id))
    known: dict[str, int] = {}
    for group_id, code, name in rows:
        known[name] = known[code] = group_id
    return known
