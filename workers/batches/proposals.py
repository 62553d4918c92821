"""A post written again before an editor's eyes: proposed first; only what the editor takes becomes a revision.

While it is proposed nothing of the post changes: no claim, no state, no row. What was proposed is kept for an hour as a file
of this data folder, named by a random number, and may be taken by the one it was proposed to, on the text it began from.
"""

from __future__ import annotations

import asyncio
import os
import re
import secrets
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from pydantic import BaseModel
from sqlalchemy.orm import Session

from content_calendar import review, revised
from content_calendar.errors import NotFound, StateConflict
from content_calendar.plan import briefs as briefing
from content_calendar.rules import runs
from content_calendar.rules.runs import Checked
from content_calendar.tables import Revision
from generator.writing import Made, Told, write_aloud
from generator.writing.aloud import PATIENCE
from prompts.brief import Brief
from prompts.draft import Draft
from workers import learning
from workers.batches import claims, rewrite, selection
from workers.batches.bench import Bench
from workers.runtime import Runtime

KEEP = timedelta(hours=1)
_NUMBER = re.compile(r"[0-9a-f]{32}")


class Proposal(BaseModel):
    """What was proposed, of which post, to whom, in place of which text."""

    post_id: int
    user: str
    base: str
    at: datetime
    brief: Brief
    draft: Draft
    rules: str
    goods: str


@dataclass(frozen=True)
class Proposing:
    """All that is known before the writing begins. ``old``: the text it is to replace."""

    runtime: Runtime
    post_id: int
    user: str
    base: str
    old: str
    brief: Brief
    taken: tuple[str, ...]
    bench: Bench
    goods: str

    async def told(self, *, patience: float = PATIENCE) -> AsyncGenerator[Told, None]:
        """The words as they come, then the draft; its model calls are in the book however it ends."""
        try:
            written = write_aloud(self.brief, desk=self.bench.desk, taken=self.taken, patience=patience)
            async with aclosing(written) as told:
                async for one in told:
                    yield one
        finally:
            await asyncio.shield(asyncio.to_thread(self.bench.till.flush))

    async def made(self) -> Draft:
        """The draft, for who does not watch it come."""
        found = [one.draft async for one in self.told() if isinstance(one, Made)]
        return found[-1]

    def keep(self, draft: Draft) -> str:
        """Keep what was proposed; the number to take it by. Older ones are swept away."""
        now = self.runtime.clock.now()
        folder = _folder(self.runtime)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for old in folder.glob("*.json"):
            if datetime.fromtimestamp(old.stat().st_mtime, now.tzinfo) < datetime.now(now.tzinfo) - KEEP:
                old.unlink(missing_ok=True)
        kept = Proposal(
            post_id=self.post_id, user=self.user, base=self.base, at=now, brief=self.brief, draft=draft,
            rules=self.bench.ruled.fingerprint, goods=self.goods,
        )  # fmt: skip
        number = secrets.token_hex(16)
        handle = os.open(folder / f"{number}.json", os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(kept.model_dump_json())
        return number


def begin(runtime: Runtime, post_id: int, *, instruction: str, base: str, user: str) -> Proposing:
    """Make ready to write the post again in place of the revision with hash ``base``.

    StateConflict when the post may not be written again now, or somebody has changed it meanwhile.
    """
    with runtime.database.read() as session:
        post = rewrite.writable(session, post_id)
        newest = revised.newest(session, post)
        review.same_base(newest, base)
        brief = briefing.build(session, post, now=runtime.clock.now(), instruction=instruction.strip())
        taken = selection.taken_by_tier(session, [post]).get(brief.tier.level, [])
        old = newest.text if newest else ""
        goods, brand, key = (
            runs.goods(session, post.brand_id),
            selection.brand_of(session, [post_id]),
            post.slot_key,
        )
    bench = Bench(runtime, brand)
    bench.till.serve({key: post_id})
    # A wish mends the old text and may stay near it; without one another text is wanted.
    apart = (*taken, old) if old and not brief.instruction else tuple(taken)
    return Proposing(runtime, post_id, user, base, old, brief, apart, bench, goods)


def find(runtime: Runtime, number: str, *, post_id: int, user: str) -> Proposal:
    """What was proposed to ``user`` for this post under ``number``; NotFound when it is not there (any more)."""
    path = _folder(runtime) / f"{number}.json"
    if _NUMBER.fullmatch(number) and path.is_file():
        kept = Proposal.model_validate_json(path.read_bytes())
        if (kept.post_id, kept.user) == (post_id, user):
            return kept
    raise NotFound(
        "这份新稿已经不在了（只留一小时），请再写一次。",
        english="This proposal is no longer kept (they last an hour); have it written again.",
    )


def take(session: Session, runtime: Runtime, kept: Proposal) -> Revision:
    """Make what was proposed the post's newest revision, in review; StateConflict when somebody was faster."""
    now, actor, owner = runtime.clock.now(), f"user:{kept.user}", claims.Owner()
    post = rewrite.writable(session, kept.post_id)
    review.same_base(revised.newest(session, post), kept.base)
    if not claims.take(session, [post.id], owner=owner, now=now, states=rewrite.FROM, actor=actor):
        raise StateConflict(
            f"内容 {post.id} 刚被别人改动过，请刷新后再试。",
            english=f"Post {post.id} was changed by somebody else; refresh and try again.",
        )
    made = review.submit(session, post, kept.draft, kept.brief, actor=actor, now=now, base_hash=kept.base)
    bench = Bench(runtime, selection.brand_of(session, [post.id]))
    learning.remember(session, bench.desk.library, kept.brief, kept.draft, now=now)
    stands_on = runs.digest_of(kept.draft.facts, kept.goods)
    runs.note(session, made.id, Checked(kept.rules, stands_on, kept.draft.findings, "written"), now=now)
    return made


def discard(runtime: Runtime, number: str) -> None:
    """Forget what was proposed."""
    if _NUMBER.fullmatch(number):
        (_folder(runtime) / f"{number}.json").unlink(missing_ok=True)


def _folder(runtime: Runtime) -> Path:
    return runtime.settings.data_dir / "proposals"
