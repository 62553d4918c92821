"""House notes, approved texts, audience tags and an editor's wish: the offline writer obeys what it can understand."""

from __future__ import annotations

from datetime import date

import pytest

from generator import offline
from generator.offline import audience, manners, polish
from generator.offline.join import count_emoji
from prompts.brief import Example, Heard, Note
from tests.fakes.briefs import brief, offer

SEEDS = range(8)
NOTE = Note(
    key="k9", topic="存放", question="护肤品放浴室合适吗",
    answer="浴室潮、温度变化大，不太适合久放。放在阴凉避光的地方，用完拧紧盖子。",
)  # fmt: skip


def _texts(**fields: object) -> list[str]:
    asked = brief(theme="护肤品放浴室合不合适", knowledge=(NOTE,)).model_copy(update=fields)
    return [offline.write(asked, seed=seed).text for seed in SEEDS]


@pytest.mark.parametrize(
    ("note", "unwanted"),
    [
        ("不用表情", None),
        ("不用感叹号，用句号收", "！"),
        ("不用波浪号", "～"),
        ("不用编号和圆点罗列，写成连着的话", "①"),
        ("不写“读完就算学会”", "读完就算学会"),
        ("写“擦干”，不写“拧紧”", "拧紧"),
        ("“阴凉”改写成“凉快”", "阴凉"),
    ],
)
def test_a_house_note_is_obeyed(note: str, unwanted: str | None) -> None:
    for text in _texts(house_notes=(note,)):
        assert unwanted is None or unwanted not in text
        assert unwanted is not None or count_emoji(text) == 0


def test_a_word_put_for_another_stands_in_the_text() -> None:
    assert any("凉快" in text for text in _texts(house_notes=("“阴凉”改写成“凉快”",)))


def test_a_note_about_length_bounds_the_text_without_cutting_what_must_be_said() -> None:
    for text in _texts(house_notes=("写短一点，全文不超过 80 字",)):
        assert 30 <= len("".join(text.split())) <= 80


def test_a_closing_sentence_the_editors_want_is_written_once() -> None:
    for text in _texts(house_notes=("结尾写一句“有事直接找我”",)):
        assert text.count("有事直接找我") == 1


def test_no_link_is_written_where_the_editors_want_none() -> None:
    asked = offer("reminder").model_copy(update={"house_notes": ("不放链接",)})
    assert not any("http" in offline.write(asked, seed=seed).text for seed in SEEDS)


def test_approved_texts_lend_their_length_their_blank_lines_and_no_fact() -> None:
    shown = Example(kind="tip", text="洗完手就抹护手霜\n\n放洗手池边上，99元那支就行。\n\n今晚试试。")
    texts = _texts(examples=(shown, shown))
    assert all("\n\n" in text for text in texts)
    assert not any("99" in text or "护手霜" in text for text in texts)
    assert max(len("".join(text.split())) for text in texts) <= 110
    assert all("\n\n" not in text for text in _texts())


def test_openings_of_the_sort_that_was_read_are_preferred() -> None:
    asked = Heard(day=date(2026, 11, 1), kind="showcase", text="用完的那一个，舍不得扔吗？\n说说看。")
    plain = brief("showcase", theme="空瓶合影", knowledge=())
    liked = plain.model_copy(update={"best": (asked,)})

    def questions(some: object) -> int:
        return sum(
            manners.opening(offline.write(some, seed=seed).first_line) == "question"  # type: ignore[arg-type]
            for seed in range(40)
        )

    assert questions(liked) > questions(plain)


def test_what_a_tag_says_of_how_people_live_may_be_spoken_to_and_what_they_spent_never() -> None:
    told = audience.traits(["上班族妈妈，晚九点后才有空", "累计实付满千元", "住宿舍"])
    assert told == {"aud_office", "aud_parent", "aud_late", "aud_student"}
    for text in _texts(tags=("累计实付满千元，回购三次以上", "上班族妈妈")):
        assert "千元" not in text and "回购" not in text


def test_a_wish_for_another_tone_changes_the_tone() -> None:
    formal = _texts(instruction="语气正式一点")
    assert not any(count_emoji(text) or "你" in text.replace("您", "") for text in formal)
    lively = [
        offline.write(brief("good_night", theme="").model_copy(update={"instruction": "活泼一点"}), seed=seed)
        for seed in SEEDS
    ]
    assert all(count_emoji(draft.text) for draft in lively)


def test_what_an_editor_wants_mentioned_comes_from_the_brief_and_is_named_as_a_fact() -> None:
    asked = offer("launch").model_copy(update={"instruction": "提一下内盖"})
    for seed in SEEDS:
        draft = offline.write(asked, seed=seed)
        assert "罐口有内盖" in draft.text
    nothing = offer("launch").model_copy(update={"instruction": "提一下防滑垫"})
    assert not any("防滑垫" in offline.write(nothing, seed=seed).text for seed in SEEDS)


def test_shorter_another_opening_and_no_emoji_are_obeyed_together() -> None:
    first = offline.write(brief(theme="护肤品放浴室合不合适", knowledge=(NOTE,)), seed=1)
    wish = {"instruction": "短一点，换个开头，不要表情", "previous": first.text}
    again = offline.write(
        brief(theme="护肤品放浴室合不合适", knowledge=(NOTE,)).model_copy(update=wish), seed=1
    )
    assert len(again.text) < len(first.text)
    assert again.first_line != first.first_line
    assert count_emoji(again.text) == 0


def test_polishing_leaves_links_and_numbers_alone() -> None:
    manner = manners.Manner(few_lines=True, strip=frozenset({"numbers", "particles"}))
    text = "开售了\n1. 先看规格。\n再看价格：199元。\nhttps://mall.example.com/p/1"
    done = polish.text(text, manner, kind="launch", emoji=4)
    assert "199元" in done
    assert done.endswith("https://mall.example.com/p/1")
    assert "1. " not in done
