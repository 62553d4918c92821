"""From a text to the terms it is found by: signs, pairs of signs, trade concepts and goods.

Concepts (``concepts/*.yaml``) carry what exact signs cannot: 啥时候发 and 多久发货 hold no word in common, but the same concept.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import yaml

from generator.checks import views

_WORD = re.compile(r"[\u4e00-\u9fff]+|[a-z0-9]+")
IDLE = re.compile(
    r"请问|问(?:一)?下|想问|老板|客服|你好|您好|在吗|亲(?!测|肤)|宝子|姐妹们?|宝宝们|小姐姐|哈喽|谢谢|麻烦|哈+|呜+|嘻+|啊|呀|哦|呢|吧|嘛|诶|哈|啦|咯|噢|么么|就是|那个|这个|一下|你们家?|你家|我们|咱们"
)
_FRAME = re.compile(
    r"有没有|能不能|可不可以|是不是|会不会|要不要|可以.{0,1}吗|吗$"
)  # 有没有…: alike in all, says nothing of what
_LOCAL = (
    (re.compile(r"(?<!水)[啥]"), "什么"), (re.compile(r"咋(?:个|样)?"), "怎么"), (re.compile(r"木有|冇|莫得|没得|麽有"), "没有"),
    (re.compile(r"几多"), "多少"), (re.compile(r"晓得"), "知道"), (re.compile(r"为毛|为嘛|干嘛要"), "为什么"),
    (re.compile(r"礼拜|个星期"), "周"), (re.compile(r"弄|整(?!体|套|晚|天)"), "做"), (re.compile(r"[劵]"), "券"), (re.compile(r"得不得"), "会不会"),
    (re.compile(r"成份"), "成分"), (re.compile(r"神经[先仙鲜]胺"), "神经酰胺"), (re.compile(r"烟[先仙鲜]胺"), "烟酰胺"), (re.compile(r"发飘"), "发票"),
    (re.compile(r"啥时候|嘛时候|几时|多会儿"), "什么时候"), (re.compile(r"跟|同(?=.{1,4}一起)"), "和"), (re.compile(r"邮过来|寄过来"), "发货"),
)  # fmt: skip
_SIGNS = "零一二三四五六七八九"
_DAY = re.compile(r"(?:[二三]?十[一二三四五六七八九]?|[一二三四五六七八九])(?=[号日月](?!子))")
SIGN, PAIR, LATIN, CONCEPT = 0.22, 1.0, 1.4, 2.0


@cache
def concepts() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Every concept with its pattern."""
    folder = resources.files("generator.replies.retrieval") / "concepts"
    found: dict[str, str] = {}
    for name in ("trade.yaml", "beauty.yaml", "food.yaml"):
        found |= yaml.safe_load((folder / name).read_text("utf-8"))
    return tuple((key, re.compile(pattern)) for key, pattern in found.items())


@cache
def categories() -> dict[str, tuple[str, ...]]:
    """Sort of goods → what people call it."""
    text = (resources.files("generator.replies.retrieval") / "concepts" / "categories.yaml").read_text(
        "utf-8"
    )
    written: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return {sort: tuple(names) for part in written.values() for sort, names in part.items()}


def _figure(match: re.Match[str]) -> str:
    """二十八号 as 28号: a day is written in figures in the sheet."""
    tens, ten, ones = match[0].rpartition("十")
    if not ten:
        return str(_SIGNS.index(match[0])) if len(match[0]) == 1 else match[0]
    return str((_SIGNS.index(tens) if tens else 1) * 10 + (_SIGNS.index(ones) if ones else 0))


@lru_cache(maxsize=4096)
def plain(text: str) -> str:
    """Plain simplified lower-case text with dialect and common misspellings put right."""
    read = _DAY.sub(_figure, views.strict(text).text)
    for pattern, word in _LOCAL:
        read = pattern.sub(word, read)
    return read


def bare(text: str) -> str:
    """The plain text without greetings and particles: what is compared sign by sign."""
    return "".join(_WORD.findall(_FRAME.sub(" ", IDLE.sub(" ", plain(text)))))


@lru_cache(maxsize=4096)
def said(text: str) -> frozenset[str]:
    """The concepts a text speaks of."""
    read = plain(text)
    return frozenset(key for key, pattern in concepts() if pattern.search(read))


def terms(text: str, *, idle: bool = False) -> Iterator[tuple[str, float]]:
    """Signs, pairs and Latin words of a text with their weights; ``idle`` keeps greetings and particles."""
    read = plain(text)
    for run in _WORD.findall(read if idle else IDLE.sub(" ", read)):
        if run[0] < "\u4e00":
            yield run, LATIN
            continue
        for at, sign in enumerate(run):
            yield sign, SIGN
            if at + 1 < len(run):
                yield run[at : at + 2], PAIR


def counted(text: str, weight: float, into: dict[str, float]) -> None:
    """Add a text's terms and concepts to ``into``, each times ``weight``."""
    for term, own in terms(text):
        into[term] = into.get(term, 0.0) + own * weight
    for concept in said(text):
        into[f"@{concept}"] = into.get(f"@{concept}", 0.0) + CONCEPT * weight
