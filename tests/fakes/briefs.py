"""Briefs for tests, benchmarks and goldens: one brand, one campaign, everything a writer may know."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

from prompts.brief import (
    Brief,
    CampaignSheet,
    Example,
    Fact,
    FactKind,
    Heard,
    Note,
    ProductSheet,
    Programme,
    TierSheet,
    Touch,
    Voice,
)

ZONE = timezone(timedelta(hours=8))
START = datetime(2026, 11, 26, 20, tzinfo=ZONE)
END = datetime(2026, 11, 29, 22, tzinfo=ZONE)
VOICE = Voice(
    brand="沐禾", industry="护肤（化妆品）", persona="chongfenguan", nickname="沐禾宠粉官", fans="禾苗",
    intro="守着40个宠粉群，工位上养着三盆绿萝。", manner="先说结论，再说原因。", hours="09:00-22:30",
    mall_url="https://mall.example.com/muhe", forbidden=("最好", "第一名"), story="第一支产品是一款洁面。",
)  # fmt: skip
CREAM = ProductSheet(
    code="MH105", name="神经酰胺修护面霜", spec="50g", price="199", selling_points="霜体偏润但不搓泥；罐口有内盖",
    ingredients="水、甘油、神经酰胺NP", efficacy=("修护", "保湿"), filing="粤G妆网备字2026900105",
    usage="取黄豆大小在掌心温开后按压上脸", suitable="秋冬觉得干的人", caution="首次使用建议先在耳后试用24小时",
    url="https://mall.example.com/muhe/p/MH105", stock=3000,
)  # fmt: skip
LAUNCH = CampaignSheet(
    code="C1", name="神经酰胺修护面霜新品开售", kind="launch", products=("MH105",), price="199",
    rules="11月26日20:00开售，首发价199元即日常价。前500单加赠小样2支，送完为止。每人限购2瓶。",
    start_at=START, end_at=END, stock=1500, limit_per_person=2, gift="修护乳小样10ml×2支，共500份",
)  # fmt: skip
FACTS = (
    Fact(id="product.MH105.name", kind=FactKind.name, label="商品名", value="神经酰胺修护面霜", source="商品!B6"),
    Fact(id="campaign.C1.price", kind=FactKind.price, label="活动价", value="199", source="活动!D2"),
    Fact(id="campaign.C1.start", kind=FactKind.moment, label="开始", value=START.isoformat(), source="活动!G2"),
    Fact(id="campaign.C1.end", kind=FactKind.moment, label="结束", value=END.isoformat(), source="活动!H2"),
    Fact(id="campaign.C1.stock", kind=FactKind.amount, label="活动库存", value="1500", unit="瓶"),
    Fact(id="campaign.C1.limit", kind=FactKind.amount, label="每人限购", value="2", unit="瓶"),
    Fact(id="campaign.C1.gift", kind=FactKind.text, label="赠品", value="修护乳小样10ml×2支，共500份"),
    Fact(id="product.MH105.url", kind=FactKind.url, label="链接", value="https://mall.example.com/muhe/p/MH105"),
    Fact(id="live.campaign_stock:C1", kind=FactKind.live, label="活动余量", value="campaign_stock:C1", unit="瓶"),
    Fact(id="live.as_of", kind=FactKind.live, label="统计时间", value="as_of"),
)  # fmt: skip
NOTES = (
    Note(key="k1", topic="用法", question="洗脸的水温", answer="跟手背感觉差不多的温水就行，大约三十多度。水太热会多带走油脂，洗完更绷。"),
    Note(key="k2", topic="皮肤常识", question="为什么冬天容易脸干", answer="气温低时皮脂分泌少，室内暖气让空气湿度下降。洗脸水降一点温、保湿加一点量。"),
)  # fmt: skip
SCRIPTS = (
    Note(key="s1", topic="用法", question="面霜用多少", answer="黄豆大小，先在掌心温一温，按上去别搓。"),
)


def brief(kind: str = "tip", level: str = "mid", **changes: Any) -> Brief:
    """A plain brief of this kind and tier; ``changes`` replace fields."""
    tier = changes.pop("tier", TierSheet(level=level, name="福利群"))  # type: ignore[arg-type]
    post = changes.pop("post", f"sop:{kind}:2026-11-23:{level}")
    fields = {
        "post": post, "voice": VOICE, "tier": tier, "kind": kind,
        "at": datetime(2026, 11, 23, 10, tzinfo=ZONE), "zone": "Asia/Shanghai", "lane": "hand_off",
        "theme": "洗完脸发紧，先看清洁是不是过了", "knowledge": NOTES, "scripts": SCRIPTS,
    } | changes  # fmt: skip
    return Brief(**fields)


def offer(kind: str = "launch", level: str = "mid", **changes: Any) -> Brief:
    """A brief of a post that sells, with campaign, product and facts."""
    given = {
        "theme": "神经酰胺修护面霜开售，卡片直接进", "at": START, "lane": "confirm", "products": (CREAM,),
        "campaign": LAUNCH, "stage": "start", "facts": FACTS,
        "touch": Touch(number=5, of=7, angle="opening", aidma="action"),
    } | changes  # fmt: skip
    return brief(kind, level, **given)


def full(kind: str = "tip", level: str = "mid") -> Brief:
    """A brief with every field filled: what lint and goldens render."""
    return offer(
        kind, level, post=f"golden:{kind}:{level}", remark="不放商品卡片，放了就要标广告", kind_written="",
        tags=("上班族妈妈，晚九点后才有空", "偏干皮"), next_launch=LAUNCH, hooks=("小雪", "周四"),
        heard=(Heard(day=date(2026, 11, 20), kind=kind, text="手一天洗七八回，护手霜只涂一回。\n它当然有意见。"),),
        best=(Heard(day=date(2026, 10, 26), kind=kind, text="泡沫越多，洗得越干净吗？\n没什么关系。", reads=1060),),
        examples=(Example(kind=kind, text="水温调低一格，明早看看。", edited_from="大家一定要注意水温哦！"),),
        today=(Programme(at=START, kind="launch", theme="面霜开售"),),
        tomorrow=(Programme(at=END, kind="status", theme="余量播报"),),
        house_notes=("结尾不加语气词",), instruction="短一点", previous="上一稿的文字",
    )  # fmt: skip


def noon() -> datetime:
    """The moment it is in every test that needs one."""
    return datetime(2026, 11, 22, 12, tzinfo=ZONE)
