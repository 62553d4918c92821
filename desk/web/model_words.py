"""How model calls are named for people: what a call was for, how it ended."""

from __future__ import annotations

from desk.web.i18n import _


def purpose(key: str) -> str:
    """写稿, 修改 ..."""
    return {"write": _("写稿"), "repair": _("修改"), "reply": _("回复"), "judge": _("复核")}.get(
        key, _("其他")
    )


def outcome(code: str) -> str:
    """写成, 超时 ...; an unknown code as it is."""
    return _outcomes().get(code, code)


def anew(why: str) -> str:
    """Why what was shown of a text is void."""
    if why == "repair":
        return _("有必改的地方，正在改")
    return _("没写成（{why}），换一种办法", why=outcome(why))


def stepped_in(why: str) -> str:
    """Why the offline writer wrote it; empty where a model did."""
    if not why:
        return ""
    return (
        _("没有接模型，这是离线写手写的。")
        if why == "no_model"
        else _("模型没写成（{why}），这是离线写手代写的。", why=outcome(why))
    )


def _outcomes() -> dict[str, str]:
    return {
        "ok": _("成功"), "open": _("进行中"), "lost": _("进程中断"), "malformed": _("答非所问"), "empty": _("没有内容"),
        "refused": _("模型拒答"), "filtered": _("被内容过滤"), "too_long": _("太长被截断"), "rate_limited": _("被限流"),
        "no_credit": _("余额不足"), "server_error": _("服务出错"), "bad_response": _("读不懂"), "timeout": _("超时"),
        "connection": _("连接中断"), "auth": _("密钥不对"), "unknown_model": _("没有这个模型"), "bad_request": _("参数不接受"),
        "context_too_long": _("简报太长"), "cancelled": _("中途取消"),
        "deadline": _("等得太久"), "resting": _("刚失败过"), "budget": _("今天的额度用完了"),
    }  # fmt: skip
