"""Why a delivery stands as it does, in a sentence: channels and ledger write codes that never change, people read this.

A code is ``channel.what``; what is a name of ours, a number of the platform, a status of HTTP or the sort of a network fault. A
reason that is a sentence already is left as it is.
"""

from __future__ import annotations

import re

from desk.web.i18n import _

_CODE = re.compile(r"(?<![\w./:])([a-z][a-z_]*)\.([A-Za-z0-9_.]+)(?![\w./])")
_ALONE = re.compile(r"(?<![\w.])(timeout|reset|died|crash|lease)(?![\w./])")


def because(reason: str) -> str:
    """The reason as a person reads it; the code itself belongs into a title."""
    return _ALONE.sub(lambda found: _what(found[1]), _CODE.sub(lambda found: _what(found[2]), reason))


def _what(tail: str) -> str:
    known = _known().get(tail.split(".")[0])
    if known is not None:
        return known
    if tail.isdigit():
        number = int(tail)
        if 100 <= number <= 599:
            return (
                _("对方的服务器回了 {code}", code=tail)
                if number >= 500
                else _("对方不收（{code}）", code=tail)
            )
        return _("平台不收，错误码 {code}", code=tail)
    if "Timeout" in tail:
        return _("等对方回答超时")
    if tail.startswith("ClientConnector") or "DNS" in tail:
        return _("连不上对方")
    if tail.endswith(("Error", "Exception", "Disconnected")):
        return _("连接中断")
    return _("没有发成（{code}）", code=tail)


def _known() -> dict[str, str]:
    return {
        "address": _("通道地址不对"), "address_forbidden": _("这个地址不许发"), "url_unreadable": _("通道地址读不懂"),
        "no_secret": _("没有设签名密钥"), "disabled": _("通道已停用"), "cannot_carry": _("这个通道带不了这样的内容"),
        "same_chat_id": _("两个群填了同一个群聊 ID"), "no_chat_id": _("缺群聊 ID"), "fail_list": _("平台说这个群发不到"),
        "no_key": _("打不开通道地址：密钥没有设"), "unopened": _("打不开通道地址：密钥换过了"),
        "env_missing": _("通道地址引用的环境变量没有设"), "base_forbidden": _("平台地址不许用"),
        "no_account": _("企业微信应用还没接好"), "owner_unknown": _("群主没有登记企业微信账号"),
        "picture_missing": _("图片不在图库里"), "too_much": _("内容超过企业群发的上限"),
        "45009": _("发得太快，被平台限流"), "93000": _("机器人已被移出群"), "19001": _("机器人已被移出群"),
        "ServerDisconnectedError": _("连接中断"), "ClientConnectorError": _("连不上对方"),
        "TimeoutError": _("等对方回答超时"), "timeout": _("等对方回答超时"), "reset": _("连接中断"),
        "died": _("发送的进程中断了"), "crash": _("发送的进程中断了"), "lease": _("发送的进程中断了"),
    }  # fmt: skip
