"""The lines of a text that ask the reader to do something: a post may have one such request, not two.

Used when a text is put together and when it is measured. An offer of help (拿不准的问我) is no request, nor is a
statement (到周日都能下单) or a line that says nothing need be done. A bare link under "点链接" is the same request.
"""

from __future__ import annotations

import re

_LINK = re.compile(r"https?://|👉")
_INWARD = re.compile(
    r"(?<![\d一二三四五六七八九十])点(开|进|击|一下|卡片|链接)|戳|卡片(直接)?进|(去|来|现在|直接)下单|去领|点领取"
)
_TALK = re.compile(
    r"(回|扣|打)(复|个|一个|一句|一下|一?个?字|数字|字母|[1-9A-Da-d]|[「“\"])|直接(打字|问|说(?!结论|了))|打在下面"
    r"|告诉我|说给我听|(?<!先)说说(?!进度|结果|情况|怎么|为什么)|说一(句|声|个)|说看|随便说|写一句|留言|猜猜|谁先来"
    r"|(发|拍|晒)(张|一张|出来|到群)|选(一个|完|个)|报名|讲讲|来问|想问的|接(一句|着接|下去)|先收藏|可以先收藏|记得收藏"
)
_HELP = re.compile(r"(私信|私聊|问|找|喊|发|@)我|问一句|截图给我")
_EXCUSED = re.compile(r"不用|不必|别急|不着急|划走|不买|也没关系|不下单|用不上")


def requests(text: str) -> tuple[str, ...]:
    """The lines that ask for something, in order; a link counts with the line that points at it."""
    lines = [line.strip() for line in text.split("\n")]
    talking = [line for line in lines if _requested(line)]
    if any(_INWARD.search(line) for line in talking):
        talking = [line for line in talking if _INWARD.search(line) or not _LINK.search(line)]
    return tuple(talking)


def helps(text: str) -> tuple[str, ...]:
    """The lines that offer help: ask me, write to me."""
    return tuple(line.strip() for line in text.split("\n") if _HELP.search(line))


def asks(line: str) -> bool:
    """True when this line asks the reader to act, be it only to write to us."""
    return _requested(line) or bool(_HELP.search(line))


def _requested(line: str) -> bool:
    if _LINK.search(line):
        return True
    return bool(_INWARD.search(line) or _TALK.search(line)) and not _EXCUSED.search(line)
