"""`chongfen hold`: hold posts, also those going out, with a reason."""

from __future__ import annotations

from desk.cli import deciding

command = deciding.turning_down(
    "hold", "hold", help="暂缓，也能停下正在发送的内容，要写原因。", done="已暂缓", english="Held"
)
