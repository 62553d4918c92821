"""`chongfen reject`: reject posts, with a reason."""

from __future__ import annotations

from desk.cli import deciding

command = deciding.turning_down(
    "reject", "reject", help="退稿内容，要写原因。", done="已退稿", english="Rejected"
)
