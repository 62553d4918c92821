"""规则: what the brand adds to the checks and what it silences; a sheet most workbooks do not have.

Packaged rules that block rest on law: they are silenced by the lead at the desk, never by a cell.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from content_calendar.rules.house import ADD, SILENCE, own_rule
from content_calendar.tables import BrandRule
from content_calendar.workbook.columns import Column, Known, SheetSpec, prose_column
from content_calendar.workbook.content import RuleRow
from content_calendar.workbook.issues import shorten
from content_calendar.workbook.sheets.common import Context, parse_kind
from content_calendar.workbook.table import Row
from content_calendar.workbook.values import text
from content_calendar.workbook.values.text import Raw
from content_calendar.workbook.values.unreadable import Unreadable
from prompts.house_rules import LONGEST_SAID, faults, meant, words_of
from prompts.kinds import all_kinds

ACTIONS = {ADD: "加", SILENCE: "静音"}
VERDICTS = {"block": "拦", "warn": "提醒"}
REPLY = "reply"
_ACTION_WORDS = {
    "加": ADD, "添加": ADD, "增加": ADD, "新增": ADD, "add": ADD,
    "静音": SILENCE, "停用": SILENCE, "关闭": SILENCE, "忽略": SILENCE, "silence": SILENCE,
}  # fmt: skip
_VERDICT_WORDS = {
    "拦": "block", "拦下": "block", "拦截": "block", "必改": "block", "禁止": "block", "block": "block",
    "提醒": "warn", "警告": "warn", "建议": "warn", "warn": "warn",
}  # fmt: skip
_WORDS = "规则或词"


def _action(raw: Raw, _: Known) -> str:
    found = _ACTION_WORDS.get(text.fold(text.plain(raw)))
    if found is None:
        raise Unreadable("bad_action", "加 或 静音", "加 (add) or 静音 (silence)")
    return found


def _verdict(raw: Raw, _: Known) -> str:
    found = _VERDICT_WORDS.get(text.fold(text.plain(raw)))
    if found is None:
        raise Unreadable("bad_verdict", "拦 或 提醒", "拦 (block) or 提醒 (warn)")
    return found


def _kinds(raw: Raw, known: Known) -> tuple[str, ...]:
    if text.fold(text.plain(raw)) in {"全部", "所有", "不限"}:
        return ()
    parts = [part for part in re.split(r"[、,，;；\n|]+", text.plain(raw)) if part.strip()]
    found = [REPLY if text.fold(part) in {"回复", REPLY} else parse_kind(part, known)[0] for part in parts]
    return tuple(dict.fromkeys(found))


SPEC = SheetSpec(
    "规则",
    (
        Column("动作", _action, "cell", ADD, ("操作", "做什么"), dash=False),
        prose_column(_WORDS, "规则", "词", "词语", "规则编号", "规则或词语", "违禁词", need="cell", limit=3000),
        Column("结论", _verdict, blank="block", aliases=("判定", "处理", "级别")),
        prose_column("原因", "理由", "为什么", need="cell", limit=LONGEST_SAID),
        prose_column("建议", "怎么改", "修改建议", limit=LONGEST_SAID),
        prose_column("改为", "替换为", "换成", "替换", limit=LONGEST_SAID),
        Column("适用", _kinds, blank=(), aliases=("适用类型", "内容类型", "适用内容")),
    ),
    required=False,
    filled=False,
    usual=False,
)  # fmt: skip


def build(row: Row, values: Mapping[str, Any], context: Context) -> RuleRow:
    """The row as data; what is wrong with its words or its rule goes to the report."""
    if len(values["原因"]) < 2:
        _fault(
            context,
            row,
            "原因",
            "missing_cell",
            "原因太短，请写明为什么",
            "the reason is too short",
            values["原因"],
        )
    if values["动作"] == SILENCE:
        return _silence(row, values, context)
    words = words_of(values[_WORDS])
    for wrong in faults(words):
        _fault(context, row, _WORDS, "bad_rule_word", wrong.zh, wrong.en, values[_WORDS])
    return RuleRow(
        action=ADD, words=words, verdict=values["结论"], reason=values["原因"], suggestion=values["建议"],
        replacement=values["改为"], kinds=values["适用"], row=row.number,
    )  # fmt: skip


def _silence(row: Row, values: Mapping[str, Any], context: Context) -> RuleRow:
    written = " ".join(values[_WORDS].split())
    rule = meant(written, context.known.rules)
    if rule is None:
        _fault(
            context, row, _WORDS, "unknown_rule",
            f"没有「{shorten(written)}」这条规则，请写案头「规则」页上的编号或名称",
            f"there is no rule {shorten(written)}; use an id or title of the rules page", written,
        )  # fmt: skip
    elif rule.kept:
        _fault(
            context, row, _WORDS, "rule_not_silenceable", f"「{rule.title}」保护客户的隐私和安全，不能静音",
            f"{rule.id} guards customers and cannot be silenced", written,
        )  # fmt: skip
    elif rule.verdict == "block":
        _fault(
            context, row, _WORDS, "rule_not_silenceable",
            f"「{rule.title}」是法律要求的必改规则，只能由主管在「规则」页上静音",
            f"{rule.id} rests on law; only the lead silences it, on the rules page", written,
        )  # fmt: skip
    return RuleRow(
        action=SILENCE,
        rule=rule.id if rule else written[:80],
        verdict="warn",
        reason=values["原因"],
        row=row.number,
    )


def _fault(context: Context, row: Row, header: str, kind: str, zh: str, en: str, value: object) -> None:
    context.report.add(
        kind, context.table.place(row.number, header), f"{zh}。", f"{en}.", value=shorten(value)
    )


def told(stored: BrandRule) -> bool:
    """True for a row a workbook may hold; a rule of law that the lead silenced stays at the desk."""
    return stored.action == ADD or stored.body.get("verdict") == "warn"


def of_stored(stored: BrandRule) -> RuleRow:
    """A row in force as a workbook says it."""
    if stored.action == SILENCE:
        return RuleRow(action=SILENCE, rule=stored.rule, verdict="warn", reason=stored.reason)
    own = own_rule(stored)
    return RuleRow(
        action=ADD, words=own.words, verdict=own.verdict, reason=own.reason, suggestion=own.suggestion,
        replacement=own.replacement, kinds=own.kinds,
    )  # fmt: skip


def shown(item: RuleRow, _: Any = None) -> dict[str, Any]:
    """The row by header, normalised."""
    return {
        "动作": item.action, _WORDS: item.name, "结论": item.verdict, "原因": item.reason, "建议": item.suggestion,
        "改为": item.replacement, "适用": list(item.kinds),
    }  # fmt: skip


def cells(item: RuleRow, _: Any = None) -> list[Any]:
    """The row as it is written to a workbook."""
    names = all_kinds()
    kinds = "、".join("回复" if kind == REPLY else names[kind].name for kind in item.kinds)
    verdict = VERDICTS[item.verdict] if item.action == ADD else ""
    return [ACTIONS[item.action], item.name, verdict, item.reason, item.suggestion, item.replacement, kinds]
