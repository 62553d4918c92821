"""From chosen pieces to a text: lines, punctuation where two pieces meet, quotes inside quotes, and the measure of emoji."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

MOST_EMOJI = 4
_EMOJI = re.compile(
    "[\U0001f300-\U0001f5ff\U0001f600-\U0001f64f\U0001f680-\U0001f6ff\U0001f900-\U0001f9ff\U0001fa70-\U0001faff\u2600-\u27bf\u23e9-\u23fa\u2b50]\ufe0f?"
)
_CLOSERS = "。！？!?～~…"
_REPAIRS = (
    (re.compile(r"([。！？!?～…])[。，、；：,]+"), r"\1"),
    (re.compile(r"。{2,}"), "。"),
    (re.compile(r"[，、,]+([。！？!?～…；：])"), r"\1"),
    (re.compile(r"，{2,}|，、|、，"), "，"),
    (re.compile(r"：{2,}|：，|，："), "："),
    (re.compile(r"([；;])[；;，。]+"), r"\1"),
    (re.compile(r"：([。！？])"), r"\1"),
    (re.compile(r"（\s*）|“\s*”|「\s*」|《\s*》"), ""),
    (re.compile(r"([？！])[？！]+"), r"\1"),
    (re.compile(r"的的"), "的"),
    (re.compile(r"元元"), "元"),
    (re.compile(r"(?<=[\u4e00-\u9fff，。：；、！？”）]) +(?=[\u4e00-\u9fff“（])"), ""),
)


# Two marks side by side, doubled words or a space between signs: without one of these no line needs mending.
_SUSPECT = re.compile(r"[。！？!?～…，、,：；;（“「《\s][。！？!?～…，、,：；;）”」》\s]|的的|元元|\s")
_AFTER_EMOJI = re.compile(rf"({_EMOJI.pattern})[。，；]")


@dataclass(frozen=True, slots=True)
class Piece:
    """A filled block: its text, how readily it is dropped (0: never) and whether it runs on in the line before."""

    role: str
    text: str
    drop: int = 0
    run: bool = False


def length(text: str) -> int:
    """Characters without white space, as the kinds count them."""
    return len(re.sub(r"\s", "", text))


def count_emoji(text: str) -> int:
    """How many emoji stand in a text."""
    return len(_EMOJI.findall(text))


def lay_out(pieces: Sequence[Piece], *, emoji: int) -> str:
    """The pieces as a text with at most ``emoji`` emoji; running pieces go on in the line before them."""
    lines: list[str] = []
    for piece in pieces:
        if piece.run and lines:
            lines[-1] = _run_on(lines[-1], piece.text)
        else:
            lines.extend(piece.text.split("\n"))
    text = "\n".join(line for line in (tidy(line) for line in lines) if line)
    text = _measure_emoji(text, emoji)
    return _close(text)


def _run_on(before: str, after: str) -> str:
    return (
        before + after
        if before[-1:] in _CLOSERS + "，：；" or _EMOJI.search(before[-2:])
        else f"{before}。{after}"
    )


def tidy(line: str) -> str:
    """One line with its joins mended."""
    line = line.strip()
    if "“" in line or "”" in line:
        line = _inner_quotes(line)
    if _SUSPECT.search(line):
        for pattern, replacement in _REPAIRS:
            line = pattern.sub(replacement, line)
    line = _AFTER_EMOJI.sub(r"\1", line)
    return line.strip(" ，、；") if not line.startswith(("http", "👉")) else line.strip()


def _inner_quotes(line: str) -> str:
    depth, out = 0, []
    for char in line:
        if char == "“":
            depth += 1
            out.append("“" if depth == 1 else "‘")
        elif char == "”":
            out.append("”" if depth <= 1 else "’")
            depth = max(0, depth - 1)
        else:
            out.append(char)
    mended = "".join(out)
    return (
        mended if depth == 0 else mended.replace("“", "").replace("”", "").replace("‘", "").replace("’", "")
    )


def _measure_emoji(text: str, most: int) -> str:
    seen: list[str] = []

    def keep(found: re.Match[str]) -> str:
        mark = found.group(0)
        if len(seen) >= most or mark in seen:
            return ""
        seen.append(mark)
        return mark

    return re.sub(r"[ ]+(?=\n|$)", "", _EMOJI.sub(keep, text)).replace("\n ", "\n")


def _close(text: str) -> str:
    """No line may end in the air: a last line that ends in a comma or colon gets a full stop."""
    return re.sub(r"[，、：；]$", "。", text)
