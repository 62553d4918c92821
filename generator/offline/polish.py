"""A finished text brought into the brand's manner: signs and words its editors do not want, layout, a closing sentence.

Nothing here touches a number, a name or a link; what cannot be mended that way is left to the choice of other words.
"""

from __future__ import annotations

import re

from generator.offline.join import count_emoji, tidy
from generator.offline.manners import Manner
from generator.offline.memory import normal

_PARTICLES = re.compile(r"[哦呢呀啦哟嘛噢喔咯](?=[。！!～~，,\s]|$)", re.MULTILINE)
_NUMBERED = re.compile(r"^[ \t]*(?:\d{1,2}[.、)）]\s*|[①-⑩]\s*|[·•-]\s+)", re.MULTILINE)
_LINK = re.compile(r"https?://|👉")
_SIGNS = {
    "morning_news": "☀️",
    "good_night": "🌙",
    "flash_sale": "⏰",
    "game": "🎲",
    "launch": "🌱",
    "member_day": "🎁",
    "showcase": "📷",
    "festival": "🍵",
}


def text(written: str, manner: Manner, *, kind: str, emoji: int) -> str:
    """``written`` as this brand writes. ``emoji``: how many its kind allows."""
    for old, new in manner.swaps:
        written = written.replace(old, new)
    written = _signs(written, manner)
    if manner.few_lines:
        written = _fewer_lines(written)
    if manner.closing and normal(manner.closing) not in normal(written):
        written = _closed(written, manner.closing)
    if (manner.lively or (manner.emoji or 0) > 0) and emoji and not count_emoji(written):
        written = _lively(written, _SIGNS.get(kind, "🙂" if manner.lively else ""))
    if manner.formal:
        written = re.sub(r"你们|你", lambda found: "大家" if found.group() == "你们" else "您", written)
    return _airy(written) if manner.airy else written


def _signs(written: str, manner: Manner) -> str:
    strip = manner.strip | ({"particles", "tilde"} if manner.formal else set())
    if "exclaim" in strip:
        written = re.sub(r"[！!]+", "。", written)
    if "tilde" in strip:
        written = re.sub(r"[～~]+[。]?", "。", written)
    if "dots" in strip:
        written = re.sub(r"…+", "。", written)
    if "particles" in strip:
        written = _PARTICLES.sub("", written)
    if "numbers" in strip:
        written = _NUMBERED.sub("", written)
    if "brackets" in strip:
        written = re.sub(r"（([^（）]*)）", r"，\1", written).replace("【", "").replace("】", "")
    if "you" in strip:
        written = written.replace("您", "你")
    return "\n".join(tidy(line) if strip else line for line in written.split("\n"))


def _fewer_lines(written: str) -> str:
    """Two body lines that are sentences become one; first line, lists and links stay."""
    lines = written.split("\n")
    kept = lines[:1]
    for line in lines[1:]:
        before = kept[-1]
        plain = not _LINK.search(line + before) and not _NUMBERED.match(line) and not _NUMBERED.match(before)
        if len(kept) > 1 and plain and before[-1:] in "。！？" and len(before) + len(line) <= 60:
            kept[-1] = before + line
        else:
            kept.append(line)
    return "\n".join(kept)


def _closed(written: str, closing: str) -> str:
    sentence = closing if closing[-1:] in "。！？～" else f"{closing}。"
    lines = written.split("\n")
    at = len(lines) - 1 if _LINK.search(lines[-1]) else len(lines)
    return "\n".join([*lines[:at], sentence, *lines[at:]])


def _lively(written: str, sign: str) -> str:
    first, _, rest = written.partition("\n")
    return f"{first}{sign}\n{rest}" if sign and rest else written


def _airy(written: str) -> str:
    """A blank line after the first line and before the last."""
    lines = [line for line in written.split("\n") if line.strip()]
    if len(lines) < 3:
        return written
    return "\n".join([lines[0], "", *lines[1:-1], "", lines[-1]])
