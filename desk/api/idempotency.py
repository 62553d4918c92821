"""Idempotency keys: the same write sent twice acts once and is answered twice with the same words.

The key is reserved in a transaction of its own before the write begins, and holds the answer when it has ended. A request
that broke for our reasons (5xx) gives its key back; one whose process died is taken over after :data:`ABANDONED`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine
from datetime import datetime, timedelta
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from starlette.concurrency import run_in_threadpool

from content_calendar.tables import IdempotencyKey
from desk.errors import KeyConflict
from desk.web import refusals
from desk.web.middleware.cross_site import SAFE
from desk.web.visit import Visit, visit_of

HEADER = "idempotency-key"
LONGEST = 120
REMEMBERED = timedelta(hours=24)
ABANDONED = timedelta(minutes=10)
NEVER_KEPT = frozenset({401, 403, 413, 429})  # say nothing of the write itself


class IdempotentRoute(APIRoute):
    """A route whose writes may carry an idempotency key."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The usual handler behind the key's door."""
        handle = super().get_route_handler()

        async def once(request: Request) -> Response:
            key = request.headers.get(HEADER, "")
            if request.method in SAFE or not key:
                return await handle(request)
            visit = await run_in_threadpool(visit_of, request)
            digest = _digest(request, await request.body())
            kept = await run_in_threadpool(_reserve, visit, key, digest)
            if isinstance(kept, Response):
                return kept
            return await _carry_out(request, handle, visit, kept)

        return once


async def _carry_out(
    request: Request, handle: Callable[[Request], Coroutine[Any, Any, Response]], visit: Visit, row_id: int
) -> Response:
    try:
        response = await handle(request)
    except refusals.EXPECTED as error:
        response = refusals.answer(request, error)
    except BaseException:
        await run_in_threadpool(_give_back, visit, row_id)
        raise
    keep = response.status_code < 500 and response.status_code not in NEVER_KEPT
    await run_in_threadpool(_settle, visit, row_id, response if keep else None)
    return response


def _digest(request: Request, body: bytes) -> str:
    head = f"{request.method} {request.url.path}?{request.url.query}\n".encode()
    return hashlib.sha256(head + body).hexdigest()


def _reserve(visit: Visit, key: str, digest: str) -> int | Response:
    """The id of the row now reserved, or the remembered answer; KeyConflict otherwise."""
    if len(key) > LONGEST:
        raise KeyConflict(
            f"Idempotency-Key 最多 {LONGEST} 个字符。",
            code="idempotency.too_long",
            english=f"A key has at most {LONGEST} characters.",
        )
    try:
        with visit.write() as session:
            session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < visit.now - REMEMBERED))
            known = _known(session, visit, key)
            if known is not None:
                return _again(session, known, digest, visit.now)
            row = IdempotencyKey(
                user_id=visit.visitor.id, key=key, request_hash=digest, status=None, created_at=visit.now
            )
            session.add(row)
            session.flush()
            return row.id
    except IntegrityError as error:  # another request with the same key was faster by a hair
        raise _at_work() from error


def _known(session: Session, visit: Visit, key: str) -> IdempotencyKey | None:
    return session.scalar(
        select(IdempotencyKey).where(IdempotencyKey.user_id == visit.visitor.id, IdempotencyKey.key == key)
    )


def _again(session: Session, known: IdempotencyKey, digest: str, now: datetime) -> int | Response:
    if known.request_hash != digest:
        raise KeyConflict(
            "这个 Idempotency-Key 已经用在另一个请求上，请换一个。",
            english="This key was used for another request; use a new one.",
        )
    if known.status is not None:
        headers = {str(name): str(value) for name, value in known.headers.items()}
        return Response(known.body, known.status, {**headers, "idempotency-replayed": "true"})
    taken = session.execute(
        update(IdempotencyKey)
        .where(
            IdempotencyKey.id == known.id,
            IdempotencyKey.status.is_(None),
            IdempotencyKey.created_at < now - ABANDONED,
        )
        .values(created_at=now)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise _at_work()
    return known.id


def _at_work() -> KeyConflict:
    conflict = KeyConflict(
        "同一个 Idempotency-Key 的请求还在处理，请稍后再问。",
        code="idempotency.at_work",
        english="A request with this key is still at work; ask again shortly.",
        headers={"Retry-After": "1"},
    )
    conflict.status = 409
    return conflict


def _keep(visit: Visit, row_id: int, response: Response) -> None:
    kept = {name: value for name, value in response.headers.items() if name in {"content-type", "location"}}
    with visit.write() as session:
        session.execute(
            update(IdempotencyKey)
            .where(IdempotencyKey.id == row_id)
            .values(status=response.status_code, body=bytes(response.body).decode(), headers=kept)
        )


def _settle(visit: Visit, row_id: int, response: Response | None) -> None:
    if response is None:
        _give_back(visit, row_id)
    else:
        _keep(visit, row_id, response)


def _give_back(visit: Visit, row_id: int) -> None:
    with visit.write() as session:
        session.execute(delete(IdempotencyKey).where(IdempotencyKey.id == row_id))
