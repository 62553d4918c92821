"""Many rows in one statement: a list of ids, or a table of values, handed over as one JSON parameter.

A statement a row costs a round trip on PostgreSQL and, on SQLite, a hundred hand-overs of Python's lock between the
dispatcher's database thread and the loop that makes the calls. One parameter also keeps the statement's text the same
however many rows there are, so that it is compiled and prepared once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import JSON, ColumnElement, Integer, String, bindparam, cast, column, func, select
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import InstrumentedAttribute, Session
from sqlalchemy.types import TypeEngine

IDS, ROWS = "b_ids", "b_rows"  # the names of the parameters


def is_sqlite(session: Session) -> bool:
    """True when the session speaks to SQLite."""
    return session.get_bind().dialect.name == "sqlite"


def among(of: ColumnElement[Any] | InstrumentedAttribute[Any], *, sqlite: bool) -> ColumnElement[bool]:
    """``of`` is one of the ids given as the parameter :data:`IDS` (see :func:`ids`)."""
    return of.in_(_listed(sqlite))


def _listed(sqlite: bool) -> Any:
    given = bindparam(IDS, type_=String())
    if sqlite:
        return select(func.json_each(given).table_valued("value").c.value)
    each = func.jsonb_array_elements_text(cast(given, JSONB)).column_valued("id_given")
    return select(each)


def ids(values: Iterable[str]) -> str:
    """The parameter :data:`IDS`."""
    return json.dumps(list(values))


def table(
    columns: Mapping[str, TypeEngine[Any]], *, sqlite: bool
) -> tuple[Any, dict[str, ColumnElement[Any]]]:
    """A FROM clause of the rows given as the parameter :data:`ROWS` (see :func:`rows`), and its columns by name."""
    given = bindparam(ROWS, type_=String())
    if sqlite:
        each = func.json_each(given).table_valued("value", name="given")
        found: dict[str, ColumnElement[Any]] = {
            name: func.json_extract(each.c.value, f"$.{name}", type_=kind) for name, kind in columns.items()
        }
        return each, found
    typed = [column(name, kind) for name, kind in columns.items()]
    given_rows = func.jsonb_to_recordset(cast(given, JSONB)).table_valued(*typed, name="given")
    derived = given_rows.render_derived(with_types=True)
    return derived, {name: derived.c[name] for name in columns}


def gathered(of: InstrumentedAttribute[int], *, sqlite: bool) -> ColumnElement[list[int]]:
    """All values of ``of`` in a group of rows, as one list: a row a group comes back instead of a row a row."""
    return (func.json_group_array if sqlite else func.json_agg)(of, type_=JSON())


def milliseconds(
    later: ColumnElement[Any], earlier: ColumnElement[Any], *, sqlite: bool
) -> ColumnElement[int]:
    """Whole milliseconds between two instants."""
    if sqlite:
        return cast(func.round((func.julianday(later) - func.julianday(earlier)) * 86_400_000), Integer)
    return cast(func.round(func.extract("epoch", later - earlier) * 1000), Integer)


def rows(values: Sequence[Mapping[str, Any]], *, sqlite: bool) -> str:
    """The parameter :data:`ROWS`."""
    return json.dumps(
        [
            {
                key: _plain(value, sqlite) if isinstance(value, datetime) else value
                for key, value in row.items()
            }
            for row in values
        ]
    )


def _plain(value: datetime, sqlite: bool) -> str:
    """An instant as JSON can hold it and the column's type reads it back."""
    if value.tzinfo is None:
        raise ValueError(f"naive instant {value!r}")
    instant = value.astimezone(UTC)
    return instant.replace(tzinfo=None).isoformat(" ", "microseconds") if sqlite else instant.isoformat()
