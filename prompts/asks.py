"""The lines of a text that ask the reader to do something: a post may have one such request, not two.

Used when a text is put together and when it is measured. A question that wants an answer in the group is a
request; a tip (先洗手再涂) is not, and a line that says nothing need be done is none either.
"""

from __future__ import annotations

import re

_REQUEST = re.compile(
    r"https?://|👉|点(开|进|击|一下|卡片|链接)|戳|(回|扣|打)(复|个|一个|一句|一下|字|数字|[1-9A-Da-d「“\"])"
    r"|直接(打字|问|说|拍|进)|私信我|私聊我|@我|找我|告诉我|说说|说一句|留言|投票|接龙|收藏|领取|去领|下单"
    r"|卡片(在|直接)?进|报名|讲讲|来问|问我"
)
_EXCUSED = re.compile(r"不用|不必|别急|不着急|划走|不买|也没关系|不下单")


def requests(text: str) -> tuple[str, ...]:
    """The lines that ask for something, in order."""
    lines = (line.strip() for line in text.split("\n"))
    return tuple(line for line in lines if line and asks(line))


def asks(line: str) -> bool:
    """True when this line asks the reader to act."""
    found = _REQUEST.search(line)
    if not found:
        return False
    excuse = _EXCUSED.search(line)
    return excuse is None or "http" in line
