"""Signatures for the chat toolbar (`/wecom/signatures`): a page of ours inside the WeCom client may speak to its chat.

Only addresses of this desk are signed, for somebody who is signed in, and the tickets themselves never leave the server.
"""

from __future__ import annotations

import asyncio
from dataclasses import asdict
from typing import Annotated
from urllib.parse import urlsplit

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from desk import errors
from desk.errors import DeskError, Missing
from desk.web.errands import errands_of
from desk.web.guards import Reader
from desk.web.visit import Visit
from workers.errors import WorkerError
from workers.wecom import account as accounts
from workers.wecom.account import Account
from workers.wecom.tickets import NoTicket

router = APIRouter(include_in_schema=False, prefix="/wecom")
PATIENCE = 10.0  # seconds


@router.get("/signatures")
async def signatures(
    request: Request, visit: Reader, url: Annotated[str, Query(max_length=2000)] = ""
) -> Response:
    """Company, app and both signatures of the page at ``url``."""
    try:
        _must_be_ours(request, visit, url)
        account = await asyncio.to_thread(_account, visit)
        future = errands_of(request.app).sign(account, url)
        signed = await asyncio.wait_for(asyncio.wrap_future(future), PATIENCE)
    except (NoTicket, TimeoutError) as error:
        code = error.code if isinstance(error, NoTicket) else "wecom.slow"
        said = DeskError(
            f"企业微信没有给签名（{code}），先用复制。", code="toolbar.no_ticket",
            english=f"WeCom gave no signature ({code}); copy the text instead.",
        )  # fmt: skip
        return JSONResponse({"said": errors.say(said, visit.lang), "code": said.code}, status_code=503)
    except errors.REFUSALS as error:
        wrong = {"said": errors.say(error, visit.lang), "code": errors.code_of(error)}
        return JSONResponse(wrong, status_code=errors.status_of(error))
    return JSONResponse(
        {"corp_id": account.corp_id, "agent_id": account.agent_id}
        | {kind: asdict(signature) for kind, signature in signed.items()}
    )


def _must_be_ours(request: Request, visit: Visit, url: str) -> None:
    """Refuse to sign what is no page of this desk."""
    try:
        asked = urlsplit(url)
    except ValueError:
        asked = urlsplit("")
    ours = {request.headers.get("host", ""), urlsplit(visit.runtime.settings.public_url).netloc}
    if asked.scheme not in {"http", "https"} or asked.netloc not in ours - {""}:
        raise DeskError(
            "只给内容台自己的页面签名。",
            code="toolbar.foreign",
            english="Only pages of this desk are signed.",
        )


def _account(visit: Visit) -> Account:
    with visit.read() as session:
        try:
            found = accounts.load(session, visit.the_brand.id, visit.runtime.settings.secrets)
        except WorkerError:
            found = None
    if found is None or not found.agent_id:
        raise Missing(
            "还没接通企业微信应用，先用复制。", code="toolbar.no_account",
            english="The WeCom app is not connected; copy the text instead.",
        )  # fmt: skip
    return found
