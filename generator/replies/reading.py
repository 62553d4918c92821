"""Reading what an operator pasted: which words are the customer's, and is there anything to answer.

A chat copied from a client carries names and times; lines our own side said are left out. What is no question
in words (empty, a picture, emoji alone, another language) is told apart here.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal

from prompts.clean import plain

Sort = Literal["words", "empty", "emoji", "picture", "voice", "foreign", "digits"]
MOST = 10_000  # characters read of one paste
ASKED = 300  # characters of the newest words that are searched for
_PLACEHOLDER = re.compile(r"[\[［【<](?:图片|照片|视频|语音|表情|动画表情|文件|链接|位置|聊天记录|小程序|红包|名片|image|photo|video|sticker)[^\]］】>]{0,20}[\]］】>]", re.IGNORECASE)  # fmt: skip
# [语音] 12": what chat clients leave of a spoken message; its seconds are no words of the customer.
_VOICE = re.compile(r"[\[［【<](?:语音|voice|audio)[^\]］】>]{0,20}[\]］】>](?:\s*\d{1,3}\s?(?:[\"″”'′]{1,2}|秒钟?|s\b))?", re.IGNORECASE)  # fmt: skip
_STICKER = re.compile(r"\[[\u4e00-\u9fffA-Za-z]{1,5}\]")  # [微笑] [捂脸] [OK]
_CLOCK = r"(?:\d{4}[-/年.]\d{1,2}[-/月.]\d{1,2}日?\s*)?(?:[上下]午|晚上)?\s?\d{1,2}:\d{2}(?::\d{2})?"
_HEADER = re.compile(rf"^\s*(?P<who>[^\s:：]{{1,24}})\s*(?:@\S+\s*)?{_CLOCK}\s*[:：]?\s*(?P<said>.*)$")
_HEADER_FIRST = re.compile(
    rf"^\s*[\[【(（]?{_CLOCK}[\]】)）]?\s*(?P<who>[^\s:：]{{1,24}})\s*[:：]\s*(?P<said>.*)$"
)
_SPOKEN = re.compile(r"^\s*(?P<who>[^\s:：，,。！？!?]{1,16})\s*[:：]\s*(?P<said>.+)$")
_US = re.compile(r"客服|宠粉官|运营|小助手|群主|官方|售后|助理|机器人|系统消息")
_THEM = re.compile(r"客户|顾客|用户|粉丝|买家|会员|她|他|对方|昵称|网友")
_HAN = re.compile(r"[\u4e00-\u9fff]")
_KANA = re.compile(
    r"[\u3040-\u30ff\uac00-\ud7af]"
)  # kana and hangul: a sign of Chinese among them makes no Chinese
_LETTERS = re.compile(r"[^\W\d_]")


@dataclass(frozen=True, slots=True)
class Reading:
    """``said``: the customer's words, oldest first; ``asked``: the newest of them, to be searched for."""

    sort: Sort
    said: str
    asked: str
    pictures: bool = False


def read(text: str, *, ours: tuple[str, ...] = ()) -> Reading:
    """What the customer said in ``text``; ``ours`` are names our own side speaks under."""
    tail = text[-MOST:]
    clean = plain(_tidy(tail), MOST)
    spoken, clean = bool(_VOICE.search(clean)), _VOICE.sub(" ", clean)
    pictures = bool(_PLACEHOLDER.search(clean))
    said = _customer(_PLACEHOLDER.sub(" ", clean), ours)
    bare = _STICKER.sub(" ", said).strip()
    sort = "voice" if spoken and not _LETTERS.search(bare) else _sort(bare, clean, pictures)
    return Reading(sort, said.strip(), _newest(bare or said), pictures)


def _tidy(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8", "replace").replace("\x00", "")


def _sort(bare: str, clean: str, pictures: bool) -> Sort:
    if not clean.strip():
        return "empty"
    if _HAN.search(bare) and len(_KANA.findall(bare)) <= len(_HAN.findall(bare)):
        return "words"
    letters = _LETTERS.findall(bare)
    if len(letters) >= 2:
        return "foreign"
    if pictures:
        return "picture"
    return "digits" if any(unicodedata.category(sign) == "Nd" for sign in bare) else "emoji"


def _newest(said: str) -> str:
    """The last lines, up to :data:`ASKED` characters; whole lines where possible."""
    taken: list[str] = []
    size = 0
    for line in reversed([line.strip() for line in said.split("\n") if line.strip()]):
        if taken and size + len(line) > ASKED:
            break
        taken.append(line[-ASKED:])
        size += len(line)
    return "\n".join(reversed(taken))


def _customer(text: str, ours: tuple[str, ...]) -> str:
    """The customer's lines of a pasted chat; the whole text when it is none."""
    lines = text.split("\n")
    turns = [_turn(line) for line in lines]
    speakers = {who for who, _ in turns if who}
    if not speakers or (len(speakers) == 1 and len(lines) == 1 and not _chat(next(iter(speakers)), ours)):
        return text
    kept: list[str] = []
    theirs = True
    for line, (who, said) in zip(lines, turns, strict=True):
        if who:
            theirs = not _our_side(who, ours)
            line = said
        if theirs and line.strip():
            kept.append(line)
    if not kept and any(not _our_side(who, ours) for who in speakers):
        return ""  # the customer sent a picture or spoke: a name and a time are no words
    return "\n".join(kept) or text


def _turn(line: str) -> tuple[str, str]:
    """Who speaks in a line and what; nobody for a line that goes on."""
    for shape in (_HEADER, _HEADER_FIRST, _SPOKEN):
        match = shape.match(line)
        if match and not match["who"].isdigit():
            return match["who"], match["said"]
    return "", line


def _chat(who: str, ours: tuple[str, ...]) -> bool:
    return _our_side(who, ours) or bool(_THEM.search(who))


def _our_side(who: str, ours: tuple[str, ...]) -> bool:
    return bool(_US.search(who)) or any(name and (name in who) for name in ours)
