"""Another trade than the reference brand's: the search stands on no beauty words, and eating is no accident where food is sold."""

from __future__ import annotations

from datetime import datetime

import pytest

from generator.replies import Question, ReplyDesk, desk_for, suggest
from prompts.brief import CampaignSheet, ProductSheet, Voice
from prompts.reply import CampaignRecord, Corpus, KnowledgeRecord, ProductRecord, ScriptRecord

NOW = datetime.fromisoformat("2026-11-24T10:00+08:00")
SCRIPTS = [
    ("什么时候发货", "付款后24小时内发出，江浙沪一般隔天到。"), ("能开发票吗", "可以，订单页点「开票」，电子票一个工作日内发到邮箱。"),
    ("喝不惯能退吗", "没拆封的签收7天内可以退；拆了的不支持无理由退。"), ("豆子有没有磨好的", "下单时备注你的器具，我们按手冲、摩卡壶、法压壶分别磨。"),
    ("怎么加入会员", "小程序首页点「入会」，填手机号就行，入会送5元券。"), ("有没有试喝装", "有三款挂耳的试喝包，一包三片。"),
    ("有点贵", "想想是对的。可以先买挂耳试试，喝得惯再买整袋。"), ("豆子发霉了怎么办", "真抱歉，先别喝。拍张照片私信我，我请同事处理。"),
]  # fmt: skip
KNOWLEDGE = [
    ("浅烘和深烘有什么区别", "浅烘偏酸、果香多；深烘偏苦、坚果和巧克力味多。"), ("手冲的水温多少合适", "浅烘用92度上下，深烘用88度上下。"),
    ("咖啡豆开袋后能放多久", "密封放阴凉处，一个月内喝完风味好。"), ("豆子要不要放冰箱", "不用，反复取出会回潮，放阴凉避光处就行。"),
    ("为什么要养豆", "刚烘好的豆子在排气，放七到十天风味更稳定。"), ("拿铁用什么豆", "加奶的话选深烘，奶盖不住味道。"),
    ("一天喝几杯合适", "健康成年人一般每天不超过三四杯；有特殊情况请问医生。"), ("低因咖啡是不是没有咖啡因", "不是完全没有，是去掉了绝大部分。"),
    ("冷萃怎么做", "粗磨，一比十的水，冷藏十二小时后过滤。"), ("磨豆机刻度怎么调", "太酸就磨细一点，太苦就磨粗一点。"),
]  # fmt: skip
PRODUCTS = [
    ("山野耶加雪菲咖啡豆", "250g", "68"),
    ("夜航深烘拼配咖啡豆", "454g", "79"),
    ("晨光挂耳咖啡", "10g×10片", "49"),
]
ASKED = [
    ("话术:2", "今天拍几号能寄出"), ("话术:2", "多久能发"), ("话术:3", "公司要报销 票怎么弄"), ("话术:4", "不好喝可以退货不"), ("话术:5", "能帮我磨成粉吗 摩卡壶用"),
    ("话术:5", "有现成的咖啡粉么 我没磨豆机"), ("话术:6", "会员在哪里办"), ("话术:7", "想先尝尝 有小包装没"), ("话术:8", "小贵 再想想"), ("知识:2", "深烘和浅烘咋选"),
    ("知识:2", "浅烘的是不是比较酸"), ("知识:3", "冲咖啡用几度的水"), ("知识:3", "手冲水温"), ("知识:4", "豆子开封了多久喝完"), ("知识:5", "咖啡豆搁冰箱行吗"),
    ("知识:6", "刚到的豆子要放几天再喝"), ("知识:6", "养豆是啥意思"), ("知识:7", "做拿铁选哪种"), ("知识:7", "加牛奶用什么豆子好"), ("知识:8", "每天喝三杯多不多"),
    ("知识:9", "低因的还有咖啡因没"), ("知识:10", "冷萃步骤说一下"), ("知识:11", "磨粗磨细咋调"), ("知识:11", "冲出来好苦 刻度要怎么调"), ("商品:2", "耶加雪菲多少钱"),
    ("商品:3", "夜航拼配一袋多重"), ("商品:4", "挂耳一盒几片"), ("活动:2", "周六挂耳秒杀几点开始"), ("活动:2", "挂耳活动限购几盒"), ("品牌:9", "你们几点下班"),
]  # fmt: skip


@pytest.fixture(scope="module")
def coffee() -> ReplyDesk:
    sale = CampaignSheet(
        code="C1", name="挂耳周六秒杀", kind="flash_sale", products=("K3",), price="39", rules="11月28日16:00至22:00，39元一盒，每人限购2盒。",
        start_at=datetime.fromisoformat("2026-11-28T16:00+08:00"), end_at=datetime.fromisoformat("2026-11-28T22:00+08:00"),
    )  # fmt: skip
    return desk_for(
        Corpus(
            voice=Voice(brand="山野", industry="咖啡", persona="chongfenguan", nickname="山野掌柜", hours="09:00-21:00"),
            zone="Asia/Shanghai", stamp="1",
            scripts=tuple(ScriptRecord(f"s{n}", n, "客服", asked, told) for n, (asked, told) in enumerate(SCRIPTS, 2)),
            knowledge=tuple(KnowledgeRecord(f"k{n}", n, "咖啡", asked, told) for n, (asked, told) in enumerate(KNOWLEDGE, 2)),
            products=tuple(ProductRecord(n, ProductSheet(code=f"K{n - 1}", name=name, spec=spec, price=price)) for n, (name, spec, price) in enumerate(PRODUCTS, 2)),
            campaigns=(CampaignRecord(2, sale),),
        )
    )  # fmt: skip


def test_the_right_source_is_among_the_first_three(coffee: ReplyDesk) -> None:
    missed = [
        (want, text)
        for want, text in ASKED
        if want not in [f"{s.sheet}:{s.row}" for s in suggest(Question(text, NOW), coffee).sources[:3]]
    ]
    assert len(missed) <= 0.1 * len(ASKED), missed


def test_drinking_it_is_no_accident_and_illness_still_is_a_case(coffee: ReplyDesk) -> None:
    assert not suggest(Question("刚喝了一杯 味道不错", NOW), coffee).escalate
    for text in ("孕妇能喝吗", "喝完心慌喘不上气", "我有心脏病能喝吗", "豆子发霉了", "再不退我打12315"):
        assert suggest(Question(text, NOW), coffee).escalate, text


def test_what_the_book_does_not_say_is_asked_not_invented(coffee: ReplyDesk) -> None:
    for text in ("能刻字吗", "支持花呗分期吗", "有没有卖面霜"):
        reply = suggest(Question(text, NOW), coffee)
        assert reply.gap and "去问" in "".join(one.text for one in reply.suggestions)
