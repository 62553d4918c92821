"""Having a post written (again): at once when the offline writer does it, by a worker when a model must be asked."""

from __future__ import annotations

from desk.errors import DeskError
from workers.runtime import Runtime

LONGEST = 400  # characters of an instruction


def ask(runtime: Runtime, post_id: int, *, instruction: str, user_name: str) -> bool:
    """True when the new revision is there already, False when a worker was asked to write it."""
    from workers.batches import rewrite

    instruction = " ".join(instruction.split())[:LONGEST]
    if runtime.settings.models:
        rewrite.ask(runtime, post_id, instruction=instruction, user_name=user_name)
        return False
    report = rewrite.rewrite(runtime, post_id, instruction=instruction, user_name=user_name)
    if not report.written:
        why = report.failures[0].reason if report.failures else "有人同时在改它"
        raise DeskError(f"没有写成：{why}", code="write.failed", english=f"It could not be written: {why}")
    return True


def write_window(runtime: Runtime, post_ids: list[int]) -> None:
    """Ask a worker to write these posts."""
    from workers import calling

    calling.call(runtime.settings, "write_posts", post_ids)
