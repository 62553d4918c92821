"""Words in our own templates and pieces that would teach a model to break the law, or to write empty noise.

A small list of our own: what a text really may say is judged by the checks. A word quoted as a ban
(不写“……”), or standing in a field that lists what is not done, is no problem.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from prompts.library import pieces
from prompts.library.library import Library
from prompts.library.sources import Source
from prompts.linting.problem import Problem

WORDS = (
    "国家级", "最高级", "最佳", "最好", "第一名", "顶级", "极致", "全网最低", "史上最低", "药妆", "医学护肤", "抗敏",
    "消炎", "根治", "治愈", "祛疤", "排毒", "零添加", "无副作用", "绝对安全", "百分百有效", "永久", "速效", "手慢无",
    "错过再等一年", "闭眼入", "转发领", "集赞", "冲鸭", "赋能", "姐妹们冲", "让我们一起", "宝藏好物",
)  # fmt: skip
_WORD = re.compile("|".join(map(re.escape, WORDS)))
_QUOTED = re.compile(r"“[^”]*”|「[^」]*」|\"[^\"]*\"")
_BANNING = re.compile(r"不|别|没有|从不|少|避|禁")
_BAN_FIELDS = frozenset({"never", "avoid", "cautions", "leave", "any_of", "when_text", "aliases"})


def check(library: Library) -> Iterator[Problem]:
    """Law-breaking or empty words that our own files use in earnest."""
    for layer in (library.packaged, library.own):
        for source in layer.values():
            for line in _lines(source):
                for word in _WORD.findall(_without_bans(line)):
                    yield Problem(source.name, "law", "warning", f"用了「{word}」：{line.strip()[:40]}")


def _lines(source: Source) -> Iterator[str]:
    if source.name.endswith(".j2") or source.name.startswith("angles/"):
        yield from source.text.split("\n")
    else:
        yield from _strings(pieces.mapping(source))


def _strings(value: Any) -> Iterator[str]:
    """Every string of a mapping that is not under a field of bans."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            if key not in _BAN_FIELDS:
                yield from _strings(item)


def _without_bans(line: str) -> str:
    """The line without the words it quotes in order to forbid them."""
    return _QUOTED.sub("", line) if _BANNING.search(line) else line
