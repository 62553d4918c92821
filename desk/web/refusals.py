"""Answers to whatever goes wrong: a page with one clear sentence, or a problem document for the API.

No traceback and no inside of the machine reaches anybody; what we did not expect is logged with the request's id.
"""

from __future__ import annotations

import logging
import traceback
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, RedirectResponse, Response
from starlette.exceptions import HTTPException

from desk import errors
from desk.auth.roles import May
from desk.web import i18n
from desk.web.rendering import render, theme_of
from desk.web.visit import language_of

_log = logging.getLogger("chongfen.desk")
EXPECTED: tuple[type[Exception], ...] = (
    *errors.REFUSALS,
    HTTPException,
    RequestValidationError,
)  # each has a sentence of its own
TITLES = {
    400: ("请求读不懂", "Bad request"),
    401: ("需要登录", "Sign-in needed"),
    403: ("没有权限", "Not allowed"),
    404: ("没有找到", "Not found"),
    405: ("不支持这样操作", "Method not allowed"),
    409: ("有人先改了", "Conflict"),
    413: ("内容太大", "Too large"),
    422: ("这样不行", "Refused"),
    429: ("太频繁了", "Too many tries"),
    500: ("出错了", "Something broke"),
    503: ("暂时办不到", "Unavailable for now"),
}
_GENERAL = {
    400: ("请求读不懂，请检查后再试。", "The request could not be read; check it and try again."),
    404: ("这里没有东西，地址可能写错了。", "There is nothing here; the address may be wrong."),
    405: ("这个地址不支持这样的操作。", "This address does not support that method."),
    413: ("提交的内容太大，请缩小后再试。", "What was submitted is too large; make it smaller."),
    500: (
        "出了意外，我们已记下。请稍后再试。",
        "Something unexpected happened and was logged. Try again later.",
    ),
}


def install(app: FastAPI) -> None:
    """Let the application answer every kind of refusal this way."""
    for family in EXPECTED:
        app.add_exception_handler(family, _answer_later)


async def _answer_later(request: Request, error: Exception) -> Response:
    return answer(request, error)


def answer(request: Request, error: Exception) -> Response:
    """The answer to ``error``, as the path wants it."""
    status, code, sentence, extra = describe(error, language_of(request))
    if status == 500:
        _unexpected(request, error)
    headers = dict(getattr(error, "headers", None) or {})
    if request.url.path.startswith("/api/"):
        return problem(request, status, code, sentence, headers, extra)
    if status == 401 and request.method in {"GET", "HEAD"}:
        query = f"?{request.url.query}" if request.url.query else ""
        return RedirectResponse(f"/sign-in?next={quote(request.url.path + query, safe='')}", status_code=303)
    return _page(request, status, sentence, headers)


def _unexpected(request: Request, error: Exception) -> None:
    """What broke and where in our code, without a word of what was being worked on."""
    frames = traceback.extract_tb(error.__traceback__)[-4:]
    where = " < ".join(f"{frame.name}:{frame.lineno}" for frame in reversed(frames))
    _log.error(
        "unexpected %s id=%s at %s", type(error).__name__, getattr(request.state, "request_id", ""), where
    )


def describe(error: Exception, lang: str) -> tuple[int, str, str, dict[str, Any]]:
    """(status, code, sentence, further members) of any error."""
    if isinstance(error, errors.REFUSALS):
        return errors.status_of(error), errors.code_of(error), errors.say(error, lang), {}
    if isinstance(error, RequestValidationError):
        return 422, "request.invalid", _which_field(error, lang), {"errors": _fields(error)}
    status = error.status_code if isinstance(error, HTTPException) else 500
    chinese, english = _GENERAL.get(status, _GENERAL[500 if status >= 500 else 400])
    return status, f"http.{status}", english if lang == "en" else chinese, {}


def problem(
    request: Request, status: int, code: str, detail: str, headers: dict[str, str], extra: dict[str, Any]
) -> JSONResponse:
    """application/problem+json (RFC 9457) with our stable ``code``."""
    chinese, english = TITLES.get(status, TITLES[500])
    body = {
        "type": f"urn:chongfen:problem:{code}",
        "title": english if language_of(request) == "en" else chinese,
        "status": status,
        "code": code,
        "detail": detail,
        "instance": request.url.path,
        **extra,
    }
    return JSONResponse(body, status, headers, media_type="application/problem+json")


def _page(request: Request, status: int, sentence: str, headers: dict[str, str]) -> Response:
    lang = language_of(request)
    chinese, english = TITLES.get(status, TITLES[500])
    return render(
        "refused.html",
        lang=lang,
        status=status,
        headers=headers,
        theme=theme_of(request),
        title=english if lang == "en" else chinese,
        sentence=sentence,
        number=status,
        request_id=getattr(request.state, "request_id", ""),
        May=May,
    )


def _fields(error: RequestValidationError) -> list[dict[str, str]]:
    return [
        {"where": ".".join(str(part) for part in item["loc"]), "message": str(item["msg"])}
        for item in error.errors()
    ]


def _which_field(error: RequestValidationError, lang: str) -> str:
    first = _fields(error)[0] if error.errors() else {"where": "body", "message": ""}
    i18n.use(lang)
    return i18n._("「{where}」填得不对，请改正后再提交。", where=first["where"].removeprefix("body."))
