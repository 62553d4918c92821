"""`/live`: what changed, told to an open page as it happens. It carries ids only; the page fetches what it shows."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from desk.queries import post as posts
from desk.web.guards import Id, Reader
from desk.web.herald import Herald

router = APIRouter(include_in_schema=False)
PING = 15.0  # seconds without news before a comment keeps proxies awake
LONGEST = 600.0  # seconds; then the page comes again, and is asked again who it is


@router.get("/posts/{post_id}/newest")
def newest(visit: Reader, post_id: Id) -> dict[str, str]:
    """What an open page of this post compares itself with."""
    with visit.read() as session:
        post = posts.get(session, visit.the_brand, post_id)
        return {"was": posts.was(post.state, post.revision_id)}


@router.get("/live")
async def live(request: Request, visit: Reader) -> StreamingResponse:
    """Server-sent events ``news`` with ``{"posts": [id …], "deliveries": bool}``."""
    herald: Herald = request.app.state.herald

    async def events() -> AsyncIterator[str]:
        ends = time.monotonic() + LONGEST
        yield "retry: 2000\n\n: hello\n\n"
        async for news in herald.listen(visit.runtime, visit.the_brand.id, idle=PING):
            if news is None:
                yield ": still here\n\n"
            else:
                body = json.dumps({"posts": news.posts, "deliveries": news.deliveries})
                yield f"event: news\ndata: {body}\n\n"
            if time.monotonic() > ends:
                return

    quiet = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events(), media_type="text/event-stream", headers=quiet)
