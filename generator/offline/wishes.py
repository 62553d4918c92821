"""Wishes about the text: what the 备注 of an SOP row asks for, and what an editor asks when a post is written again.

A remark mixes three things: facts for the reader (17点公布；积分90天有效), wishes about the text (200字以内，不放购买链接) and notes for
colleagues (先核库存). Only clauses that look like facts are ever shown; wishes are obeyed; the rest is left alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from generator.offline import numbers
from generator.offline.theme import split

_FACT = re.compile(
    r"\d.*(点|元|份|支|张|天|日|片|盒|积分|g|ml|小时|名|位|件|单|个|箱|罐|瓶|袋|次)|公布|到账|随.{0,3}单|寄出|随包裹|叠加|同用|同享|有效|兑|限领|无奖|没有?奖|不设奖|叠用|包邮|私聊|截止|开奖|算参加|自愿|不用买|不用转发|备案资料为准|转人工|送完|不补发"
)
_NOT_FACT = re.compile(
    r"字|写|标(?!准)|核|链接|卡片|铺垫|垫一句|提到|口径|语气|后台|配图|配手法|不超过.*行|图片|视频|截图|第二天的|当天面膜|给.{0,14}(铺垫|预热)|若已?|如已?|售罄|不补发|致谢版|到点发|先审|审核|同意|劝|催|带货|功效|标题|@|群发|套话|运营|同事|编辑|发前|发后|表格|备注|负责|字数|表情"
)
_MOST = re.compile(
    r"(?:不超过|控制在|最多)\s*(\d{2,3})\s*个?字?|(\d{2,3})\s*个?字\s*(以内|之内|左右|内|上下)"
)


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the text must obey. ``facts`` are remark clauses a reader may see."""

    most_chars: int = 0
    one_sentence: bool = False
    link: bool | None = None  # None: as the kind does
    emoji: bool = True
    question: bool = True
    shorter: bool = False
    longer: bool = False
    other_opening: bool = False
    counted_at: bool = False  # say when a number was counted
    filing: bool = False  # the filing or registration number must stand in the text
    reference: bool = False  # the 7-day lowest price must stand in the text
    masked: bool = False  # nicknames are masked
    say: tuple[str, ...] = ()  # 配一句白天要防晒
    facts: tuple[str, ...] = ()
    ask: str = ""  # 问大家…
    compact: bool = False  # 短一点, as a standing wish of the row
    topics: tuple[str, ...] = ()  # what an editor wants mentioned: 赠品, 价格
    mentions: tuple[str, ...] = ()  # the same in words of his own: 包邮, 防滑垫


def read(remark: str, instruction: str) -> Wishes:
    """The wishes in a remark and in an editor's instruction; the editor's word comes last and wins."""
    both = f"{remark}；{instruction}"
    return Wishes(
        most_chars=_most(instruction) or _most(remark),
        one_sentence=bool(re.search(r"(^|[，；])一句话(就好|即可|说完)?($|[，；])", both)),
        link=_link(remark, instruction),
        emoji=not re.search(r"(不要|去掉|别用|不用|删掉|不带|没有)(任何)?(表情|emoji)", both, re.IGNORECASE),
        question=not re.search(r"(不要|别用|不用|去掉)(反?问句|提问|问题)", instruction),
        shorter=bool(re.search(r"短一?点|短些|精简|太长|缩短|简短", instruction)),
        longer=bool(re.search(r"长一?点|详细|多写|展开|太短", instruction)),
        other_opening=bool(re.search(r"(换|改).{0,4}(开头|首行|第一[行句]|标题)", instruction)),
        counted_at=bool(re.search(r"统计时间|带时间|后台数|后台实数|注明时间", both)),
        filing=bool(
            re.search(r"(注册证?|备案).{0,6}(写上|写明|标上|标明|要写|带上|注明|放上|编号|号)", both)
        ),
        reference=bool(re.search(r"(近7日|7日)?最低成交价|参考价", both)),
        masked="昵称" in both and bool(re.search(r"隐去|打码|星号", both)),
        say=_must_say(remark),
        facts=_facts(remark),
        ask=_ask(remark),
        compact=bool(re.search(r"短一?点|短些|简短|别太长", remark)),
        topics=_topics(instruction),
        mentions=_mentions(instruction),
    )


def _ask(remark: str) -> str:
    found = re.search(r"问问?(?:大家|各位|群友)([^，。；]{4,24})", remark)
    return found.group(1).strip("：:？?") if found else ""


def _most(text: str) -> int:
    found = _MOST.search(text)
    if not found:
        return 0
    most = int(found.group(1) or found.group(2))
    return most * 6 // 5 if found.group(3) in ("左右", "上下") else most


def _link(remark: str, instruction: str) -> bool | None:
    for text in (instruction, remark):
        if re.search(
            r"(不|别|去掉|无需|不要|不用|不能)(要|带|放|用|加|能放)?(任何|购买|商品)?的?(链接|网址|卡片|带货)|不带货",
            text,
        ):
            return False
        if re.search(r"(带|放|加|附)上?(购买|商品)?(链接|网址)", text):
            return True
    return None


def _must_say(remark: str) -> tuple[str, ...]:
    said = []
    for clause in split(remark, "，,；;。"):
        found = re.match(r"(?:配|补|带|加)(?:上)?一句[：:“\"]?([^”\"]{3,20})", clause)
        if found:
            said.append(found.group(1).strip('“”"'))
    return tuple(said)


def _facts(remark: str) -> tuple[str, ...]:
    kept: list[str] = []
    for part in split(remark, "；;。"):
        clauses = [
            clause for clause in split(part, "，,") if _FACT.search(clause) and not _NOT_FACT.search(clause)
        ]
        kept.extend(re.sub(r"(送完|兑完|领完)就在群里说", r"\1我在群里说一声", clause) for clause in clauses)
    return tuple(kept)


_TOPIC_WORDS = (
    "赠品",
    "价格",
    "限购",
    "库存",
    "时间",
    "用法",
    "成分",
    "发货",
    "价保",
    "退换",
    "积分",
    "规格",
    "备案",
    "链接",
)


_ASKED_FOR = re.compile(
    r"(?:提一?[下句]|提到|加上|写上|写明|说一?下|补上|补充|强调一?下?|带上|讲一?下)([^，。；！]{1,20})"
)
_ROUND = re.compile(r"^(?:关于|一句|一下|那个|这个|它的?)+|(?:的事|这件事|吧|啊|呗)+$")


def _topics(instruction: str) -> tuple[str, ...]:
    asked = _ASKED_FOR.search(instruction)
    return tuple(word for word in _TOPIC_WORDS if word in asked.group(1)) if asked else ()


def _mentions(instruction: str) -> tuple[str, ...]:
    """Words to be mentioned that are no topic of ours, without the small words round them."""
    found: list[str] = []
    for asked in _ASKED_FOR.findall(instruction):
        if not any(word in asked for word in _TOPIC_WORDS):
            bare = _ROUND.sub("", asked.strip(' “”"：'))
            found.extend(word for word in split(bare, "、和") if len(word) >= 2)
    return tuple(found[:3])


def count_of(text: str) -> int | None:
    """The count a theme promises (三个小误区 → 3), or None."""
    found = re.search(r"([一二两三四五六七八九十]|\d{1,2})\s*(?:个|种|招|步|条|件|点|样|句|题)", text)
    return numbers.numeral(found.group(1)) if found else None
