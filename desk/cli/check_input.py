"""Reads what `chongfen check` is handed: plain text, one post a line, or JSONL; every bad line told by its number.

Lines are read one at a time and never beyond a bound, so that a file of any size or shape is read in
little memory. A line that cannot be used does not stop the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO

from prompts.brief import Lane, ProductSheet
from prompts.kinds import by_name

MAX_LINE = 4 * 1024 * 1024  # bytes
_LANES: dict[str, Lane] = {
    "auto": "auto", "自动": "auto", "confirm": "confirm", "企业群发": "confirm", "hand_off": "hand_off",
    "侧边栏": "hand_off", "demo": "demo", "演示": "demo",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One post to check, from line ``number`` (counted from 1)."""

    number: int
    text: str
    kind: str | None = None
    lane: Lane | None = None
    industry: str | None = None
    product: ProductSheet | None = None
    product_key: str = ""  # a code or name to be looked up among the brand's products


@dataclass(frozen=True)
class BadLine:
    """A line that cannot be checked, and why; ``code`` is stable."""

    number: int
    code: str
    message: str
    english: str


def read(stream: BinaryIO, *, jsonl: bool | None = None) -> Iterator[Line | BadLine]:
    """Every line of ``stream``. ``jsonl`` None: JSONL when the first line that is not blank opens a brace.

    Blank lines at the end are no lines.
    """
    waiting: list[BadLine] = []
    seen = False
    for number, raw in enumerate(_lines(stream), 1):
        line = _decoded(number, raw)
        if isinstance(line, BadLine):
            yield from waiting
            waiting, seen = [], True
            yield line
            continue
        if not line.strip():
            waiting.append(BadLine(number, "check.empty", f"第 {number} 行是空的，请写内容或删去这一行。", f"Line {number} is empty; write a text or delete the line."))  # fmt: skip
            continue
        yield from waiting
        waiting, seen = [], True
        if jsonl is None:
            jsonl = line.lstrip().startswith("{")
        yield _parsed(number, line) if jsonl else Line(number, line)
    if not seen:
        yield BadLine(1, "check.empty", "没有可检查的内容，文件是空的。", "There is nothing to check: the input is empty.")  # fmt: skip


def _lines(stream: BinaryIO) -> Iterator[bytes | None]:
    """The lines without their ends; None for one that is longer than MAX_LINE."""
    while raw := stream.readline(MAX_LINE + 1):
        if len(raw) > MAX_LINE and not raw.endswith(b"\n"):
            while (rest := stream.readline(MAX_LINE)) and not rest.endswith(b"\n"):
                pass
            yield None
        else:
            yield raw.rstrip(b"\r\n")


def _decoded(number: int, raw: bytes | None) -> str | BadLine:
    if raw is None:
        return BadLine(number, "check.too_long", f"第 {number} 行超过 {MAX_LINE // 1024 // 1024} MB，请拆开。", f"Line {number} is longer than {MAX_LINE // 1024 // 1024} MB; split it.")  # fmt: skip
    if number == 1:
        raw = raw.removeprefix(b"\xef\xbb\xbf")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        return BadLine(
            number, "check.encoding",
            f"第 {number} 行第 {error.start + 1} 个字节起不是 UTF-8，请把文件另存为 UTF-8。",
            f"Line {number} is not UTF-8 from byte {error.start + 1} on; save the file as UTF-8.",
        )  # fmt: skip


def _parsed(number: int, line: str) -> Line | BadLine:
    try:
        data = json.loads(line)
    except (json.JSONDecodeError, RecursionError) as error:
        where = getattr(error, "colno", 1)
        return BadLine(number, "check.json", f"第 {number} 行第 {where} 个字符处不是完整的 JSON。", f"Line {number} is not valid JSON at character {where}.")  # fmt: skip
    if not isinstance(data, dict):
        return BadLine(number, "check.json", f"第 {number} 行应该是一个 JSON 对象。", f"Line {number} should be a JSON object.")  # fmt: skip
    return _described(number, data)


def _described(number: int, data: dict[str, Any]) -> Line | BadLine:
    text = data.get("text")
    if not isinstance(text, str):
        return BadLine(number, "check.text", f"第 {number} 行没有 text，请写 {{\"text\": \"…\"}}。", f"Line {number} has no text.")  # fmt: skip
    if not text.strip():
        return BadLine(number, "check.empty", f"第 {number} 行的 text 是空的。", f"The text of line {number} is empty.")  # fmt: skip
    for name in ("kind", "lane", "industry"):
        if data.get(name) is not None and not isinstance(data[name], str):
            return BadLine(number, f"check.{name}", f"第 {number} 行的 {name} 应该是文字。", f"{name} of line {number} should be a string.")  # fmt: skip
    kind, lane = _kind(data.get("kind")), _LANES.get((data.get("lane") or "").strip())
    if data.get("kind") and kind is None:
        return BadLine(number, "check.kind", f"第 {number} 行的内容类型「{data['kind'][:20]}」不认识。", f"Line {number}: unknown kind {data['kind'][:20]!r}.")  # fmt: skip
    if data.get("lane") and lane is None:
        return BadLine(number, "check.lane", f"第 {number} 行的通道「{data['lane'][:20]}」不认识。", f"Line {number}: unknown lane {data['lane'][:20]!r}.")  # fmt: skip
    product = _product(data.get("product"))
    if product is None:
        return BadLine(number, "check.product", f"第 {number} 行的 product 应该是名称或对象。", f"Line {number}: product should be a name or an object.")  # fmt: skip
    key, sheet = product
    return Line(number, text, kind, lane, data.get("industry"), sheet, key)


def _kind(written: str | None) -> str | None:
    if not written:
        return None
    if written == "reply":
        return "reply"
    kind = by_name(written)
    return kind.key if kind else None


def _product(written: object) -> tuple[str, ProductSheet | None] | None:
    """(key to look up, sheet); None when it is neither a name nor an object."""
    if written is None:
        return "", None
    if isinstance(written, str):
        return written, None
    if not isinstance(written, dict):
        return None
    efficacy = written.get("efficacy") or ()
    classes = efficacy.replace("，", "、").split("、") if isinstance(efficacy, str) else efficacy
    name = str(written.get("name") or "")
    return name, ProductSheet(
        code=str(written.get("code") or ""),
        name=name,
        filing=str(written.get("filing") or ""),
        efficacy=tuple(str(item) for item in classes),
        evidence=str(written.get("evidence") or ""),
    )
