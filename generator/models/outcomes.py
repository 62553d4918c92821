"""From whatever a model call raises to one stable code, and which codes may be tried again.

The codes are stored with every call and shown in the desk; they never change their meaning.
"""

from __future__ import annotations

import asyncio
import email.utils
from collections.abc import Mapping

from generator.errors import ModelTrouble

CODES: Mapping[str, str] = {
    "ok": "写成",
    "malformed": "回的不是可用的 JSON",
    "empty": "回了空内容",
    "refused": "模型拒绝回答",
    "filtered": "被服务方的内容过滤拦下",
    "too_long": "回答太长被截断",
    "rate_limited": "请求太快，被限流",
    "no_credit": "额度用完",
    "server_error": "服务出错",
    "bad_response": "服务回了看不懂的东西",
    "timeout": "一次请求超时",
    "deadline": "总时间用完",
    "connection": "连不上或连接中断",
    "auth": "密钥不对或没有权限",
    "unknown_model": "没有这个模型",
    "bad_request": "请求不被接受",
    "context_too_long": "简报太长，超过模型上下文",
    "resting": "刚失败过，暂停使用",
    "budget": "今天的额度用完了",
    "cancelled": "中途取消",
}
LONGEST_WAIT = 30.0  # seconds of a Retry-After that are honoured
_SAME_METHOD = frozenset({"rate_limited", "server_error", "connection", "timeout", "bad_response"})


def retryable(code: str) -> bool:
    """True when the very same request may be sent again."""
    return code in _SAME_METHOD


def trouble(error: BaseException) -> ModelTrouble:
    """The one trouble an exception of a model call means."""
    if isinstance(error, ModelTrouble):
        return error
    if isinstance(error, TimeoutError | asyncio.TimeoutError):
        return ModelTrouble("timeout")
    status = getattr(error, "status_code", None)
    if isinstance(status, int):
        return _by_status(error, status)
    names = {cls.__name__ for cls in type(error).__mro__}
    if "ContextOverflowError" in names:
        return ModelTrouble("context_too_long")
    if "APITimeoutError" in names or "ModelTimeoutError" in names:
        return ModelTrouble("timeout")
    if "APIConnectionError" in names or isinstance(error, OSError):
        return ModelTrouble("connection")
    return ModelTrouble("bad_response", type(error).__name__)


def _by_status(error: BaseException, status: int) -> ModelTrouble:
    text = _said(error)
    if status in (401, 403):
        return ModelTrouble("auth", status=status)
    if status == 402 or "insufficient_quota" in text or "insufficient balance" in text:
        return ModelTrouble("no_credit", status=status)
    if status == 404 or (status == 400 and "model" in text and ("not exist" in text or "not found" in text)):
        return ModelTrouble("unknown_model", status=status)
    if status == 429:
        return ModelTrouble("rate_limited", retry_after=_retry_after(error), status=status)
    if status in (408, 409) or status >= 500:
        code = "timeout" if status == 408 else "server_error"
        return ModelTrouble(code, retry_after=_retry_after(error), status=status)
    if status == 413 or ("context" in text and ("length" in text or "maximum" in text or "exceed" in text)):
        return ModelTrouble("context_too_long", status=status)
    if "content_filter" in text or "data_inspection" in text:
        return ModelTrouble("filtered", status=status)
    return ModelTrouble("bad_request", text[:200], status=status)


def _said(error: BaseException) -> str:
    """What the server said, lower case; used to tell cases apart, never logged."""
    return f"{getattr(error, 'body', '')} {error}".lower()[:4000]


def _retry_after(error: BaseException) -> float | None:
    """Seconds the server asked to wait, from Retry-After-Ms or Retry-After (seconds or a date)."""
    headers = getattr(getattr(error, "response", None), "headers", {})
    for name, scale in (("retry-after-ms", 0.001), ("retry-after", 1.0)):
        value = headers.get(name)
        if value is None:
            continue
        try:
            return max(0.0, float(value) * scale)
        except ValueError:
            return _between(headers.get("date"), value)
    return None


def _between(sent: str | None, until: str) -> float | None:
    """Seconds from the server's own Date to the date it asks to wait for."""
    try:
        first, last = (email.utils.parsedate_to_datetime(moment or "") for moment in (sent, until))
        return max(0.0, (last - first).total_seconds())
    except (TypeError, ValueError):
        return None
