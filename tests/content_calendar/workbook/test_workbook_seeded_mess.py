"""The whole reference, messed up at random in every way we know, still says the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import pytest
from python_calamine import CalamineWorkbook

from content_calendar import workbook
from content_calendar.lanes import CHANNELS
from prompts.kinds import all_kinds, by_name
from tests.content_calendar.workbook import books

FULL_WIDTH = str.maketrans("0123456789:,-", "０１２３４５６７８９：，－")
Mess = Callable[[random.Random, Any], Any]


def messy_time(pick: random.Random, raw: str) -> Any:
    hour, minute = int(raw[:2]), int(raw[3:])
    part = "上午" if hour < 12 else "中午" if hour == 12 else "下午" if hour < 18 else "晚上"
    spoken = f"{part}{hour - 12 if hour > 12 else hour}点" + (f"{minute}分" if minute else "")
    return pick.choice([
        raw, time(hour, minute), (hour * 60 + minute) / 1440, f"{hour}:{minute:02d}", f"{hour:02d}：{minute:02d}", f" {raw}\n",
        f"{hour}点" + (f"{minute}分" if minute else ""), f"{hour}时{minute:02d}分", spoken, raw.translate(FULL_WIDTH), f"{raw}:00",
    ])  # fmt: skip


def messy_day(pick: random.Random, day: date) -> Any:
    month = f"{day.month}月{day.day}日"
    week = "一二三四五六日"[day.weekday()]
    return pick.choice([
        day, day.isoformat(), month, f"{day.month}月{day.day}号", f"{day.year}/{day.month}/{day.day}", f"{day.year}.{day.month}.{day.day}",
        f"{day.year}年{month}", f"{month}（周{week}）", f"{day.month}-{day.day}", day.isoformat().translate(FULL_WIDTH),
    ])  # fmt: skip


def messy_cycle(pick: random.Random, raw: str) -> Any:
    if raw[0] == "2":
        return messy_day(pick, date.fromisoformat(raw))
    known = {
        "每天": ["每日", "天天", "周一至周日", "每 天"], "工作日": ["每个工作日", "工作日 "], "周末": ["周六日", "周六、周日", "周六-周日", "双休日"],
        "周三-周五": ["周三至周五", "周三～周五", "每周三到周五", "周三—周五", "周三、周四、周五", "周三四五"],
        "每月1日": ["每月1号", "每月 1 日", "每个月1日"], "每月8日": ["每月8号", "每月８日"],
    }  # fmt: skip
    day = raw[1:]
    return pick.choice([raw, *known.get(raw, [f"每{raw}", f"星期{day}", f" {raw} ", f"礼拜{day}"])])


def messy_tiers(pick: random.Random, raw: str) -> str:
    names = {"高": "老友群", "中": "福利群", "低": "新芽群"}
    if raw == "全部":
        return pick.choice(["全部", "所有", "不限", "高、中、低", "全部层级", "高中低", "高/中/低"])
    parts = raw.split("、")
    spoken = [pick.choice([part, f"{part}层级", names[part]]) for part in parts]
    return pick.choice(["、", ",", "，", "/", "+", " ", "和", "\n"]).join(spoken)


def messy_kind(pick: random.Random, raw: str) -> str:
    kind = by_name(raw)
    assert kind is not None
    return pick.choice([raw, kind.name, *kind.aliases, f" {raw} ", raw.replace("&", "＆")])


def messy_channel(pick: random.Random, raw: str) -> str:
    names = next(info.names for info in CHANNELS.values() if raw in info.names)
    return pick.choice([raw, *names, f"{raw}　"])


def messy_price(pick: random.Random, raw: float) -> Any:
    whole = int(raw)
    return pick.choice(
        [
            raw,
            f"￥{whole}",
            f"¥{whole}.00",
            f"{whole}元",
            str(whole).translate(FULL_WIDTH),
            f" {whole} ",
            f"{whole:,}元/件",
        ]
    )


def messy_count(unit: str) -> Mess:
    def mess(pick: random.Random, raw: float) -> Any:
        whole = int(raw)
        return pick.choice(
            [
                raw,
                str(whole),
                f"{whole}{unit}",
                f"{whole:,}",
                f"{whole:,}{unit}",
                f"共{whole}{unit}",
                str(whole).translate(FULL_WIDTH),
                f"{whole} {unit}",
            ]
        )

    return mess


def messy_moment(pick: random.Random, raw: datetime) -> Any:
    day, hour = f"{raw.month}月{raw.day}日", f"{raw.hour}点"
    return pick.choice([
        raw, raw.strftime("%Y-%m-%d %H:%M"), raw.strftime("%Y/%m/%d %H:%M"), f"{raw.year}.{raw.month}.{raw.day} {raw.hour}:00", f"{day}{hour}",
        f"{raw.year}年{day} {raw:%H:%M}", f"{day} {raw:%H：%M}", f"{raw.month}-{raw.day} {raw.hour}:00",
    ])  # fmt: skip


def messy_list(pick: random.Random, raw: str) -> str:
    return pick.choice(["、", "，", ",", "；", "\n", "/", " + "]).join(raw.split("、"))


MESS: dict[tuple[str, str], Mess] = {
    ("SOP", "时间"): messy_time, ("SOP", "周期"): messy_cycle, ("SOP", "层级"): messy_tiers, ("SOP", "内容类型"): messy_kind, ("SOP", "通道"): messy_channel,
    ("社群", "层级"): messy_tiers, ("社群", "人数"): messy_count("人"), ("社群", "发送通道"): messy_channel,
    ("商品", "日常价"): messy_price, ("商品", "近7日最低成交价"): messy_price, ("商品", "库存"): messy_count("件"), ("商品", "功效类别"): messy_list,
    ("活动", "类型"): messy_kind, ("活动", "商品编码"): messy_list, ("活动", "活动价"): messy_price, ("活动", "预热开始"): messy_moment, ("活动", "开始"): messy_moment,
    ("活动", "结束"): messy_moment, ("活动", "活动库存"): messy_count("份"), ("活动", "每人限购"): messy_count("件"), ("活动", "层级"): messy_tiers,
    ("层级", "每日上限"): messy_count("条"), ("知识", "关联商品"): messy_list,
    ("历史内容", "日期"): messy_day, ("历史内容", "时间"): messy_time, ("历史内容", "层级"): messy_tiers, ("历史内容", "内容类型"): messy_kind, ("历史内容", "触达人数"): messy_count("人"),
}  # fmt: skip
TITLES = {"品牌": ["品牌资料", "1.品牌", "品牌 "], "层级": ["层级表", "社群层级"], "社群": ["社群清单", "03_社群"], "商品": ["商品表", "产品库"],
          "活动": ["活动（11-12月）", "活动排期"], "SOP": ["SOP表", "sop", "社群SOP"], "话术": ["【话术】", "话术库"], "知识": ["知识库", "知　识"],
          "历史内容": ["历史内容明细", "历史 内容"]}  # fmt: skip


def messed_up(pick: random.Random) -> tuple[books.Sheets, dict[str, list[str]]]:
    """The reference's rows with every known kind of mess, and the vertical merges that go with them."""
    book = CalamineWorkbook.from_path(str(books.REFERENCE))
    sheets: books.Sheets = {"下拉": [["高", "中", "低"]]}
    merges: dict[str, list[str]] = {}
    for name in book.sheet_names:
        head, *rows = book.get_sheet_by_name(name).to_python()
        title = pick.choice([name, *TITLES[name]])
        if name == "品牌":
            sheets[title] = [
                ["沐禾品牌资料"],
                [],
                head,
                *([f"{row[0]} ", row[1]] for row in pick.sample(rows, len(rows))),
            ]
            continue
        order = pick.sample(range(len(head)), len(head))
        headings = [
            pick.choice(
                [
                    head[at],
                    f" {head[at]}\n",
                    f"*{head[at]}",
                    f"{head[at]}（必填）",
                    head[at].replace("/", "／"),
                ]
            )
            for at in order
        ]
        made: books.Rows = [[f"{name}（内部资料，请勿外传）"], [], ["序号", *headings, "备用"]]
        for number, row in enumerate(rows, start=1):
            if pick.random() < 0.08:
                made.append(pick.choice([[], ["", "一、分组"], [f"第{number}组"], ["", "小计", "", ""]]))
            cells = [
                MESS[name, head[at]](pick, row[at]) if (name, head[at]) in MESS and row[at] != "" else row[at]
                for at in order
            ]
            made.append([number, *cells, pick.choice(["", "x"])])
        made += [[], ["", "合计"], ["注：以上由运营填写"]]
        sheets[title] = made
        column = order.index(0) + 1
        merges[title] = _merge_equal(made, column)
    return sheets, merges


def _merge_equal(rows: books.Rows, column: int) -> list[str]:
    """Merge equal neighbours of one column, as people do with 场景 and 主题."""
    letter, found, at = chr(65 + column), [], 3
    while at < len(rows):
        end = at
        while (
            end + 1 < len(rows)
            and len(rows[end + 1]) > column
            and len(rows[at]) > column
            and rows[end + 1][column] == rows[at][column] != ""
        ):
            end += 1
        if end > at:
            found.append(f"{letter}{at + 1}:{letter}{end + 1}")
            for below in range(at + 1, end + 1):
                rows[below][column] = ""
        at = end + 1
    return found


@pytest.mark.parametrize("seed", range(6))
def test_a_messed_up_reference_says_what_the_reference_says(seed: int, tmp_path: Path) -> None:
    pick = random.Random(seed)
    clean = workbook.read(books.REFERENCE, today=books.TODAY)
    sheets, merges = messed_up(pick)
    path = books.save(tmp_path / "messy.xlsx", sheets, merges=merges, hidden=["下拉"])
    messy = workbook.read(path, today=books.TODAY)
    assert messy.errors == (), [issue.message for issue in messy.errors[:5]]
    for name in clean.rows:
        got = [{**row, "周期": _rule(row)} if "周期" in row else row for row in messy.rows[name]]
        wanted = [{**row, "周期": _rule(row)} if "周期" in row else row for row in clean.rows[name]]
        for rows in (got, wanted):
            for row in rows:
                row.pop("row", None)
        if name == "品牌":
            got, wanted = (sorted(rows, key=lambda row: row["项目"]) for rows in (got, wanted))
        assert got == wanted


def _rule(row: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in row["周期"].items() if key != "written"}


def test_every_kind_of_the_reference_has_other_names() -> None:
    assert all(kind.aliases for kind in all_kinds().values())
