"""The table of faults a workbook may have: one stable kind each, its level, and what it means.

Programs compare kinds, so a kind is never renamed. ``error`` stops the whole import; ``warning`` is shown and
lets it pass. Why here: messages are written where a fault is found, but the list of what can be found is one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True)
class FaultKind:
    """A kind of fault: its default level and its name for people."""

    level: Level
    name: str
    english: str


def _errors(**names: tuple[str, str]) -> dict[str, FaultKind]:
    return {kind: FaultKind("error", *name) for kind, name in names.items()}


def _warnings(**names: tuple[str, str]) -> dict[str, FaultKind]:
    return {kind: FaultKind("warning", *name) for kind, name in names.items()}


KINDS: Mapping[str, FaultKind] = {
    # the file: one of these stands alone, nothing else was read
    **_errors(
        file_missing=("文件不存在", "file missing"),
        file_is_folder=("给的是文件夹", "a folder, not a file"),
        file_not_readable=("文件打不开", "file cannot be opened"),
        file_empty=("空文件", "empty file"),
        file_too_large=("文件过大", "file too large"),
        file_damaged=("文件损坏", "file damaged"),
        not_xlsx=("不是 xlsx 工作簿", "not an xlsx workbook"),
        old_xls=("旧版 xls 文件", "old xls file"),
        password_protected=("工作簿有密码", "password-protected"),
        zip_bomb=("压缩炸弹", "zip bomb"),
        sheet_too_large=("表过大", "sheet too large"),
    ),
    # what a table must have
    **_errors(
        missing_sheet=("缺少表", "missing sheet"),
        missing_header=("找不到表头", "no header row"),
        missing_column=("缺少列", "missing column"),
        missing_cell=("必填格为空", "required cell is blank"),
        empty_table=("表里没有数据", "table has no rows"),
        empty_brand=("品牌名为空", "brand name is blank"),
        duplicate=("重复", "duplicate"),
        too_many_issues=("问题太多", "too many issues"),
    ),
    # cells that cannot be read
    **_errors(
        formula_error=("公式出错", "formula error"),
        formula_not_calculated=("公式没有结果", "formula without a result"),
        bad_time=("时间不对", "not a time"),
        bad_time_range=("时间段不对", "not a time range"),
        bad_date=("日期不对", "not a date"),
        bad_moment=("日期时间不对", "not a date and time"),
        bad_cycle=("周期不对", "not a cycle"),
        bad_zone=("时区不对", "not a time zone"),
        not_a_number=("不是数字", "not a number"),
        not_a_price=("不是价格", "not a price"),
        negative_price=("价格为负", "negative price"),
        negative_stock=("库存为负", "negative stock"),
        negative_number=("数量为负", "negative number"),
        out_of_range=("超出范围", "out of range"),
        bad_code=("编码不对", "unusable code"),
        bad_url=("网址不对", "not a web address"),
        text_too_long=("文字过长", "text too long"),
        markup=("名称里有标记代码", "markup in a name"),
        hidden_characters=("藏有看不见的字符", "invisible characters in a name"),
    ),
    # names that lead nowhere
    **_errors(
        unknown_tier=("没有这个层级", "unknown tier"),
        unknown_channel=("没有这个通道", "unknown channel"),
        unknown_kind=("没有这个内容类型", "unknown kind"),
        unknown_product=("没有这个商品", "unknown product"),
        missing_address=("缺少通道地址", "channel address missing"),
        address_not_https=("通道地址不是 https", "channel address is not https"),
        unknown_rule=("没有这条规则", "unknown rule"),
    ),
    # a brand's own rules
    **_errors(
        bad_action=("动作不对", "neither add nor silence"),
        bad_verdict=("结论不对", "neither block nor warn"),
        bad_rule_word=("词用不了", "unusable word"),
        rule_not_silenceable=("不能在工作簿里静音", "cannot be silenced in a workbook"),
        too_many_rules=("规则太多", "too many rules"),
    ),
    # what contradicts itself or the law
    **_errors(
        end_before_start=("结束早于开始", "end before start"),
        warmup_after_start=("预热晚于开始", "warm-up after start"),
        price_above_lowest=("活动价高于近7日最低成交价", "price above the 7-day lowest"),
        reference_price_above_lowest=("参考价高于近7日最低成交价", "reference price above the 7-day lowest"),
        special_efficacy=("普通备案宣称特殊功效", "special efficacy on an ordinary filing"),
        draw_without_prizes=("抽奖没有奖品", "a draw without prizes"),
        draw_without_odds=("抽奖没有名额和概率", "a draw without winners or odds"),
        prize_over_limit=("单个奖品超过 5 万元", "a prize over 50,000 yuan"),
        sop_in_quiet_hours=("安静时段内的 SOP", "an SOP row inside quiet hours"),
    ),
    **_warnings(
        zone_default=("时区未填", "time zone not given"),
        sheet_left_out=("没有这张表", "sheet left out"),
        duplicate_name=("名称重复", "same name twice"),
        duplicate_row=("整行重复", "same row twice"),
        duplicate_address=("通道地址重复", "same address twice"),
        duplicate_column=("列重复", "same column twice"),
        duplicate_sheet=("表重复", "same sheet twice"),
        moment_without_time=("只写了日期", "date without a time"),
        weekday_mismatch=("星期与日期不符", "weekday does not fit the date"),
        lowest_above_price=("最低成交价高于日常价", "lowest price above everyday price"),
        zero_price=("价格为 0", "price is zero"),
        no_owner=("社群没有群主", "group without an owner"),
        tier_not_described=("层级没有说明", "tier not described"),
        missing_filing=("没有备案号", "no filing number"),
        winners_or_odds_missing=("名额或概率只写了一样", "winners or odds missing"),
        final_interpretation=("写有最终解释权", "claims the right of final interpretation"),
        rules_price_mismatch=("规则里的价格对不上", "price in the rules differs"),
        rules_stock_mismatch=("规则里的数量对不上", "stock in the rules differs"),
        rules_limit_mismatch=("规则里的限购对不上", "limit in the rules differs"),
        rules_time_mismatch=("规则里的时间对不上", "time in the rules differs"),
        sop_without_campaign=("没有对应的活动", "no matching campaign"),
        formula_text=("像公式的文字", "formula-like text"),
        invisible_removed=("已去掉看不见的字符", "invisible characters removed"),
        markup_in_text=("正文里有标记代码", "markup in a text"),
        insecure_url=("网址不是 https", "web address is not https"),
    ),
}
