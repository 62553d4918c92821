"""Numbers, dates, times and prices that a person wrote in a sentence, as values a text may rely on.

Operators put facts into 主题, 备注, 规则, 赠品 and 奖品 in running words (明晚20点开售, 满299减40, 共800盒). They are as binding as a
cell of their own, so they are taken apart here. Relative words (今晚, 明天) are resolved against a given day.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from content_calendar import zones
from prompts.brief import FactKind
from prompts.numerals import COUNTS


@dataclass(frozen=True)
class Written:
    """One value found in a text: canonical ``value`` (see FactKind), its ``unit``, the words it stood in."""

    kind: FactKind
    value: str
    unit: str = ""
    words: str = ""


@dataclass(frozen=True)
class Moment:
    """An instant a text names, and whether only its time of day was written (22点) or its day as well."""

    at: datetime
    day_written: bool
    start: int
    end: int


_PART = "早上|早晨|上午|中午|下午|傍晚|晚上|夜里|凌晨|早|晚"
_RELATIVE = {
    "大后天": 3, "后天": 2, "明天": 1, "明日": 1, "明晚": 1, "明早": 1, "次日": 1,
    "今天": 0, "今日": 0, "今晚": 0, "今早": 0, "当天": 0, "当日": 0, "当晚": 0, "昨天": -1, "昨晚": -1,
}  # fmt: skip
_CLOCK = rf"(?P<part>{_PART})?\s*(?:(?P<h>[01]?\d|2[0-4])\s*(?::(?P<m>[0-5]\d)|[点时](?!后台|间)(?:(?P<half>半)|(?P<m2>[0-5]?\d)分)?|点(?=后台)))"
_DATE = r"(?:(?P<y>20\d\d)\s*[年./-])?\s*(?P<mo>1[0-2]|0?[1-9])\s*(?:月|(?<=\d)[./-](?=\d))\s*(?P<d>3[01]|[12]\d|0?[1-9])(?:\s*[日号]|(?![\d%]))"
_WHEN = re.compile(
    rf"(?<![\d.]){_DATE}\s*(?:{_CLOCK})?"
    rf"|(?P<rel>{'|'.join(_RELATIVE)})(?:的)?\s*(?:{_CLOCK.replace('?P<', '?P<r')})?"
    rf"|(?<![\d.:]){_CLOCK.replace('?P<', '?P<c')}"
)
_YEARLESS_DASH = re.compile(r"\d{1,2}[./-]\d{1,2}")
_LATER = re.compile(r"还有\s*(\d+)\s*(分钟|个?小时|天)")
_NUMBER = r"\d+(?:,\d{3})*(?:\.\d+)?"
_DEAL = re.compile(
    rf"满\s*({_NUMBER})\s*元?\s*(?:立?减|打|送|赠|享|加赠)\s*({_NUMBER})?(?!\s*[%折件只支盒片张份个次])"
)
_PRICE = re.compile(rf"(?:[¥￥]\s*({_NUMBER})(万)?|({_NUMBER})\s*(万)?\s*(?:元|块钱?))")
_UNITS = (
    "毫升|公斤|千克|小时|分钟|工作日|个月|积分|ml|mL|ML|kg|cm|mm|PA|g|L|%|折|倍|盒|瓶|支|件|份|片|张|单|罐|组|套|袋|包|箱|斤|"
    "克|升|人|位|名|个|次|条|天|日|秒|分|年|周|岁|期|款|种|步|句|道|题|只|杯|碗|颗|滴|泵|层|米|度|楼|号|桌|串|枚|对|双|块|弹"
)
# 200字以内 is a wish about the text, 国妆特字20259911 a code: neither is a count
_COUNT = re.compile(rf"(?<![\dA-Za-z./#_])({_NUMBER})(?![\d.]|\s*字)\s*(万)?\s*({_UNITS})?")
_CODE_DIGITS = 7
_CHINESE_COUNT = re.compile(
    r"(?<![第十百千万每周礼末])([一两二三四五六七八九十])(盒|瓶|支|件|份|片|张|个|套|罐|只|条|道|步|天|次|种|位|名|款|题|小时|袋|包|杯)"
)
_BREAK = re.compile(r"[。；、！？;!?\n（）()“”]|(?<!\d),|,(?!\d{3}(?!\d))|:(?!\d)")
_SPOKEN_HOUR = re.compile(r"(?<=[早晚午上晨])([一二两三四五六七八九]|十[一二]?)点")


def fold(text: str) -> str:
    """The text as it is read here: NFKC, full-width digits and colons plain, 晚八点 as 晚8点."""
    return _SPOKEN_HOUR.sub(lambda match: f"{_spoken(match[1])}点", unicodedata.normalize("NFKC", text))


def _spoken(number: str) -> int:
    return sum(COUNTS[digit] for digit in number)


def moments(text: str, *, day: date, where: ZoneInfo) -> tuple[Moment, ...]:
    """The instants ``text`` names, in order; ``day`` is what 今天 means and the default of a bare time.

    A bare time that follows a date (12月4日10:00至22:00) belongs to that date. 还有3小时 is not a moment: see :func:`later`.
    """
    return tuple(found for found, _ in _when(fold(text), day, where) if isinstance(found, Moment))


def later(text: str) -> tuple[timedelta, ...]:
    """The spans a text counts down: 还有3小时 → three hours."""
    unit = {
        "分钟": timedelta(minutes=1),
        "小时": timedelta(hours=1),
        "个小时": timedelta(hours=1),
        "天": timedelta(days=1),
    }
    return tuple(int(match[1]) * unit[match[2]] for match in _LATER.finditer(fold(text)))


def extract(text: str, *, day: date, where: ZoneInfo) -> tuple[Written, ...]:
    """Every moment, day, price and count in ``text``, in reading order, each value once."""
    folded = fold(text)
    taken: list[tuple[int, int]] = []
    found: list[tuple[int, Written]] = []
    for item, (start, end) in _when(folded, day, where):
        taken.append((start, end))
        words = _clause(folded, start, end)
        if isinstance(item, Moment):
            found.append((start, Written(FactKind.moment, item.at.isoformat(), words=words)))
        else:
            found.append((start, Written(FactKind.day, item.isoformat(), words=words)))
    for start, end, price in _prices(folded):
        if _free(taken, start, end):
            found.append((start, Written(FactKind.price, price, words=_clause(folded, start, end))))
            taken.append((start, end))
    for start, end, count, unit in _counts(folded):
        if _free(taken, start, end):
            found.append((start, Written(FactKind.amount, count, unit, _clause(folded, start, end))))
    unique: dict[tuple[FactKind, str, str], Written] = {}
    for _, value in sorted(found, key=lambda pair: pair[0]):
        unique.setdefault((value.kind, value.value, value.unit), value)
    return tuple(unique.values())


def unit_of(text: str, number: int) -> str:
    """The unit ``number`` carries in ``text`` (1500 in 前1500盒 → 盒), or nothing."""
    wanted = str(number)
    return next((unit for _, _, value, unit in _counts(fold(text)) if value == wanted and unit), "")


def decimal_text(number: Decimal | str) -> str:
    """A number as facts write it: 199.00 → 199, 49.90 → 49.9."""
    text = format(Decimal(str(number).replace(",", "")), "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _when(text: str, day: date, where: ZoneInfo) -> Iterator[tuple[Moment | date, tuple[int, int]]]:
    anchor, anchored = day, False
    for match in _WHEN.finditer(text):
        groups = {key: value for key, value in match.groupdict().items() if value is not None}
        if "mo" in groups:
            if _YEARLESS_DASH.fullmatch(match.group().strip()):
                continue  # 1/2 or 3-5 without a year is a fraction or a range, not a date
            dated = _date(groups, day)
            if dated is None:
                continue
            anchor, anchored = dated, True
        elif "rel" in groups:
            anchor, anchored = day + timedelta(days=_RELATIVE[groups["rel"]]), True
            groups = _night(
                {key.removeprefix("r") if key != "rel" else key: value for key, value in groups.items()}
            )
        else:
            groups = {key.removeprefix("c"): value for key, value in groups.items()}
        span = match.span()
        wall = _clock(groups)
        if wall is None:
            if _RELATIVE.get(groups.get("rel", ""), 1):  # 今天 alone says nothing that the calendar does not
                yield anchor, span
            continue
        overnight, at = wall
        placed = zones.place(anchor + timedelta(days=overnight), at, where).instant.astimezone(where)
        yield Moment(placed, anchored, *span), span


def _night(groups: dict[str, str]) -> dict[str, str]:
    """今晚8点 is in the evening although 晚 belongs to the day word."""
    if "part" not in groups and groups["rel"].endswith("晚"):
        groups["part"] = "晚"
    return groups


def _date(groups: dict[str, str], near: date) -> date | None:
    """The date written; without a year, the one closest to ``near``."""
    month, day = int(groups["mo"]), int(groups["d"])
    years = [int(groups["y"])] if "y" in groups else [near.year - 1, near.year, near.year + 1]
    dates = []
    for year in years:
        try:
            dates.append(date(year, month, day))
        except ValueError:
            continue
    return min(dates, key=lambda item: abs((item - near).days), default=None)


def _clock(groups: dict[str, str]) -> tuple[int, time] | None:
    """(days to add, wall time) of a written time of day; 24点 is midnight of the next day."""
    if "h" not in groups:
        return None
    hour = int(groups["h"])
    minute = 30 if "half" in groups else int(groups.get("m") or groups.get("m2") or 0)
    part = groups.get("part", "")
    if part in {"下午", "傍晚", "晚上", "夜里", "晚"} and hour < 12:
        hour += 12
    if part == "中午" and hour < 3:
        hour += 12
    return (1, time(0, minute)) if hour == 24 else (0, time(hour, minute))


def _prices(text: str) -> Iterator[tuple[int, int, str]]:
    for match in _DEAL.finditer(text):
        yield match.start(1), match.end(1), decimal_text(match[1])
        if match[2]:
            yield match.start(2), match.end(2), decimal_text(match[2])
    for match in _PRICE.finditer(text):
        number, ten_thousand = (match[1], match[2]) if match[1] else (match[3], match[4])
        yield match.start(), match.end(), _value(number, ten_thousand)


def _counts(text: str) -> Iterator[tuple[int, int, str, str]]:
    for match in _COUNT.finditer(text):
        if match.start() and text[match.start() - 1] == "双" and not match[3]:
            continue  # 双11 is a name
        if not match[3] and len(match[1]) >= _CODE_DIGITS:
            continue
        yield match.start(), match.end(), _value(match[1], match[2]), match[3] or ""
    for match in _CHINESE_COUNT.finditer(text):
        yield match.start(), match.end(), str(COUNTS[match[1]]), match[2]


def _value(number: str, ten_thousand: str | None) -> str:
    value = Decimal(number.replace(",", ""))
    return decimal_text(value * 10_000 if ten_thousand else value)


def _free(taken: list[tuple[int, int]], start: int, end: int) -> bool:
    return all(end <= first or start >= last for first, last in taken)


def _clause(text: str, start: int, end: int) -> str:
    """The clause around a span: what the number is about, at most 40 characters."""
    first = max((match.end() for match in _BREAK.finditer(text, 0, start)), default=0)
    after = _BREAK.search(text, end)
    last = after.start() if after else len(text)
    clause = text[first:last].strip()
    return clause if len(clause) <= 40 else text[max(first, start - 15) : min(last, end + 15)].strip()
