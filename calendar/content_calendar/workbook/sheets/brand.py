"""品牌: not a table but pairs of 项目 and 内容, one a row (or several side by side), in any order.

Rows the product does not know are kept as they are (``BrandSheet.extra``). AI标识 is the label's words; it is put under posts
only when a row AI标识开关 says 开.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from content_calendar.workbook.columns import PROSE
from content_calendar.workbook.content import BrandSheet, PersonaSheet
from content_calendar.workbook.grid import Broken, Cell, Line, is_blank_cell
from content_calendar.workbook.issues import Place, Report, shorten
from content_calendar.workbook.names import fold_header
from content_calendar.workbook.record import FAULTY, broken, fits, guard, refuse
from content_calendar.workbook.values import Unreadable, text
from content_calendar.workbook.values.lists import parse_flag, parse_words
from content_calendar.workbook.values.text import Raw
from content_calendar.workbook.values.times import parse_range
from content_calendar.zones import zone

TITLE = "品牌"
DEFAULT_ZONE = "Asia/Shanghai"
DEFAULT_PERSONA = "chongfenguan"
_EXTRA_AT_MOST = 100
_ENOUGH = 4  # known items, 品牌名 among them, that make an unnamed sheet the brand's
_SPOKEN_ZONES = frozenset(
    {
        "北京时间",
        "北京",
        "上海",
        "中国时间",
        "中国标准时间",
        "东八区",
        "utc+8",
        "utc+08:00",
        "gmt+8",
        "gmt+08:00",
        "utc8",
        "cst",
    }
)
_NO_SPAN = frozenset({"无", "没有", "不设", "不限", "全天", "24小时", "无限制"})
_HEADS = frozenset({"项目", "字段", "项", "属性", "配置项", "资料项", "名称", "信息项"})
_HEAD_VALUES = frozenset({"内容", "值", "填写内容", "信息", "说明", "填写", "取值", "资料"})


@dataclass(frozen=True)
class _Item:
    """A row we know: how its value is read, what length it may have, how its text is guarded."""

    parse: Callable[[Raw], Any]
    limit: int = 0
    style: str = "value"
    aliases: tuple[str, ...] = ()


def _zone(raw: Raw) -> str:
    written = text.plain(raw).strip()
    if text.fold(written) in _SPOKEN_ZONES:
        return DEFAULT_ZONE
    for name in (written, "/".join(part.capitalize() for part in written.split("/"))):
        try:
            return zone(name).key
        except ValueError:
            continue
    raise Unreadable("bad_zone", "IANA 时区名，如 Asia/Shanghai", "an IANA zone, like Asia/Shanghai")


def _span(raw: Raw) -> tuple[str, str]:
    if isinstance(raw, str) and text.fold(raw) in _NO_SPAN:
        return "00:00", "00:00"
    return parse_range(raw)


def _label(raw: Raw) -> str:
    written = text.name(raw)
    return (
        ""
        if text.fold(written) in {"无", "否", "关", "关闭", "不需要", "不加", "no", "off", "false"}
        else written
    )


def _one_line(raw: Raw) -> str:
    return text.name(raw)


ITEMS: dict[str, _Item] = {
    "品牌名": _Item(_one_line, 80, "name", ("品牌名称", "品牌", "名称")),
    "行业": _Item(_one_line, 80, "name", ("所属行业", "类目", "行业类目")),
    "人设昵称": _Item(_one_line, 80, "name", ("昵称", "宠粉官昵称", "人设名称", "人设名", "人设")),
    "人设简介": _Item(text.prose, PROSE, "prose", ("人设介绍", "人设背景", "人设描述", "人设说明")),
    "语气": _Item(text.prose, PROSE, "prose", ("语气风格", "说话风格", "口吻", "文风", "语言风格", "语气语调")),
    "粉丝称呼": _Item(_one_line, 40, "name", ("粉丝昵称", "用户称呼", "对粉丝的称呼", "粉丝名")),
    "官方商城": _Item(lambda raw: _one_line(raw).replace(" ", ""), 2048, "value", ("商城", "商城链接", "官方商城链接", "商城地址", "官网", "官方商城地址")),
    "工作时间": _Item(_span, 0, "value", ("服务时间", "营业时间", "值班时间", "在线时间")),
    "时区": _Item(_zone, 64, "value", ("所在时区",)),
    "安静时段": _Item(_span, 0, "value", ("免打扰时段", "静默时段", "勿扰时段", "安静时间", "免打扰时间", "免打扰")),
    "禁用词": _Item(parse_words, 0, "prose", ("违禁词", "禁词", "敏感词", "禁用词汇", "禁用词库")),
    "AI标识": _Item(_label, 80, "name", ("AI标注", "AI生成标识", "AI内容标识", "人工智能标识")),
    "AI标识开关": _Item(lambda raw: parse_flag(raw)[0], 0, "value", ("AI标识是否开启", "开启AI标识")),
    "品牌故事": _Item(text.prose, PROSE, "prose", ("品牌介绍", "品牌简介")),
    "人设代码": _Item(lambda raw: text.code(raw).lower(), 40, "name", ("人设编码", "人设key")),
}  # fmt: skip
_WORDS = {fold_header(word): key for key, item in ITEMS.items() for word in (key, *item.aliases)}


@dataclass
class BrandReading:
    """What 品牌 says, with the Excel row of each item."""

    values: dict[str, Any] = field(default_factory=dict)
    rows: dict[str, int] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)

    def place(self, key: str) -> Place:
        """Where an item stands."""
        return Place(TITLE, self.rows.get(key, 0), self.written.get(key, key))

    def get(self, key: str, default: Any) -> Any:
        """An item's value, or ``default`` when it is blank or was reported."""
        value = self.values.get(key, FAULTY)
        return default if value is FAULTY or value == "" else value


def read(lines: Sequence[Line], report: Report) -> BrandReading:
    """The pairs of 品牌; faults go to ``report``."""
    reading = BrandReading()
    for line in lines:
        for key, written, value in _pairs(line):
            if key is not None:
                _take(reading, key, written, line.number, value, report)
            elif written and not isinstance(value, Broken) and len(reading.extra) < _EXTRA_AT_MOST:
                _take_extra(reading, written, line.number, value, report)
    _required(reading, report)
    return reading


def fit(lines: Sequence[Line]) -> float:
    """1 when these lines are surely the brand's pairs, else 0."""
    keys = {key for line in lines[:200] for key, _, _ in _pairs(line) if key is not None}
    return 1.0 if "品牌名" in keys and len(keys) >= _ENOUGH else 0.0


def _pairs(line: Line) -> list[tuple[str | None, str, Cell]]:
    """(known key, key as written, value) for each pair in a row; the key is None for a row we do not know."""
    if _is_heading(line):
        return []
    found: list[tuple[str | None, str, Cell]] = []
    at = 0
    while at < len(line.cells):
        cell = line.cells[at]
        key = _known(cell)
        if key is None:
            if isinstance(cell, str) and not is_blank_cell(cell):
                break  # words that are no item of ours: a remark, or a row to keep as it is
            at += 1  # a blank, or a running number
            continue
        value_at = next(
            (i for i in range(at + 1, len(line.cells)) if not is_blank_cell(line.cells[i])), at + 1
        )
        value = line.at(value_at)
        if _known(value) is not None and value_at > at + 1:
            value, value_at = "", at  # the next pair: this one is blank
        found.append((key, _title(line.cells[at]), value))
        at = value_at + 1
    if found:
        return found
    return _unknown_pair(line)


def _unknown_pair(line: Line) -> list[tuple[str | None, str, Cell]]:
    written = list(line.written)
    while written and not isinstance(line.cells[written[0]], str):
        written.pop(0)
    if len(written) < 2:
        return []
    key, value = line.cells[written[0]], line.cells[written[1]]
    return [(None, _title(key), value)] if len(_title(key)) <= 40 else []


def _known(cell: Cell) -> str | None:
    return _WORDS.get(fold_header(cell)) if isinstance(cell, str) and len(cell) <= 40 else None


def _is_heading(line: Line) -> bool:
    """项目 | 内容, perhaps with other words around."""
    words = {fold_header(cell) for cell in line.cells if isinstance(cell, str) and len(cell) <= 10}
    return bool(words & _HEADS) and bool(words & _HEAD_VALUES)


def _title(cell: Cell) -> str:
    return "" if isinstance(cell, Broken) else text.name(cell).rstrip(":： ")


def _take(reading: BrandReading, key: str, written: str, row: int, cell: Cell, report: Report) -> None:
    if key in reading.rows and (is_blank_cell(cell) or reading.values[key] != ""):
        if not is_blank_cell(cell):
            _again(reading, key, row, cell, report)
        return
    reading.rows[key], reading.written[key] = row, written
    reading.values[key] = _value(reading, key, cell, report)


def _again(reading: BrandReading, key: str, row: int, cell: Cell, report: Report) -> None:
    shown = shorten(text.plain(cell)) if not isinstance(cell, Broken) else cell.text
    report.add(
        "duplicate", Place(TITLE, row, key), f"「{key}」写了两次（第 {reading.rows[key]} 行也有），请只留一行。",
        f"{key} stands twice (also in row {reading.rows[key]}); keep one.", value=shown,
    )  # fmt: skip


def _value(reading: BrandReading, key: str, cell: Cell, report: Report) -> Any:
    item, place = ITEMS[key], reading.place(key)
    if isinstance(cell, Broken):
        return broken(cell, place, report)
    if text.is_blank(cell):
        return ""
    if isinstance(cell, str) and not guard(cell, item.style, place, report):
        return FAULTY
    try:
        value = item.parse(cell)
    except Unreadable as error:
        refuse(error, cell, place, report)
        return FAULTY
    if item.limit and isinstance(value, str) and not fits(value, item.limit, place, report):
        return FAULTY
    return value


def _take_extra(reading: BrandReading, key: str, row: int, cell: Raw, report: Report) -> None:
    place, value = Place(TITLE, row, key), text.prose(cell)
    if isinstance(cell, str):
        guard(cell, "prose", place, report)
    if key not in reading.extra and fits(value, PROSE, place, report):
        reading.extra[key] = value
        reading.rows[key] = row


def _required(reading: BrandReading, report: Report) -> None:
    if reading.values.get("品牌名", "") == "":
        report.add(
            "empty_brand", reading.place("品牌名"), "品牌名没有填，请在「品牌名」右边写上品牌的名字。",
            "the brand has no name; write it beside 品牌名.", expected="品牌名",
        )  # fmt: skip
    if reading.values.get("人设昵称", "") == "":
        report.add(
            "missing_cell", reading.place("人设昵称"), "人设昵称没有填，请写上在群里说话的名字，如 沐禾宠粉官。",
            "the persona has no nickname; write the name that speaks in the groups.", expected="人设昵称",
        )  # fmt: skip
    if reading.values.get("时区", "") == "":
        report.add(
            "zone_default", reading.place("时区"), f"时区没有填，按 {DEFAULT_ZONE} 算。",
            f"no time zone is given; {DEFAULT_ZONE} is taken.", expected="Asia/Shanghai",
        )  # fmt: skip


def build(reading: BrandReading) -> tuple[BrandSheet, PersonaSheet]:
    """The brand and its persona (of a reading without errors)."""
    default = BrandSheet(name="")
    quiet = reading.get("安静时段", (default.quiet_from, default.quiet_to))
    hours = reading.get("工作时间", (default.hours_from, default.hours_to))
    brand = BrandSheet(
        name=reading.get("品牌名", ""), industry=reading.get("行业", ""), zone=reading.get("时区", DEFAULT_ZONE),
        quiet_from=quiet[0], quiet_to=quiet[1], hours_from=hours[0], hours_to=hours[1],
        mall_url=reading.get("官方商城", ""), fans=reading.get("粉丝称呼", ""),
        forbidden=reading.get("禁用词", ()), ai_label=reading.get("AI标识", ""),
        ai_label_on=reading.get("AI标识开关", False), story=reading.get("品牌故事", ""), extra=dict(reading.extra),
    )  # fmt: skip
    persona = PersonaSheet(
        code=reading.get("人设代码", DEFAULT_PERSONA), nickname=reading.get("人设昵称", ""),
        intro=reading.get("人设简介", ""), manner=reading.get("语气", ""),
    )  # fmt: skip
    return brand, persona


def shown(brand: BrandSheet, persona: PersonaSheet) -> dict[str, Any]:
    """Every item by its name, normalised."""
    return {
        "品牌名": brand.name, "行业": brand.industry, "人设昵称": persona.nickname, "人设简介": persona.intro,
        "语气": persona.manner, "粉丝称呼": brand.fans, "官方商城": brand.mall_url,
        "工作时间": f"{brand.hours_from}-{brand.hours_to}", "时区": brand.zone,
        "安静时段": f"{brand.quiet_from}-{brand.quiet_to}", "禁用词": list(brand.forbidden),
        "AI标识": brand.ai_label, "AI标识开关": brand.ai_label_on, "品牌故事": brand.story,
        "人设代码": persona.code, **brand.extra,
    }  # fmt: skip


def cells(brand: BrandSheet, persona: PersonaSheet) -> list[tuple[str, str]]:
    """The pairs as they are written to a workbook; switches at their usual place are left out."""
    pairs = shown(brand, persona) | {"禁用词": "、".join(brand.forbidden), "AI标识开关": "开"}
    if not brand.ai_label_on:
        del pairs["AI标识开关"]
    if persona.code == DEFAULT_PERSONA:
        del pairs["人设代码"]
    return [(key, str(value)) for key, value in pairs.items()]
