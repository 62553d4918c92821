"""The platform's door (`/wecom/callback/…`): WeCom tries the address and tells of new friends.

No session stands here: a letter proves itself by its signature. The answer never waits for a greeting, nor longer than
:data:`PATIENCE` for the database; unanswered, the platform says the same again.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Annotated, TypeVar

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import PlainTextResponse

from desk.web.errands import errands_of
from desk.web.visit import runtime_of
from workers.secrets import SecretError
from workers.wecom import callback, flat_xml
from workers.wecom.letters import BadLetter, Stamp

T = TypeVar("T")
router = APIRouter(include_in_schema=False, prefix="/wecom/callback")
log = logging.getLogger("chongfen.wecom")
PATIENCE = 4.0  # seconds; the platform waits five
_EARS = ThreadPoolExecutor(4, thread_name_prefix="callback")  # no slow page may keep a letter waiting
Word = Annotated[str, Path(max_length=64)]
Mark = Annotated[str, Query(max_length=64)]


@router.get("/{word}")
async def check(
    request: Request, word: Word, msg_signature: Mark = "", timestamp: Mark = "", nonce: Mark = "",
    echostr: Annotated[str, Query(max_length=1000)] = "",
) -> Response:  # fmt: skip
    """The platform tries the address: answered with the words it sealed, and nothing else."""
    stamp, runtime = Stamp(msg_signature, timestamp, nonce), runtime_of(request)
    return await _answered(
        lambda: callback.check(runtime, word, stamp, echostr),
        lambda echo: Response(echo, media_type="text/plain"),
    )


@router.post("/{word}")
async def hear(
    request: Request, word: Word, msg_signature: Mark = "", timestamp: Mark = "", nonce: Mark = ""
) -> Response:
    """Something happened: written down and answered; a new friend is greeted afterwards."""
    body = await _body(request)
    if body is None:
        return _said(413, "too large")
    stamp, runtime = Stamp(msg_signature, timestamp, nonce), runtime_of(request)

    def heard(event_id: int | None) -> Response:
        if event_id is not None:
            errands_of(request.app).welcome(event_id)
        return Response(b"", media_type="text/plain")

    return await _answered(lambda: callback.take_in(runtime, word, stamp, body), heard)


async def _answered(work: Callable[[], T], answer: Callable[[T], Response]) -> Response:
    loop = asyncio.get_running_loop()
    try:
        return answer(await asyncio.wait_for(loop.run_in_executor(_EARS, work), PATIENCE))
    except BadLetter as error:
        log.warning("a callback was refused: %s", error.why)
        return _said(404 if error.why == "address" else 400, "not WeCom")
    except SecretError as error:
        log.error("a callback's token or key cannot be opened: %s", error.code)
        return _said(503, "not ready")
    except TimeoutError:
        log.error("a callback was not written down in time")
        return _said(503, "try again")


async def _body(request: Request) -> bytes | None:
    """The letter; None when it is longer than any of the platform's."""
    content = b""
    async for chunk in request.stream():
        content += chunk
        if len(content) > flat_xml.LARGEST:
            return None
    return content


def _said(status: int, words: str) -> Response:
    return PlainTextResponse(words, status_code=status)
