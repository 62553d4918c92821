"""Moments as people say them: 今晚8点, 周四晚8点, 12月2日20:00, by the distance from when the post is read."""

from __future__ import annotations

from datetime import date, datetime

WEEKDAYS = "一二三四五六日"


def weekday(day: date) -> str:
    """周一 … 周日."""
    return f"周{WEEKDAYS[day.weekday()]}"


def clock(moment: datetime) -> str:
    """晚8点, 下午4点, 上午10点半: the hour as it is spoken, with its part of the day."""
    hour, minute = moment.hour, moment.minute
    part = _part(hour)
    shown = hour - 12 if hour > 12 else hour
    if minute == 0:
        return f"{part}{shown}点"
    if minute == 30:
        return f"{part}{shown}点半"
    return f"{hour:02d}:{minute:02d}"


def _part(hour: int) -> str:
    if hour < 6:
        return "凌晨"
    if hour < 9:
        return "早上"
    if hour < 12:
        return "上午"
    if hour == 12:
        return "中午"
    return "下午" if hour < 19 else "晚"


def exact(moment: datetime) -> str:
    """20:00."""
    return f"{moment.hour:02d}:{moment.minute:02d}"


def day(moment: date, seen_from: date) -> str:
    """今天, 明天, 周四, 下周三 or 12月2日, as seen from another day."""
    distance = (moment - seen_from).days
    if distance in (0, 1, 2):
        return ("今天", "明天", "后天")[distance]
    weeks = (moment.toordinal() - 1) // 7 - (seen_from.toordinal() - 1) // 7
    if distance > 2 and weeks == 0:
        return weekday(moment)
    if distance > 2 and weeks == 1:
        return f"下{weekday(moment)}"
    return dated(moment)


def dated(moment: date) -> str:
    """12月2日."""
    return f"{moment.month}月{moment.day}日"


def spoken(moment: datetime, seen_from: datetime) -> str:
    """今晚8点, 明天下午4点, 周四晚8点, 12月11日晚8点."""
    label = day(moment.date(), seen_from.date())
    said = clock(moment)
    if said.startswith("晚") and label in ("今天", "明天", "后天"):
        return label[0] + said if label != "后天" else "后天" + said
    return label + said


def written(moment: datetime, seen_from: datetime) -> str:
    """今天20:00, 明天10:00, 12月2日20:00: the exact form for rules."""
    distance = (moment.date() - seen_from.date()).days
    label = ("今天", "明天")[distance] if distance in (0, 1) else dated(moment)
    return f"{label}{exact(moment)}"


def span(start: datetime, end: datetime, seen_from: datetime) -> str:
    """今天16:00-22:00 or 11月26日20:00到11月29日22:00."""
    if start.date() == end.date():
        return f"{written(start, seen_from)}-{exact(end)}"
    return f"{written(start, seen_from)}到{written(end, seen_from)}"


def part_of_day(moment: datetime) -> str:
    """The trait of the hour: morning, noon, afternoon, evening or night."""
    hour = moment.hour
    if hour < 11:
        return "morning"
    if hour < 14:
        return "noon"
    if hour < 18:
        return "afternoon"
    return "evening" if hour < 22 else "night"
