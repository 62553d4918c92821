"""`chongfen changes`: send back posts, with a reason."""

from __future__ import annotations

from desk.cli import deciding

command = deciding.turning_down(
    "changes", "request_changes", help="退回修改内容，要写原因。", done="已退回修改", english="Sent back"
)
