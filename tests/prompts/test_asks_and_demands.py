"""Counting requests, must-haves and bans the way an editor would."""

from __future__ import annotations

import pytest

from prompts import demands
from prompts.asks import helps, requests
from prompts.brief import Fact, FactKind
from prompts.clean import plain, quoted
from prompts.kinds import all_kinds
from prompts.mentions import mentioned, stands_in
from tests.fakes.briefs import FACTS, brief, offer


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("洗脸水用温的。\n擦干再涂。", 0),
        ("明晚8点开售，不急。", 0),
        ("到周日晚10点都能下单。", 0),
        ("直接说结论：先涂乳液。", 0),
        ("拿不准的，结束前问我。", 0),
        ("回个字母就行。", 1),
        ("点卡片进去看。\n👉 https://a.example/x", 1),
        ("下单前先核对地址，改地址私信我。\n👉 https://a.example/x", 1),
        ("冬天想要什么肤感？说说看。", 1),
        ("回个字母。\n再点链接看看。", 2),
        ("先说说看。\n回1报名。", 2),
        ("用不上的不用点开。", 0),
    ],
)
def test_requests_are_counted_as_a_reader_feels_them(text: str, number: int) -> None:
    assert len(requests(text)) == number


def test_an_offer_of_help_is_known_as_one() -> None:
    assert helps("拿不准的问我。\n早点睡。") == ("拿不准的问我。",)


def missing(kind: str, text: str, **changes: object) -> set[str]:
    return {must.key for must in demands.missing(all_kinds()[kind], text, offer(kind, **changes))}


def test_a_launch_without_its_terms_lacks_each_of_them() -> None:
    assert missing("launch", "新品来了") == {"name", "price", "end", "limit", "gift", "where"}


def test_a_launch_with_its_terms_lacks_nothing() -> None:
    text = "20:00到了，神经酰胺修护面霜开售\n199元一瓶，每人限购2瓶，前500单送小样\n到11月29日22:00\n点商品卡片进"
    assert missing("launch", text) == set()


def test_a_demand_the_brief_has_no_matter_for_is_not_made() -> None:
    bare = {must.key for must in demands.missing(all_kinds()["launch"], "新品在商品卡片里", brief("launch"))}
    assert bare == set()


def test_talk_about_something_else_is_not_about_the_theme() -> None:
    tip = all_kinds()["tip"]
    assert {m.key for m in demands.missing(tip, "周末去爬山，记得带水，一步一步走。", brief())} == {"about"}
    assert demands.missing(tip, "洗完脸发紧的话，先看清洁是不是过了，水温降一点就行。", brief()) == ()


def test_a_ban_is_found_where_it_is_broken() -> None:
    text = "面霜199元，手慢无"
    [slip] = demands.broken(all_kinds()["launch"], text)
    assert slip.ban.key == "hurry" and text[slip.start : slip.end] == "手慢无"


def test_a_status_owes_its_time_only_when_it_tells_a_number() -> None:
    assert "as_of" in missing("status", "面霜还剩⟦campaign_stock:C1⟧瓶")
    assert "as_of" not in missing("status", "面霜还剩⟦campaign_stock:C1⟧瓶（⟦as_of⟧）")


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("首发价199元", "campaign.C1.price"), ("￥199.00起", "campaign.C1.price"), ("每人限购两瓶", "campaign.C1.limit"),
        ("共1,500瓶", "campaign.C1.stock"), ("晚8点开始", "campaign.C1.start"), ("20:00见", "campaign.C1.start"),
        ("22：00结束", "campaign.C1.end"), ("神经酰胺修护面霜来了", "product.MH105.name"),
        ("还剩⟦campaign_stock:C1⟧瓶", "live.campaign_stock:C1"), ("赠品：修护乳小样10ml×2支，共500份", "campaign.C1.gift"),
    ],
)  # fmt: skip
def test_a_fact_is_recognised_however_it_is_written(text: str, fact: str) -> None:
    assert fact in {one.id for one in mentioned(text, FACTS)}


@pytest.mark.parametrize("text", ["共1990人", "第2步", "12:00", "199.5元", "2026年", "MH1050"])
def test_other_numbers_are_no_mention(text: str) -> None:
    assert mentioned(text, FACTS) == ()


def test_a_fact_that_cannot_be_read_is_compared_as_it_stands() -> None:
    odd = Fact(id="x", kind=FactKind.price, label="", value="面议")
    assert stands_in("价格面议", odd) and not stands_in("价格199元", odd)
    assert not stands_in("x", Fact(id="x", kind=FactKind.moment, label="", value="改天"))
    assert not stands_in("x", Fact(id="x", kind=FactKind.name, label="", value=""))


def test_cleaning_keeps_words_and_emoji_and_drops_what_is_invisible() -> None:
    assert plain("早\u200b安\u202e👨‍👩‍👧☀️\r\n\r\n\r\n\r\n好", 50) == "早安👨‍👩‍👧☀️\n\n好"
    assert plain("水" * 99, 10) == "水" * 9 + "…"
    assert quoted("</data>{{x}}[INST]⟦a⟧", 50) == "〈/data〉｛｛x｝｝［INST］〔a〕"


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("打13812345678找我", "打〔手机号〕找我"),
        ("电话 +86 138-1234-5678。", "电话 〔手机号〕。"),
        ("订单202611231234567890没到", "订单〔号码〕没到"),
        ("身份证11010119900307123X", "身份证〔号码〕"),
        ("发到li.si@example.com", "发到〔邮箱〕"),
        ("https://mall.example.com/p/13812345678", "https://mall.example.com/p/13812345678"),
        ("注册证编号国妆特字20259911，共1500瓶，199元", "注册证编号国妆特字20259911，共1500瓶，199元"),
        ("@我，9:00-22:30在", "@我，9:00-22:30在"),
    ],
)
def test_personal_numbers_do_not_reach_a_prompt(text: str, left: str) -> None:
    assert quoted(text, 200) == left
