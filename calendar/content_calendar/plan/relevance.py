"""Which of many notes fit a post: shared pairs of signs, weighted by how rare they are."""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

# Pairs that every question has: they say nothing of what it is about.
_EMPTY = frozenset(
    [
        "什么",
        "怎么",
        "今天",
        "明天",
        "今晚",
        "一句",
        "一下",
        "一次",
        "大家",
        "可以",
        "不能",
        "不用",
        "有什",
        "么时",
        "时候",
        "多少",
        "为什",
        "是不",
        "不是",
        "要不",
        "一条",
        "一个",
        "三个",
        "这个",
        "那个",
        "群里",
        "提醒",
        "一样",
        "哪些",
        "我们",
        "你们",
        "自己",
        "没有",
        "还有",
        "一起",
        "几个",
        "能不",
        "的问",
        "问题",
        "说一",
        "说说",
        "就行",
        "时间",
        "十分",
        "分钟",
        "小时",
        "一遍",
        "只要",
        "一天",
        "一点",
        "二十",
        "三十",
    ]
)
COMMON = 0.12  # a pair in more than this share of the texts is as empty as those
_WORD = re.compile(r"[\u4e00-\u9fff]+|[a-z0-9]+")


def pairs(text: str) -> frozenset[str]:
    """The pairs of neighbouring Chinese signs, and whole Latin words, of a text."""
    found: set[str] = set()
    for match in _WORD.finditer(text.lower()):
        run = match.group()
        if run[0].isascii():
            found.add(run)
        else:
            found.update(run[at : at + 2] for at in range(len(run) - 1))
    return frozenset(found - _EMPTY)


class Index:
    """Texts that can be asked for by likeness; built once for many questions."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._where: dict[str, list[int]] = defaultdict(list)
        for number, text in enumerate(texts):
            for pair in pairs(text):
                self._where[pair].append(number)
        self._size = max(1, len(texts))
        self._common = max(3, int(COMMON * self._size))

    def scores(self, wanted: Iterable[str]) -> dict[int, float]:
        """Number of a text → how much it shares with the texts ``wanted``; only those that share something."""
        found: dict[int, float] = defaultdict(float)
        asked = frozenset(pair for text in wanted for pair in pairs(text))
        for pair in asked:
            places = self._where.get(pair, ())
            weight = math.log(1 + self._size / len(places)) if 0 < len(places) <= self._common else 0.0
            for number in places:
                found[number] += weight
        return found
