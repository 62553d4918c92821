"""Having a post written (again): at once when the offline writer does it, by a worker when a model must be asked.

Before an editor's eyes it is proposed first, and becomes a version when the editor takes it.
"""

from __future__ import annotations

from content_calendar.tables import Post
from desk.errors import DeskError
from desk.queries import post as posts
from desk.web.visit import Visit
from workers.batches import proposals
from workers.batches.proposals import Proposing
from workers.runtime import Runtime

LONGEST = 400  # characters of an instruction


def ask(runtime: Runtime, post_id: int, *, instruction: str, user_name: str) -> bool:
    """True when the new revision is there already, False when a worker was asked to write it."""
    from workers.batches import rewrite

    instruction = _one_line(instruction)
    if runtime.settings.models:
        rewrite.ask(runtime, post_id, instruction=instruction, user_name=user_name)
        return False
    report = rewrite.rewrite(runtime, post_id, instruction=instruction, user_name=user_name)
    if not report.written:
        why = report.failures[0].reason if report.failures else "有人同时在改它"
        raise DeskError(f"没有写成：{why}", code="write.failed", english=f"It could not be written: {why}")
    return True


def begin(visit: Visit, post_id: int, *, instruction: str, base: str) -> Proposing:
    """Make ready to propose another text for a post of the visitor's brand in place of the revision with hash ``base``."""
    return proposals.begin(
        visit.runtime, post_id, instruction=_one_line(instruction), base=base, user=visit.visitor.name
    )


def accept(visit: Visit, post_id: int, number: str) -> None:
    """What was proposed to this visitor becomes the newest version; StateConflict when somebody was faster."""
    with visit.read() as session:
        posts.get(session, visit.the_brand, post_id)
    kept = proposals.find(visit.runtime, number, post_id=post_id, user=visit.visitor.name)
    with visit.write() as session:
        proposals.take(session, visit.runtime, kept)
        found = session.get_one(Post, post_id)
        posts.looked(session, found, viewer=visit.visitor.id, now=visit.now)  # it was before their eyes
    proposals.discard(visit.runtime, number)


def _one_line(instruction: str) -> str:
    return " ".join(instruction.split())[:LONGEST]


def write_window(runtime: Runtime, post_ids: list[int]) -> None:
    """Ask a worker to write these posts."""
    from workers import calling

    calling.call(runtime.settings, "write_posts", post_ids)
