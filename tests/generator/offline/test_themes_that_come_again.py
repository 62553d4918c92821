"""A row of the timetable comes round every week with the same theme: what the second and the fifth week say."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

from rapidfuzz import fuzz

from generator import offline
from generator.offline.memory import Memory, normal
from generator.writing.look import TOO_CLOSE
from generator.writing.look import normal as compared
from prompts.brief import Note
from tests.fakes.briefs import brief

THEME = "换猫砂为什么猫不肯进"
NOTES = tuple(
    Note(key=f"n{number}", topic=topic, question=question, answer=answer)
    for number, (topic, question, answer) in enumerate(
        (
            (
                "猫砂",
                "换猫砂怎么换猫才肯进",
                "新旧混着来，头一周新的三成。一下子全换，猫会觉得不是自己的地方。",
            ),
            ("猫砂", "猫砂铺多厚", "六到八厘米。太薄会粘到盆底，太厚猫踩着陷脚。"),
            ("猫砂", "猫砂盆多久洗一次", "每天铲，两周整盆倒掉用温水刷一遍，晾干再铺新的。"),
            ("打理", "剪指甲剪到哪里", "只剪透明的尖，粉色的那截别碰。一次剪不完就分两天。"),
        )
    )
)


def _month(theme: str, kind: str = "tip", weeks: int = 5) -> list[str]:
    taken: list[str] = []
    for week in range(weeks):
        asked = brief(kind, theme=theme, knowledge=NOTES)
        asked = asked.model_copy(update={"post": f"w{week}", "at": asked.at + timedelta(days=7 * week)})
        taken.append(offline.write(asked, seed=3, taken=tuple(taken)).text)
    return taken


def test_the_second_week_tells_the_next_piece_of_the_same_subject() -> None:
    first, second, third, *_ = _month(THEME)
    assert "新旧混着来" in first
    assert "新旧混着来" not in second
    assert "猫砂" in second and "猫砂" in third
    assert not any("指甲" in text for text in (second, third))


def test_five_weeks_of_one_theme_are_five_texts() -> None:
    for kind in ("tip", "qa"):
        month = _month(THEME, kind)
        alike = [
            fuzz.ratio(compared(one), compared(other))
            for number, one in enumerate(month)
            for other in month[:number]
        ]
        assert max(alike) < 75, month
        following = [fuzz.ratio(compared(a), compared(b)) for a, b in pairwise(month)]
        assert max(following) < TOO_CLOSE
        assert len({text.split("\n")[0] for text in month}) == 5


def test_a_turn_of_phrase_used_long_ago_is_less_worn_than_one_of_yesterday() -> None:
    memory = Memory([], ["先看商品页再说", "今天收题", "把灯关了就睡", "点链接选数量"])
    assert memory.wear([normal("没有说过的话")]) == 0.0
    assert 0 < memory.wear([normal("先看商品页再说")]) < memory.wear([normal("点链接选数量")]) <= 1


def test_a_line_of_last_month_is_known_and_no_longer_near() -> None:
    memory = Memory([], [f"第{number}条说的是别的事情" for number in range(9)], near=2)
    assert memory.said("第1条说的是别的事情")
    assert not memory.said_near("第1条说的是别的事情")
    assert memory.said_near("第8条说的是别的事情")


def test_no_turn_of_phrase_stands_twice_in_one_text() -> None:
    for seed in range(30):
        text = offline.write(brief(theme=THEME, knowledge=NOTES), seed=seed).text
        lines = [normal(line) for line in text.split("\n")]
        for number, line in enumerate(lines):
            before = "".join(lines[:number])
            assert not (len(line) >= 5 and line[:5] in before), text
