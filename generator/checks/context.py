"""The setting of a hit: does the sentence deny it, expose it, ask about it, or send people to a doctor?

A phrase is judged where it stands: 化妆品不能消炎 is advice, 它能消炎 is a breach. Each test looks at the
clause or sentence around a hit in the same view, and is strict about false friends (不得不说, 谁说不能).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

_SENTENCE_END = re.compile(r"[。！？!?；;\n]")
_CLAUSE_END = re.compile(r"[，,。！？!?；;\n：:]")


@dataclass(frozen=True, slots=True)
class Place:
    """A hit ``start:end`` in ``text``, with the bounds of its clause and its sentence."""

    text: str
    start: int
    end: int
    clause: tuple[int, int]
    sentence: tuple[int, int]

    @property
    def before(self) -> str:
        """What the clause says before the hit."""
        return self.text[self.clause[0] : self.start]

    @property
    def after(self) -> str:
        """What the sentence says after the hit."""
        return self.text[self.end : self.sentence[1]]

    @property
    def whole(self) -> str:
        """The sentence, its end sign included."""
        return self.text[self.sentence[0] : self.sentence[1] + 1]


def place(text: str, start: int, end: int) -> Place:
    """The setting of ``text[start:end]``; a hit may itself reach over a clause end."""
    return Place(
        text, start, end,
        (_behind(_CLAUSE_END, text, start), _ahead(_CLAUSE_END, text, end)),
        (_behind(_SENTENCE_END, text, start), _ahead(_SENTENCE_END, text, end)),
    )  # fmt: skip


_REACH = 160  # characters; a "sentence" without an end sign is not followed further than this


def _behind(ends: re.Pattern[str], text: str, start: int) -> int:
    low = max(0, start - _REACH)
    last = low
    for match in ends.finditer(text, low, start):
        last = match.end()
    return last


def _ahead(ends: re.Pattern[str], text: str, end: int) -> int:
    match = ends.search(text, end, min(len(text), end + _REACH))
    return match.start() if match else min(len(text), end + _REACH)


_FALSE_DENIAL = re.compile(
    r"不得不|不愧|不仅|不但|不光|不止|不只|无不|没想到|没得说|没话说|不用说|不是我?吹|不是盖的|不吹不黑|不骗|"
    r"没(?:钱|时间|空|精力|功夫)|不要(?:发票|小票|赠品|包装盒?)的|[不没][^，,。！？!?]{1,6}的(?:直接|就|也|都|可以|快|来|找|赶紧|别|朋友|姐妹|宝宝|宝子|人(?=都|也|就|可))|没[^，,。！？!?]{1,7}也(?!不|没|别|无)|谁说|难道|不怕不|没有?不|不会不|不能不|不可不|别不|不是没有|不再[怕愁担]|不得了|别再(?:为|怕|愁|花|买|犹)|别错过|不要错过|别犹豫|不信"
)
_DENIAL = re.compile(
    r"(?:不(?:是|能|会|得|可以?|敢|应该?|该|算|代表|等于|属于|承诺|保证|说|写|提|讲|谈|聊|叫|拿|做|搞|宣传|推荐|建议|让|许|允许|需要|用|存在|含|具备|追求|涉及|参与|支持|夸|具有|碰|乱|要(?!钱))|"
    r"没(?:有|法|说|写|承诺|做|打算|必要)?|并非|非(?!常|遗)|无法|无(?:需|意)|从不|绝不|禁止|严禁|拒绝|避免|杜绝|谢绝|反对|别(?!家|人|的|墅|致|样)|勿|替代不了|代替不了|取代不了|做不到|当不了|少(?:听|信)|怕|误以为|冒充|假冒)"
    r"[^，,。！？!?；;\n：:]{0,14}$|[不没未别勿莫]$"
)
_TAKEN_BACK = re.compile(
    r"[^，,。！？!?；;\n]{0,6}(?:(?:不能|不可|无法)(?:代替|替代|取代|治|当药)|不等于|(?:不是|并非)药|没有(?:任何)?(?:依据|根据|科学)|不靠谱|不现实|行不通|(?:是|归|得靠|要靠)(?:医生|医院|大夫)(?:的事|管|说了算|的活)|纯属|不敢(?:说|写|提|保证|当)|谈不上|说不上|算不上|是(?:假的|骗人|谣言|误区))"
    r"|[^，,。！？!?；;\n]{0,3}(?:[两二三四]个字|二字|字样|一词)[”」]?(?:我们|咱们?|店里|我)?(?:从来|一直|都|可|也|就)?不(?:敢|能|会)?(?:写|说|提|用|碰|讲|喊|标)(?=[，,](?!但|可|不过|却|懂)|[。；;！!\n]|$)"
    r"|[^，,。！？!?；;\n]{0,3}(?:这|那)(?:种|类|个|些)(?:说法|词|话|宣传|广告|套路|海报|文案|字眼)"
)
_LISTED = re.compile(
    r"(?:不(?:说|写|提|讲|用|做|拿|搞|叫|喊|宣传|承诺|能说|能写|得)|禁用|禁止|拒绝|避免|没有)[^，,。！？!?；;\n：:]{0,56}[、”」][^，,。！？!?；;\n：:]{0,12}$"
)
_EXPOSED = re.compile(
    r"不合规|不合法|违规|违法|不允许|不可信|别信|不要信|不要相信|别相信|不能信|不存在|没有这[个两种]|没有这样的|误区|谣言|骗局|骗子|骗人(?!天打|是狗|是小狗|不得|我)|骗(?:老人|钱的|傻子)|(?:都是|就是|多是|是在)骗|(?:就|先|多)问一?句|(?:先|多)问(?:问|清)?(?=[^，,。]{0,6}(?:数据|依据|证据|来源|凭什么|哪来))|被骗|忽悠|是假的|夸大|"
    r"留个?心眼|多个心眼|要?当心|要小心|小心被|警惕|警觉|绕开|绕道|避开|不现实|行不通|远离(?:这|那|他|它|她|虚假|此)|不靠谱|不能(?:写|说|宣传|加进|用在|当)|不许(?=写|说|宣传|这么|这样|用|卖|加|打|出现|发)|(?:就|马上|准|立刻)会?(?:露馅|穿帮)|不得(?:宣传|宣称|使用|添加|写)|"
    r"不属于化妆品|不是化妆品|不归|举报|先查|核实|辟谣|打假|冒充|不科学|没有依据|没依据|智商税|问(?:他|她|他们|对方|卖家|商家)要(?:一?下)?(?:小票|证|发票|授权|报告|批文|依据|编号|凭证)|多半(?:是|没|不)|八成是|十有八九|被(?:通报|处罚|罚|查处|曝光|点名)|别交|谨防|防骗|转身就走|扭头就走|直接走人|先别(?![停断去看上找])|别激动|对比一下|冷静|别急着|存疑|打个?问号|打个?折扣?听|比一比再|凡是(?:让|叫|说|劝|敢|要)|拉黑(?=就对|就行|吧|他们|它)|让(?:他|她|他们|对方|商家)[^，。]{0,4}(?:拿|出示)|当没看见|听听就好|(?:看看|听听|笑笑)就(?:得了|行|好|算)|别听(?![课歌音])|躲远|别当真|当个?(?:乐|笑话)|图一乐"
)
_OURS = re.compile(
    r"我们家(?:的|就|都)|(?:用|喝|吃|抹|敷|泡|涂|贴|买|换)(?:个|点|点儿)?(?:我们|咱家|咱们)|本店|本品|下单|拍下|囤|入手|放心(?:用|吃|买|入)|买它|冲(?:！|!|鸭|呀|啊|$)|必入|回购|效果(?:一样|杠杠|特别|超|真的)|今晚(?:上|开|抢|秒)|上新|也能(?:美|防|治|祛|瘦)|继续用|接着用|好卖(?=[，。！]|$)|明天(?:还是|照样|也是|依旧)(?:这个|同样|一样)的?价|仓库(?:里)?(?:还有?)?(?:一堆|多得|有的是|满|好几)"
)
_ADVICE = re.compile(
    r"(?:请|建议|尽快|尽早|及时|立即|立刻|马上|需要|应该|可以|最好|务必|一定要|要|去|问|咨询|看|找|听|遵|带|联系)[^，,。！？!?；;\n]{0,10}"
    r"(?:医生|医院|皮肤科|就医|就诊|儿科|产检|看病|药师|门诊|医嘱|大夫|急诊|眼科|口腔科|骨科|牙科|牙医|耳鼻喉|专科|120)|停用(?!降|药|胰岛|激素|医生)|停止使用|先停|别再用|遵医嘱|医生(?:说|开|允许|同意|的安排)|替医生|就医|不要(?:自己)?乱(?:用|涂|吃)"
)
_ADVICE_SPOILED = re.compile(
    r"不用(?:去|看|找)|不必(?:去|看)|别去|(?:再|也|就)用(?:我们|这款|它)|用(?:我们|这款|它)[^，,。]{0,6}(?:就|也)|医生(?:都|也|推荐|联合|在用)|皮肤科[^，,。]{0,6}(?:推荐|都在用|同款)|医院[^，,。]{0,6}(?:推荐|研|同款|指定|专供)|胜过|比[^，,。]{0,4}(?:医院|医生)|省得|代替(?:医生|医院)|(?:停了|停掉)|就(?:行|好|能好|管用)"
)
_QUESTION_WORD = re.compile(
    r"吗|能不能|可不可以|可以|能|会不会|会|是不是|有没有|怎么|为什么|为啥|什么|哪|多久|几[天次个]|要不要|行不行|好不好|谁|多少|如何|咋|算不算|该不该|还是"
)
_LOADED = re.compile(
    r"(?:都|来|追着|被|天天|总)问(?:我|你|她|他)|想[^，,。]{1,4}吗|能(?:差|假|骗|错|不好|不白|不香|没用)吗?|不香吗|还用(?:说|问|想)|还要啥|还等什么|信不过|烦恼|困扰|头疼|反反复复|想要|想不想|想拥有|还在|难道|谁说|不想|厌倦|受够|羡慕|心动|信不信|何不|怎能|怎么能不|要不要来|敢不敢|知道吗|听说过|试过|见过|还不|还等|犹豫|为什么[^，,。？?]{0,12}(?:因为|都)"
)
_ASKED_BACK = re.compile(r"[^，,。！!\n]{0,6}[？?]")
_DOUBTED = re.compile(r"别|不|没|假|骗|抗议|当心|醒醒|小心|哪有|才怪|做梦|先看|查")
_QUESTION_END = re.compile(r"[？?]|吗[，,]|[吗呢么]\s*$")
_INNER = re.compile(
    r"(?:不(?:会|能|可能|是|等于|一定|代表|算|起作用|属于|建议)|做不到|治不了|无法|没法|未必)[^，,]{0,8}$"
    r"|[，,]?不(?:减肥|减脂|瘦身|降压|降糖|降脂|治病|祛湿|排毒|美白|祛斑|祛痘|补血|养胃|助眠|壮阳|消炎|杀菌|抗菌)$"
    r"|(?:没(?![了再犯去做办注拿])有?|不能|不可|不含|无|不具备)[^，,也能但却照可]{0,3}$|没有?(?:作用|什么用|关系)$"
)
_NAMED = re.compile(
    r"商标|(?:名|名字|品名|产品名|书名|歌名|片名|店名|队名|群名)(?:叫|是|为)|叫[“「『《]|[”」』》](?:乐队|乐团|社团|球队|战队|剧团|小店|咖啡馆|书店|餐厅|读书会|俱乐部)|[”」』》]是[^，。！？!?]{0,8}(?:商标|歌|书|电影|品名|名字|店名|队名|社团?|外号|网名|色号|型号)"
)
# A colour, a dish, a nickname may be called anything: 这个颜色叫“消炎药绿”.
_CALLED = re.compile(
    r"(?:颜色|色号|花色|图案|外号|绰号|网名|昵称|群名|菜名|小名|暗号|梗|段子|节目)[^，,。！？!?；;\n]{0,6}(?:叫|取名|起名|是|：|:)?<?[“「『《\"]"
    r"|(?:取|起)(?:了)?(?:个)?(?:外号|绰号|小名|名字)"
)
_QUOTED_BEFORE = re.compile(r"[“\"「『‘'《][^”\"」』’'》]{0,20}$")
_QUOTED_AFTER = re.compile(r"^[^“\"「『‘'《]{0,20}[”\"」』’'》]")
_AIM = re.compile(
    r"(?:目标|梦想|理想|愿景|愿望|心愿|希望|努力|争取|力争|立志|追求|祝|愿你?|但愿|初心|想做|要做|做到|尽)[^，,。！？!?；;\n]{0,14}$"
)


def denial(at: Place) -> bool:
    """The clause takes it back: 我们不承诺, 没有哪款能; 益生菌不能代替药; also down a list: 不说“A”“B”、C."""
    if _TAKEN_BACK.match(at.after):
        return True
    near, far = at.before[-24:], at.before[-70:]
    if _DENIAL.search(near):
        # A relative clause may run into the hit: 没中奖的别灰心 denies nothing.
        return not _FALSE_DENIAL.search(near + at.text[at.start : min(at.end, at.start + 8)])
    return bool(_LISTED.search(far)) and not _FALSE_DENIAL.search(far)


def exposure(at: Place) -> bool:
    """The sentence warns of the claim itself: 不合规, 别信, 骗局; and does not sell in the same breath."""
    return bool(_EXPOSED.search(at.whole)) and not _OURS.search(at.whole)


def advice(at: Place) -> bool:
    """The sentence sends people to a doctor, or tells them to stop."""
    return bool(_ADVICE.search(at.whole)) and not _ADVICE_SPOILED.search(at.whole)


def question(at: Place) -> bool:
    """A plain question; one that sells (还在为痘痘烦恼吗) is none."""
    whole = at.whole
    if _ASKED_BACK.match(at.text[at.end : at.end + 8]) and _DOUBTED.search(at.text[at.end : at.end + 30]):
        return True
    return bool(
        _QUESTION_END.search(whole[at.end - at.sentence[0] :])
        and _QUESTION_WORD.search(whole)
        and not _LOADED.search(whole)
    )


def quotation(at: Place) -> bool:
    """The words stand in quotation marks and the sentence takes distance from them."""
    inside = _QUOTED_BEFORE.search(at.text[at.sentence[0] : at.start]) and _QUOTED_AFTER.search(at.after)
    return bool(inside) and bool(
        _EXPOSED.search(at.whole)
        or re.search(
            r"不|没|别|是什么|意思|说法|这[类种个两样]|这[三四五六几]个?字|谁(?:写|说|用)谁|细则|看清|一词|这话|其实|就是个|说白了",
            at.after[:24],
        )
    )


def aim(at: Place) -> bool:
    """A wish, a goal, a promise of effort: 尽最大努力, 祝你成为最美的自己 (guide 2023, article 5)."""
    return bool(_AIM.search(at.before[-18:]))


def inner(at: Place) -> bool:
    """The hit takes itself back: 喝了不会瘦, 面膜敷多了不会更白."""
    return bool(_INNER.search(at.text[at.start : at.end]))


def named(at: Place) -> bool:
    """The words are a name: a trade mark, a product, a book (guide 2023, article 6 (4))."""
    return bool(_NAMED.search(at.whole))


def called(at: Place) -> bool:
    """The words are what a colour, a dish or a person is called."""
    return bool(_CALLED.search(at.whole))


TESTS: dict[str, Callable[[Place], bool]] = {
    "denial": denial,
    "exposure": exposure,
    "advice": advice,
    "question": question,
    "quotation": quotation,
    "aim": aim,
    "inner": inner,
    "named": named,
    "called": called,
}
