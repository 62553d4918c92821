"""One to one, an order number is given here; in the group it must not be: the same sentence then asks for it in private."""

from __future__ import annotations

import re

_SENTENCE = re.compile(r"(?<=[。！？!?～\n])")
_ASKS = re.compile(
    r"((?:订单号?|单号|地址|电话|手机号?|照片|截图|图|批号|昵称)[^。！？!?\n，,]{0,6}?)(?:发给我|发我|给我|发过来|告诉我|留给我|发一下|留一下)"
)
_TELLS = re.compile(r"((?:请)?提供)(订单号|地址|电话|照片)")
_PRIVATE = re.compile(r"私信|私聊|别发群里|不要发在群里")


def for_everybody(text: str) -> str:
    """``text`` as it may be said where all can hear."""
    return "".join(
        part if _PRIVATE.search(part) else _TELLS.sub(r"\1\2（私信）", _ASKS.sub(r"\1私信我", part))
        for part in _SENTENCE.split(text)
    )
