"""What comes today and tomorrow, in a few words each: 下午2点周一接龙, 晚8点面霜开售."""

from __future__ import annotations

import re

from generator.offline import moments, names, notes, theme
from generator.offline.scene import Scene
from prompts.brief import Programme

_BY_KIND = {
    "tip": "一条小常识",
    "qa": "答疑",
    "teaser": "有个预告",
    "launch": "新品开售",
    "flash_sale": "秒杀",
    "spend_and_save": "满减开始",
    "discount": "单品折扣开始",
    "member_day": "小福利",
    "game": "小互动",
    "showcase": "聊聊到手的东西",
    "status": "",
    "last_call": "",
    "reminder": "",
    "morning_news": "",
    "good_night": "",
    "festival": "",
    "rules": "",
    "welcome": "",
}
_WORTH = (
    "launch",
    "flash_sale",
    "spend_and_save",
    "discount",
    "game",
    "teaser",
    "qa",
    "member_day",
    "showcase",
    "tip",
)
_TITLE_MAX = 10


def label(entry: Programme, hide: str = "") -> str:
    """What an entry is, in at most about ten characters; empty for entries not worth announcing."""
    plain = _BY_KIND.get(entry.kind, "")
    if not plain:
        return ""
    parsed = theme.parse(entry.theme, hide=(hide,) if hide else ())
    if entry.kind == "game":
        return _game(parsed, plain)
    if entry.kind == "showcase" and theme.is_column(parsed.label) and len(parsed.label) <= _TITLE_MAX:
        return parsed.label
    if entry.kind in ("launch", "flash_sale", "discount", "spend_and_save"):
        head = parsed.label or parsed.head
        named = re.match(r"(.{2,12}?(?:开售|秒杀|满减|折扣|开抢|上新))", head)
        return named.group(1) if named and len(named.group(1)) <= 14 else plain
    return plain


def _game(parsed: theme.Theme, plain: str) -> str:
    if "抽奖" in parsed.whole:
        return "答题活动" if "题" in parsed.whole else "小活动"
    if parsed.label and len(parsed.label) <= _TITLE_MAX and not notes.is_question(parsed.label):
        return re.sub(r"^周[一二三四五六日末]", "", parsed.label) or plain
    named = re.search(r"接龙|投票|猜谜|打卡|答题|猜价格", parsed.whole)
    if named:
        return named.group(0)
    return (
        parsed.head
        if 3 <= len(parsed.head) <= _TITLE_MAX
        and "、" not in parsed.head
        and not notes.is_question(parsed.head)
        else plain
    )


def ahead(scene: Scene) -> list[tuple[str, str, Programme]]:
    """The announced entries of the rest of the day: spoken hour, label and entry, the most worth telling first."""
    hidden = names.stem(scene.brief)
    found = []
    for entry in scene.brief.today:
        said = label(entry, hidden)
        if said and entry.at > scene.brief.at:
            found.append((moments.clock(entry.at), said, entry))
    return sorted(
        found, key=lambda item: (_WORTH.index(item[2].kind) if item[2].kind in _WORTH else 99, item[2].at)
    )


def tomorrow(scene: Scene) -> list[tuple[str, str, Programme]]:
    """The same for tomorrow."""
    hidden = names.stem(scene.brief)
    found = []
    for entry in scene.brief.tomorrow:
        said = label(entry, hidden)
        if said:
            found.append((moments.clock(entry.at), said, entry))
    return sorted(
        found, key=lambda item: (_WORTH.index(item[2].kind) if item[2].kind in _WORTH else 99, item[2].at)
    )


def prize(entry: Programme) -> str:
    """抽1位送200积分, when the entry says so."""
    found = re.search(
        r"抽取?(\d+|[一二两三四五六七八九十])(?:位|名|人)[^，。；]{0,4}送([^，。；]{2,14})", entry.theme
    )
    return f"抽{found.group(1)}位送{found.group(2)}" if found else ""
