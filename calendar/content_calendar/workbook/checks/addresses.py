"""Where things lead: channel addresses, the mall, links to products; and groups that nobody owns."""

from __future__ import annotations

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from content_calendar import addresses
from content_calendar.lanes import CHANNELS
from content_calendar.workbook.content import GroupRow, WorkbookContent
from content_calendar.workbook.issues import Place, Report, shorten
from content_calendar.workbook.sheets.brand import BrandReading
from content_calendar.workbook.table import Table

_REFERENCE = re.compile(rf"{addresses.ENV}CHONGFEN_LANE_[A-Z0-9_]+|{addresses.KEPT}[0-9a-f]{{12}}")
_BAD_IN_URL = re.compile(r"[\s<>\"'`\\{}|^\x00-\x1f\x7f]")


def check(
    content: WorkbookContent, tables: Mapping[str, Table], brand: BrandReading | None, report: Report
) -> None:
    """Every address in the workbook."""
    if brand is not None and content.brand.mall_url:
        _web(content.brand.mall_url, brand.place("官方商城"), report)
    for product in content.products:
        if product.url:
            _web(product.url, tables["商品"].place(product.row, "购买链接"), report)
    for group in content.groups:
        _group(group, tables["社群"], report)


def is_url(written: str, schemes: tuple[str, ...]) -> bool:
    """True for an absolute web address with a host, no credentials and nothing odd in it."""
    if _BAD_IN_URL.search(written):
        return False
    try:
        parts = urlsplit(written)
        port = parts.port
    except ValueError:
        return False
    return parts.scheme.lower() in schemes and bool(parts.hostname) and "@" not in parts.netloc and port != 0


def _web(written: str, place: Place, report: Report) -> None:
    if not is_url(written, ("https", "http")):
        report.add(
            "bad_url", place, f"「{shorten(written)}」不是网址，请写完整的 https:// 地址。",
            f"{shorten(written)!r} is not a web address; write the full https:// address.", value=written, expected="https://…",
        )  # fmt: skip
    elif written.lower().startswith("http:"):
        report.add(
            "insecure_url", place, "网址是 http，建议换成 https。", "the address is http; https is better.",
            value=written, expected="https://…",
        )  # fmt: skip


def _group(group: GroupRow, table: Table, report: Report) -> None:
    channel, place = CHANNELS[group.channel], table.place(group.row, "通道地址")
    name = channel.names[0]
    if not group.owner:
        report.add(
            "no_owner", table.place(group.row, "群主"), f"「{shorten(group.name)}」没有群主，没有人能确认发送；请补上。",
            f"{shorten(group.name)} has no owner to confirm sends; fill it in.",
        )  # fmt: skip
    if channel.needs_address and not group.address:
        wanted = "https:// 开头的地址" if channel.https else "群聊 ID"
        report.add(
            "missing_address", place, f"发送通道是「{name}」，必须有通道地址，请填{wanted}。",
            f"channel {name} needs an address.", expected=wanted,
        )  # fmt: skip
    elif channel.https and not _usable(group.address):
        shown = addresses.hint(group.address)
        report.add(
            "address_not_https", place,
            f"「{shown}」不是 https 地址，「{name}」只能用 https:// 开头的地址，或写 env:CHONGFEN_LANE_名称。",
            f"{shown!r} is not an https address; channel {name} needs one, or env:CHONGFEN_LANE_NAME.",
            value=shown, expected="https://…",
        )  # fmt: skip


def _usable(address: str) -> bool:
    """An https URL, a variable of the environment, or the mark of an address that is kept already."""
    return bool(_REFERENCE.fullmatch(address)) or is_url(address, ("https",))
