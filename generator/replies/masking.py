"""Personal data out of a customer's words, before a model sees them and before they are stored.

Names after 我叫 or 收货人, phones, addresses, order and parcel numbers, identity cards, e-mails, bank cards and chat ids become
placeholders such as ［手机1］; the same value gets the same placeholder. The map back stays with the caller.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

_D = "[0-9０-９]"
_SURNAMES = (
    "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方俞任袁柳"
    "鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧计伏成戴谈宋茅庞熊纪舒屈项祝"
    "董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯管卢莫房裘缪干解应宗丁宣邓郁单杭洪包诸左石崔吉龚程"
    "邢裴陆荣翁荀羊惠甄曲封储靳段富巫乌焦巴牧山谷车侯宓蓬全班仰秋仲伊宫宁仇栾暴甘厉戎祖武符刘景詹束龙叶幸司黎薄印宿白怀蒲邰鄂索赖卓蔺屠"
    "蒙池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍桑桂濮牛寿通边扈燕冀浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎戈廖庾终暨居衡步"
    "都耿满弘匡国文寇广禄阙东欧利蔚越隆师巩聂晁勾敖融冷辛阚那简饶曾毋沙养鞠须丰关蒯相查荆红游权益桓公肖涂岳付"
)
_NAME = rf"[{_SURNAMES}][\u4e00-\u9fff·]{{1,3}}"

# Order matters: the longer and surer shapes first.
_RULES: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("邮箱", re.compile(r"[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,24}){1,4}")),
    ("身份证", re.compile(rf"(?<![0-9０-９])[1-9１-９]{_D}{{16}}(?:{_D}|[xXｘＸ])(?![0-9０-９A-Za-z])")),
    ("银行卡", re.compile(r"(?<!\d)(?:62|4\d|5[1-5])\d{2}(?:[ -]?\d{4}){3}(?:[ -]?\d{1,3})?(?!\d)")),
    (
        "手机",
        re.compile(
            rf"(?<![0-9０-９])(?:\+?86[- ]?)?[1１][3-9３-９]{_D}(?:[- ]?{_D}{{4}}){{2}}(?![0-9０-９])"
        ),
    ),
    ("手机", re.compile(r"(?<!\d)1[3-9]\d{1,5}[*＊xX]{2,6}\d{0,4}(?!\d)")),
    ("电话", re.compile(r"(?<!\d)0\d{2,3}[- ]?\d{7,8}(?!\d)")),
    (
        "单号",
        re.compile(
            r"(?:(?<=单号)|(?<=运单)|(?<=订单)|(?<=编号)|(?<=单号是)|(?<=单号[:：])|(?<=订单[:：])|(?<=订单号[:：\s]))[:：\s]{0,2}[A-Za-z]{0,6}[-]?\d[\dA-Za-z-]{5,30}"
        ),
    ),
    ("单号", re.compile(r"(?<![A-Za-z0-9字])(?:SF|YT|JD|ZT|STO|EMS|MH|DD)[A-Za-z]{0,3}\d{9,22}(?!\d)", re.I)),
    ("单号", re.compile(r"(?<![\d字.])\d{12,24}(?!\d)")),
    (
        "微信号",
        re.compile(
            r"(?:(?<=微信号)|(?<=微信)|(?<=wx)|(?<=vx)|(?<=VX)|(?<=V信))[是:：\s]{0,3}[A-Za-z][\w-]{5,19}"
        ),
    ),
    (
        "地址",
        re.compile(
            r"(?:[\u4e00-\u9fff]{2,8}(?:省|自治区|市|自治州|盟))?(?:[\u4e00-\u9fff]{1,8}(?:市|区|县|旗))?[\u4e00-\u9fff\d]{1,12}(?:街道|大道|路|街|巷|弄|胡同|镇|乡|村|小区|花园|公寓|苑|新城|家园|大厦|广场)"
            r"[\u4e00-\u9fff\dA-Za-z\-#]{0,16}?\d{1,5}(?:号楼|号院|号|栋|幢|座|单元|室|户|楼)(?:[\dA-Za-z\-]{1,6}(?:号楼|栋|幢|座|单元|室|户|楼|层)?){0,4}"
        ),
    ),
    ("地址", re.compile(r"\d{1,3}(?:栋|幢|号楼)\s?(?:\d{1,2}单元)?\s?\d{2,4}(?:室|号|户)?")),
    ("姓名", re.compile(rf"(?:(?<=我叫)|(?<=我是)|(?<=名字叫)|(?<=本人))\s?{_NAME}(?=[，,。.！!\s、；;]|$)")),
    (
        "姓名",
        re.compile(
            rf"(?:(?<=收货人)|(?<=收件人)|(?<=姓名)|(?<=联系人)|(?<=收货人是)|(?<=会员名))[是:：\s]{{0,3}}{_NAME}(?=[，,。.！!\s、；;\d［]|$)"
        ),
    ),
    (
        "姓名",
        re.compile(
            rf"(?<![\u4e00-\u9fff])[{_SURNAMES}][\u4e00-\u9fff]{{1,2}}(?=(?:\s|，|,)?［(?:手机|电话)\d+］)"
        ),
    ),
)


@dataclass(frozen=True)
class Masked:
    """A text without personal data, and the placeholders' values (never stored, never sent)."""

    text: str
    values: Mapping[str, str]

    def restore(self, text: str) -> str:
        """``text`` with this question's placeholders filled in again, for the operator's eyes only."""
        for mark, value in self.values.items():
            text = text.replace(mark, value)
        return text


def mask(text: str) -> Masked:
    """``text`` with every recognised personal datum replaced."""
    values: dict[str, str] = {}
    marks: dict[tuple[str, str], str] = {}

    for kind, pattern in _RULES:

        def replaced(match: re.Match[str], kind: str = kind) -> str:
            written = match.group(0)
            value = written.strip(" ：:\t是\n")
            if not value:
                return written
            mark = marks.setdefault((kind, value), f"［{kind}{sum(k == kind for k, _ in marks) + 1}］")
            values[mark] = value
            return written.replace(value, mark)

        text = pattern.sub(replaced, text)
    return Masked(text, MappingProxyType(values))
