"""The theme as a first line: short enough, true to what follows, a question where it asks one."""

from __future__ import annotations

import re

from generator.offline import notes
from generator.offline.scene import Scene
from generator.offline.theme import is_column
from prompts.numerals import COUNTS

_COUNTED = re.compile(
    r"([一二两三四五六七八九十]|\d{1,2})(?=\s*(?:个|种|招|步|条|件|点|样|句|题|大)(?!就|够|人|月|分|小时))"
)
_COUNTED_WITH_UNIT = re.compile(
    r"([一二两三四五六七八九十]|\d{1,2})\s*(?:个|种|招|条|件|点|样|句|题)(?!就|够|人|月|分|小时)"
)


_SOME = re.compile(r"几(?=[个种招步条件点样句题大])")  # 几个检查 counts, it does not ask
_TOLD_TO_LOOK = re.compile(r"先?(看看?|想想?|问问?|查查?|说说|聊聊|记得|分清|弄清|搞清|告诉|算算?|数数)")


def candidates(scene: Scene, delivered: int = 0) -> list[str]:
    """First lines the theme offers, the fullest first, each with its mark. ``delivered`` is how many things the text will tell."""
    theme = scene.theme
    column = is_column(theme.label)
    found: list[str] = []
    whole = "，".join(theme.clauses)
    if theme.label and not column:
        if notes.is_question(theme.label):
            found.append(f"{theme.label}？{theme.head}" if theme.clauses else theme.label)
        else:
            found.extend((f"{theme.label}：{whole}", f"{theme.label}：{theme.head}"))
        found.append(theme.label)
    else:
        found.extend((whole, theme.head))
        if column and theme.clauses:
            found.append(f"{theme.label}：{theme.head}")
        elif column:
            found.append(theme.label)
    listed = "、".join(theme.points)
    if delivered and listed and delivered < len(theme.points):
        found = [text for text in found if listed not in text] or [theme.label or theme.head]
    if delivered == 1 and len(theme.clauses) > 1 and _COUNTED.search(theme.clauses[-1]):
        found = [text for text in found if theme.clauses[-1] not in text] or [theme.head]
    honest = [honest_count(text.strip("：，"), delivered) for text in found if text.strip("：，")]
    most = scene.first_line_chars
    return [line for line in dict.fromkeys(map(_marked, honest)) if 4 <= len(line) <= most]


def honest_count(text: str, delivered: int) -> str:
    """三个小误区 stays only when three are told; 几个 when some are, and no count when it is one."""
    found = _COUNTED.search(text)
    if not found or delivered == 0:
        return text
    promised = notes_count(found.group(1))
    if promised == delivered or promised == 1:
        return text
    if delivered >= 2:
        return text[: found.start()] + "几" + text[found.end() :]
    return _COUNTED_WITH_UNIT.sub("", text, count=1)


def notes_count(written: str) -> int:
    """The promised number."""
    return int(written) if written.isdigit() else COUNTS[written]


def _marked(text: str) -> str:
    bare = text.rstrip("。？?！")
    if "？" in bare:
        return bare
    bare_of_counts = _SOME.sub("", bare)
    last = bare_of_counts.split("，")[-1]
    asks = (notes.is_question(last) and not _TOLD_TO_LOOK.match(last)) or (
        notes.is_question(bare_of_counts) and "，" not in bare and "：" not in bare
    )
    return f"{bare}？" if asks else bare
