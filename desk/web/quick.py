"""Answers for a page that stays: a decision taken behind the scenes is told in one sentence of JSON, not by another page."""

from __future__ import annotations

from fastapi import Request
from fastapi.responses import JSONResponse

from desk import errors
from desk.web import i18n
from desk.web.said import SENTENCES
from desk.web.visit import Visit

UNDO_SECONDS = 10  # how long the page offers it; the calendar allows longer
_UNDOABLE = frozenset({"approved", "approved_once", "changes", "rejected", "held", "edited", "rewritten"})
_STAYS = frozenset({"approved_once", "edited", "same", "rewritten"})  # still waits in the tray


def asked(request: Request) -> bool:
    """True when a script asks, which wants no page."""
    return request.headers.get("accept", "").startswith("application/json")


def done(visit: Visit, word: str) -> JSONResponse:
    """What was done; ``undo``: for how many seconds it can be taken back; ``stays``: the post still waits."""
    i18n.use(visit.lang)
    return JSONResponse(
        {
            "said": i18n._(SENTENCES[word]),
            "undo": UNDO_SECONDS if word in _UNDOABLE else 0,
            "stays": word in _STAYS,
        }
    )


def refused(visit: Visit, error: Exception) -> JSONResponse:
    """Why nothing was done."""
    return JSONResponse(
        {"said": errors.say(error, visit.lang), "code": errors.code_of(error)},
        status_code=errors.status_of(error),
    )
