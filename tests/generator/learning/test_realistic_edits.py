"""Forty edits as an editor would make them: what is found is what the editor did, said as an editor would, and nothing else."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import yaml

from generator.learning import Habit, Pair, habits
from generator.offline import wishes

EDITS = [Pair(**pair) for pair in yaml.safe_load((Path(__file__).parent / "edits.yaml").read_text("utf-8"))]

EXPECTED = {
    ("", "句末不带语气词（哦、呢、啦）"),
    ("", "不用表情"),
    ("", "不用感叹号，用句号收"),
    ("tip", "不写“大家记得收藏起来”"),
    ("tip", "写“禾苗”，不写“各位亲们”"),
    ("tip", "写短一点，全文不超过 50 字"),
    ("tip", "第一行短一点，15 个字说完"),
    ("tip", "不用问句"),
    ("qa", "不称“您”，直接说"),
    ("qa", "不写“您好，关于您的问题”"),
    ("qa", "不用编号和圆点罗列，写成连着的话"),
    ("qa", "写短一点，全文不超过 50 字"),
    ("qa", "结尾写一句“拿不准的，拍张照群里喊我”"),
    ("good_night", "不用问句"),
    ("good_night", "写短一点，全文不超过 30 字"),
    ("launch", "不写“姐妹们冲鸭”"),
    ("launch", "不写“手慢无”"),
    ("launch", "写短一点，全文不超过 60 字"),
    ("launch", "第一行短一点，21 个字说完"),
    ("showcase", "写“群友”，不写“素人”"),
}


def found(pairs: list[Pair], leave: tuple[str, ...] = ()) -> list[Habit]:
    return list(habits(pairs, leave=leave))


def test_there_are_forty_of_them_and_some_were_left_alone() -> None:
    assert len(EDITS) == 40 and sum(not pair.changed for pair in EDITS) >= 8


def test_every_habit_of_the_editor_is_found_and_nothing_is_made_up() -> None:
    assert {(habit.kind, habit.note) for habit in found(EDITS)} == EXPECTED


def test_a_note_tells_how_often_of_how_many_and_shows_the_places() -> None:
    by_note = {habit.note: habit for habit in found(EDITS)}
    plea = by_note["不写“大家记得收藏起来”"]
    assert (plea.count, plea.of) == (8, 8) and all("收藏" in line for line in plea.examples)
    assert (by_note["写“禾苗”，不写“各位亲们”"].count, by_note["不用表情"].count) == (7, 17)
    for habit in found(EDITS):
        assert habit.stem in habit.note and len(habit.note) <= 30 and len(habit.examples) <= 3
        assert habit.count <= habit.of


def test_prices_dates_and_goods_are_no_habit() -> None:
    sold = [
        Pair(
            "launch",
            f"第{n}条：修护面霜 199 元，周四开售。卡片在下面。",
            f"第{n}条：开售价见卡片。卡片在下面。",
        )
        for n in "甲乙丙丁戊"
    ]
    notes = " ".join(habit.note for habit in found(sold, leave=("神经酰胺修护面霜", "修护面霜")))
    assert "面霜" not in notes and "199" not in notes and "周四" not in notes


def test_what_an_editor_let_stand_elsewhere_is_no_habit() -> None:
    mended = [Pair("tip", f"{n}看水温！大家记得收藏哦。", f"{n}看水温。") for n in "甲乙丙"]
    stood = [
        Pair("tip", f"{n}看水温！大家记得收藏哦。", f"{n}看水温！大家记得收藏哦。") for n in "丁戊己庚辛"
    ]
    assert found(mended) and found(mended + stood) == []


@pytest.mark.parametrize(
    ("note", "asked"),
    [("不用表情", lambda w: not w.emoji), ("不用问句", lambda w: not w.question), ("不放链接", lambda w: w.link is False),
     ("写短一点，全文不超过 50 字", lambda w: w.most_chars == 50), ("第一行短一点，15 个字说完", lambda w: w.most_chars == 0)],
)  # fmt: skip
def test_the_offline_writer_understands_the_notes_it_can_obey(note: str, asked: object) -> None:
    assert asked(wishes.read("", note))  # type: ignore[operator]


def test_links_and_blank_lines_are_layout() -> None:
    pairs = [
        Pair("tip", f"{n}先洗手。\n\n再抹霜。\n\nhttps://mall.test/{n}", f"{n}先洗手。\n再抹霜。")
        for n in "abc"
    ]
    assert {"不放链接", "段落之间不空行"} <= {habit.note for habit in found(pairs)}


def test_texts_written_anew_teach_nothing_but_their_length() -> None:
    pairs = [Pair("tip", old, new) for old, new in (
        ("毛巾越洗越硬，多半是洗衣液放多了。", "下次减半，多漂一遍水，晾的时候抖开，干了就软。"),
        ("枕套一周一换，夏天勤一点更好。", "先看枕套：油蹭回脸上，闭口就反复，三四天换一次。"),
        ("杯子里的茶渍用盐搓就掉。", "茶渍别用钢丝球，盐加一点水，手指搓两圈就干净了。"),
        ("衣柜返潮，放一盒干燥剂。", "柜门每天开半小时，比干燥剂管用，雨天除外才放一盒。"),
    )]  # fmt: skip
    assert [habit.stem for habit in found(pairs)] == ["写详细一点"]


def test_a_month_of_a_busy_desk_is_looked_through_in_a_moment() -> None:
    pairs = [
        Pair(pair.kind, f"{n}{pair.machine}", f"{n}{pair.approved}") for n in range(15) for pair in EDITS
    ]
    began = time.monotonic()
    assert found(pairs)
    assert time.monotonic() - began < 10  # 600 pairs: about a second on an idle core
