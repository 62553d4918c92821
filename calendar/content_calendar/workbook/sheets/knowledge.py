"""知识: facts for answering and for tips."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from content_calendar.workbook.columns import Column, SheetSpec, name_column, prose_column
from content_calendar.workbook.content import KnowledgeRow
from content_calendar.workbook.keys import Keys
from content_calendar.workbook.sheets.common import Context
from content_calendar.workbook.table import Row
from content_calendar.workbook.values.lists import parse_products

SPEC = SheetSpec(
    "知识",
    (
        name_column("主题", 80, "分类", "类别", "知识分类", "知识主题", need="cell"),
        prose_column("问题", "提问", "知识点", "标题", need="cell"),
        prose_column("答案", "回答", "内容", "解答", "知识内容", need="cell"),
        Column("关联商品", lambda raw, known: parse_products(raw, known.products), blank=(), aliases=("相关商品", "商品", "商品编码", "关联产品", "对应商品"), style="prose"),
        name_column("来源", 200, "出处", "依据", "资料来源", "参考来源"),
    ),
    required=False,
    filled=False,
)  # fmt: skip


class Builder:
    """Builds the rows of one sheet; keys count equal questions."""

    def __init__(self) -> None:
        self._keys = Keys()

    def __call__(self, row: Row, values: Mapping[str, Any], _: Context) -> KnowledgeRow:
        """The row as data."""
        return KnowledgeRow(
            key=self._keys.of(values["主题"], values["问题"]), topic=values["主题"], question=values["问题"],
            answer=values["答案"], products=values["关联商品"], source=values["来源"], row=row.number,
        )  # fmt: skip


def shown(item: KnowledgeRow, _: Any = None) -> dict[str, Any]:
    """The row by header, normalised."""
    return {
        "主题": item.topic, "问题": item.question, "答案": item.answer, "关联商品": list(item.products),
        "来源": item.source,
    }  # fmt: skip


def cells(item: KnowledgeRow, _: Any = None) -> list[Any]:
    """The row as it is written to a workbook."""
    return [item.topic, item.question, item.answer, "、".join(item.products), item.source]
