"""Where a value stands in the workbook: sheet, column letter of the reference layout, row as imported."""

from __future__ import annotations

_BRAND = (
    "name", "industry", "nickname", "intro", "manner", "fans", "mall_url", "hours", "zone", "quiet",
    "forbidden", "ai_label", "story",
)  # fmt: skip
_COLUMNS: dict[str, tuple[str, ...]] = {
    "商品": (
        "code", "name", "spec", "price", "lowest_7d", "selling_points", "ingredients", "efficacy", "filing",
        "usage", "suitable", "caution", "url", "stock", "evidence",
    ),
    "活动": (
        "name", "kind", "products", "price", "rules", "warmup", "start", "end", "stock", "limit", "tiers",
        "gift", "prizes",
    ),
    "SOP": ("time", "cycle", "tiers", "kind", "theme", "channel", "owner", "remark"),
    "话术": ("scene", "question", "answer", "taboo", "escalate"),
    "知识": ("topic", "question", "answer", "products", "source"),
}  # fmt: skip


def cell(sheet: str, field: str, row: int) -> str:
    """``商品!D5``; only the sheet when the row or the field has no place of its own."""
    if sheet == "品牌":
        return f"品牌!B{_BRAND.index(field) + 2}" if field in _BRAND else sheet
    columns = _COLUMNS[sheet]
    if row < 1 or field not in columns:
        return sheet
    return f"{sheet}!{chr(ord('A') + columns.index(field))}{row}"
