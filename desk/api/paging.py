"""Opaque cursors: where a page ended, so that the next one begins there whatever was added meanwhile."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import datetime
from typing import Annotated

from fastapi import Query

from desk.errors import DeskError

Cursor = Annotated[str, Query(max_length=200, description="`next` of the page before")]
Limit = Annotated[int, Query(ge=1, le=200, description="things per page")]
Place = tuple[datetime, str]


def cursor(at: datetime, identity: int | str) -> str:
    """The cursor of a thing that is ordered by an instant and its id."""
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), str(identity)]).encode()).decode().rstrip("=")


def place(written: str) -> Place | None:
    """The (instant, id) a cursor stands for; None for the first page, DeskError for anything else."""
    if not written:
        return None
    try:
        padded = written + "=" * (-len(written) % 4)
        at, identity = json.loads(base64.urlsafe_b64decode(padded))
        instant = datetime.fromisoformat(at)
        if instant.tzinfo is None or not isinstance(identity, str):
            raise ValueError(written)
    except (ValueError, TypeError, binascii.Error) as error:
        raise DeskError(
            "cursor 读不懂，请原样使用上一页的 next。",
            code="request.cursor",
            english="The cursor is unreadable; pass `next` as it was given.",
        ) from error
    return instant, identity


def number(found: Place | None) -> int | None:
    """The place's id as a number; DeskError when it is none."""
    if found is None:
        return None
    if not found[1].isdigit() or len(found[1]) > 18:
        raise DeskError(
            "cursor 读不懂，请原样使用上一页的 next。",
            code="request.cursor",
            english="The cursor is unreadable.",
        )
    return int(found[1])
