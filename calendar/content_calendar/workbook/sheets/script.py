"""话术: reviewed answers to what customers ask, with what never to say and when to hand over to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from content_calendar.workbook.columns import Column, SheetSpec, name_column, prose_column
from content_calendar.workbook.content import ScriptRow
from content_calendar.workbook.keys import Keys
from content_calendar.workbook.sheets.common import Context
from content_calendar.workbook.table import Row
from content_calendar.workbook.values.lists import parse_flag

SPEC = SheetSpec(
    "话术",
    (
        name_column("场景", 80, "分类", "类别", "业务场景", "问题分类", need="cell"),
        prose_column("客户怎么问", "客户问题", "问题", "客户问法", "用户问题", "常见问题", need="cell"),
        prose_column("标准话术", "话术", "标准回复", "回复", "答案", "回答", "参考话术", "标准答案", need="cell"),
        prose_column("禁忌", "禁忌话术", "不要说", "注意事项", "禁止"),
        Column("升级人工", lambda raw, _: parse_flag(raw), blank=(False, ""), aliases=("转人工", "是否转人工", "升级", "是否升级人工", "人工介入"), style="prose", dash=False),
    ),
    required=False,
    filled=False,
)  # fmt: skip


class Builder:
    """Builds the rows of one sheet; keys count equal questions."""

    def __init__(self) -> None:
        self._keys = Keys()

    def __call__(self, row: Row, values: Mapping[str, Any], _: Context) -> ScriptRow:
        """The row as data."""
        escalate, to = values["升级人工"]
        return ScriptRow(
            key=self._keys.of(values["场景"], values["客户怎么问"]), scene=values["场景"],
            question=values["客户怎么问"], answer=values["标准话术"], taboo=values["禁忌"],
            escalate=escalate, escalate_to=to, row=row.number,
        )  # fmt: skip


def shown(item: ScriptRow, _: Any = None) -> dict[str, Any]:
    """The row by header, normalised; 升级人工 as true or false, what is said besides as 升级说明."""
    return {
        "场景": item.scene, "客户怎么问": item.question, "标准话术": item.answer, "禁忌": item.taboo,
        "升级人工": item.escalate, "升级说明": item.escalate_to,
    }  # fmt: skip


def cells(item: ScriptRow, _: Any = None) -> list[Any]:
    """The row as it is written to a workbook."""
    flag = ("是" if item.escalate else "否") + (f"｜{item.escalate_to}" if item.escalate_to else "")
    return [item.scene, item.question, item.answer, item.taboo, flag]
