"""Tiers: 高 / 高层级 / 老友群 / 全部 / 中、低 / 高中 / 中及以上, always to a list of levels in the order high, mid, low."""

from __future__ import annotations

import re
from collections.abc import Mapping

from content_calendar.workbook.values.text import fold
from content_calendar.workbook.values.unreadable import Unreadable
from prompts.brief import LEVELS, Level

LEVEL_NAMES: Mapping[Level, str] = {"high": "高", "mid": "中", "low": "低"}
_LEVELS: Mapping[str, Level] = {
    **dict.fromkeys(("高", "高层", "高级", "高阶", "高价值", "high", "h"), "high"),
    **dict.fromkeys(("中", "中层", "中级", "中阶", "中价值", "mid", "middle", "medium", "m"), "mid"),
    **dict.fromkeys(("低", "低层", "低级", "低阶", "低价值", "low", "l"), "low"),
}
_EVERY = frozenset({"全部", "所有", "不限", "全体", "全", "全员", "全部层级", "所有层级", "全层级", "各层级", "不限层级", "全部社群",
                    "所有社群", "全部群", "所有群", "全群", "通用", "都发", "all", "高中低", "三层", "三个层级", "每个层级", "各层"})  # fmt: skip
_SPLIT = re.compile(r"[、,，;；/+＋&|和及与跟\s]+")
_ENDINGS = ("层级群", "层级", "层群", "社群", "客户", "用户", "粉丝", "群", "层")


def parse_tiers(raw: str, names: Mapping[str, Level]) -> tuple[Level, ...]:
    """The levels meant, at least one; ``names`` maps folded names of this brand's tiers to levels."""
    if fold(raw) in _EVERY or fold(raw).removesuffix("层级") in _EVERY:
        return LEVELS
    whole = _one(raw, names)
    if whole:
        return (whole,)
    found: set[Level] = set(_from_here(fold(raw), names))
    for part in () if found else filter(None, _SPLIT.split(raw)):
        if fold(part) in _EVERY:
            return LEVELS
        found.update(_part(part, names))
    if not found:
        raise unknown_tier(names)
    return tuple(level for level in LEVELS if level in found)


def parse_tier(raw: str, names: Mapping[str, Level]) -> Level:
    """Exactly one level."""
    levels = parse_tiers(raw, names)
    if len(levels) != 1:
        raise unknown_tier(names)
    return levels[0]


def unknown_tier(names: Mapping[str, Level]) -> Unreadable:
    """Which tiers there are."""
    known = "、".join(["高", "中", "低", *names])
    return Unreadable("unknown_tier", f"层级：{known}、全部", "a tier: 高, 中, 低 or a name from 层级")


def _one(part: str, names: Mapping[str, Level]) -> Level | None:
    text = fold(part)
    if text in names:
        return names[text]
    for ending in ("", *_ENDINGS):
        if text.endswith(ending):
            stem = text.removesuffix(ending)
            if stem in _LEVELS:
                return _LEVELS[stem]
            if stem in names or f"{stem}群" in names:
                return names.get(stem) or names[f"{stem}群"]
    return None


def _part(part: str, names: Mapping[str, Level]) -> tuple[Level, ...]:
    one = _one(part, names)
    if one:
        return (one,)
    text = fold(part)
    for ending in ("层级", "层", "群"):
        text = text.removesuffix(ending)
    span = re.split(r"[-~至到—–]+", text)
    if len(span) == 2 and (first := _one(span[0], names)) and (last := _one(span[1], names)):
        low, high = sorted((LEVELS.index(first), LEVELS.index(last)))
        return LEVELS[low : high + 1]
    if text and set(text) <= {"高", "中", "低"}:
        return tuple(_LEVELS[char] for char in text)
    raise unknown_tier(names)


def _from_here(text: str, names: Mapping[str, Level]) -> tuple[Level, ...]:
    """中及以上 is high and mid, 中以下 mid and low; nothing for other words."""
    match = re.fullmatch(r"(.+?)(?:及|和)?以([上下])(?:层级)?", text)
    level = _one(match.group(1), names) if match else None
    if match is None or level is None:
        return ()
    at = LEVELS.index(level)
    return LEVELS[: at + 1] if match.group(2) == "上" else LEVELS[at:]
