"""Writing many posts: claim, brief, write, submit, one commit a draft, so that an interruption loses nothing.

The calendar builds the briefs, the generator writes, the review takes the drafts; none of them knows the others.
A post that somebody moved, edited or cancelled meanwhile keeps what that person did.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from sqlalchemy.orm import Session

from content_calendar import notices, review
from content_calendar.errors import CalendarError
from content_calendar.plan import briefs as briefing
from content_calendar.rules import runs
from content_calendar.rules.runs import Checked
from content_calendar.tables import Brand, Post
from generator.errors import GeneratorError
from generator.writing import write_many
from prompts.brief import Brief, Level
from prompts.draft import Draft
from workers import learning, till
from workers.batches import claims, selection, wishes
from workers.batches.bench import Bench
from workers.batches.bridge import stream
from workers.batches.report import Failure, Progress, WriteReport, untold
from workers.batches.selection import Window
from workers.runtime import Runtime, only_brand

LOT = 200  # posts claimed and briefed at a time: bounds memory, far above any model's concurrency
log = logging.getLogger("chongfen.write")
Told = Callable[[Progress], None]


def write_posts(
    runtime: Runtime,
    what: Sequence[int] | Window,
    *,
    brand_name: str | None = None,
    progress: Told | None = None,
    stop: threading.Event | None = None,
) -> WriteReport:
    """Write the posts with these ids (of one brand), or all in the window that want a text; what came of it.

    ``stop``: ends the batch after the drafts that are finished; what is left goes back to the plan.
    """
    began = time.monotonic()
    brand, ids = _wanted(runtime, what, brand_name)
    report = WriteReport(wanted=len(ids))
    batch = Batch(runtime, Bench(runtime, brand), report, progress or untold, stop or threading.Event())
    for start in range(0, len(ids), LOT):
        if not batch.stop.is_set():
            batch.lot(ids[start : start + LOT])
    report.stopped = batch.stop.is_set()
    report.meter = till.metered(runtime, brand)
    report.seconds = time.monotonic() - began
    return report


def _wanted(
    runtime: Runtime, what: Sequence[int] | Window, brand_name: str | None
) -> tuple[Brand, list[int]]:
    now = runtime.clock.now()
    lease = timedelta(seconds=runtime.settings.lease_seconds * runtime.settings.pace)
    with runtime.database.write() as session:
        claims.take_away(session, now=now, lease=lease)
        if isinstance(what, Window):
            brand = only_brand(session, brand_name)
            return brand, selection.waiting(session, brand, what, now=now)
        return selection.brand_of(session, what), list(what)


@dataclass
class Batch:
    """One run of the writer; ``owner`` is its name on the claims."""

    runtime: Runtime
    bench: Bench
    report: WriteReport
    progress: Told
    stop: threading.Event
    actor: str = claims.ACTOR
    owner: claims.Owner = field(default_factory=claims.Owner)
    _goods: str = ""  # a digest of what was on sale when the briefs were built

    def lot(self, ids: Sequence[int]) -> None:
        """Claim, write and submit one lot; give back what was not finished, whatever happens."""
        with self.runtime.database.write() as session:
            claimed = claims.take(session, ids, owner=self.owner, now=self.runtime.clock.now())
        self.report.skipped += len(ids) - len(claimed)
        self.write(claimed)

    def write(self, claimed: Sequence[Post], instructions: Mapping[int, str] | None = None) -> None:
        """Write and submit posts this batch has claimed."""
        left = {post.id for post in claimed}
        self.bench.till.serve({post.slot_key: post.id for post in claimed})
        try:
            for post_id in self._each(claimed, instructions or {}):
                left.discard(post_id)
        finally:
            self._give_back(left)

    def _each(self, posts: Sequence[Post], instructions: Mapping[int, str]) -> Iterator[int]:
        """Yields the id of each post that is done with."""
        briefs, taken = self._briefs(posts, instructions)
        by_key = {post.slot_key: post for post in posts}
        refused: list[tuple[Brief, GeneratorError]] = []
        drafts = write_many(
            briefs, desk=self.bench.desk, taken_by_tier=taken, failed=lambda *told: refused.append(told)
        )
        idle = self.runtime.settings.lease_seconds / 4
        last_sign = time.monotonic()
        for got in stream(drafts, idle=idle):
            if time.monotonic() - last_sign > idle:
                self._show_life(posts)
                last_sign = time.monotonic()
            if got is not None:
                brief, draft = got
                yield self._done(by_key[brief.post], brief, draft)
            if self.stop.is_set():
                return
        for brief, error in refused:
            self._failed(by_key[brief.post], str(error))

    def _briefs(
        self, posts: Sequence[Post], instructions: Mapping[int, str]
    ) -> tuple[list[Brief], dict[Level, list[str]]]:
        """The briefs of posts that can be briefed, and the texts they must not repeat."""
        with self.runtime.database.read() as session:
            asked = {wish.post_id: wish.text for wish in wishes.of(session, posts).values() if wish.text}
            wanted = {**asked, **instructions}
            plain = [post for post in posts if post.id not in wanted]
            found = self._many(session, plain)
            found += [
                brief for post in posts if post.id in wanted for brief in self._one(session, post, wanted)
            ]
            self._goods = runs.goods(session, posts[0].brand_id) if posts else ""
            return found, selection.taken_by_tier(session, posts)

    def _many(self, session: Session, posts: Sequence[Post]) -> list[Brief]:
        try:
            return briefing.build_many(session, posts, now=self.runtime.clock.now())
        except Exception as error:  # one poisoned post must not keep a day from being written
            log.exception("briefs could not be built together", exc_info=error)
            return [brief for post in posts for brief in self._one(session, post, {})]

    def _one(self, session: Session, post: Post, wanted: Mapping[int, str]) -> list[Brief]:
        """The post's brief, or none after noting why there is none."""
        try:
            now = self.runtime.clock.now()
            return [briefing.build(session, post, now=now, instruction=wanted.get(post.id, ""))]
        except Exception as error:
            log.exception("post %s could not be briefed", post.id, exc_info=error)
            self._failed(post, f"简报做不出来（{type(error).__name__}）")
            return []

    def _done(self, post: Post, brief: Brief, draft: Draft) -> int:
        """Submit one draft in a transaction of its own."""
        try:
            with self.runtime.database.write() as session:
                ours = claims.held(session, post.id, self.owner)
                if ours is not None:
                    now = self.runtime.clock.now()
                    made = review.submit(session, ours, draft, brief, actor=self.actor, now=now)
                    learning.remember(session, self.bench.desk.library, brief, draft, now=now)
                    runs.note(session, made.id, self._checked(draft), now=now)
                    self._remember(session)
        except CalendarError as error:
            self._failed(post, str(error))
            return post.id
        if ours is None:
            self.report.skipped += 1
        else:
            self.report.count(draft)
        done = self.report.written + self.report.skipped + len(self.report.failures)
        self.progress(Progress(done, self.report.wanted, post.kind, post.tier))
        return post.id

    def _checked(self, draft: Draft) -> Checked:
        """By what the draft was checked: rules as they were when the batch began, facts as in its brief."""
        facts = runs.digest_of(draft.facts, self._goods)
        return Checked(self.bench.ruled.fingerprint, facts, draft.findings, "written")

    def _remember(self, session: Session) -> None:
        if self.bench.answers is not None:
            self.bench.answers.flush(session)

    def _failed(self, post: Post, why: str) -> None:
        """Count the failure; after too many the lead is told and the post waits for a person."""
        self.report.failures.append(Failure(post.id, why))
        with self.runtime.database.write() as session:
            row = session.get_one(Post, post.id)
            row.write_attempts += 1
            if row.write_attempts == claims.MOST_TRIES:
                text = f"内容 {post.id}（{post.day:%m-%d} {post.time}）写了 {row.write_attempts} 次都没写成：{why}。请人工撰写。"
                notices.tell(
                    session, brand_id=post.brand_id, code="post.unwritten", subject=f"post:{post.id}",
                    text=text, now=self.runtime.clock.now(),
                )  # fmt: skip

    def _show_life(self, posts: Sequence[Post]) -> None:
        with self.runtime.database.write() as session:
            claims.renew(session, [post.id for post in posts], owner=self.owner, now=self.runtime.clock.now())

    def _give_back(self, ids: set[int]) -> None:
        self.bench.till.flush()
        if not ids:
            return
        with self.runtime.database.write() as session:
            now = self.runtime.clock.now()
            claims.give_back(session, ids, owner=self.owner, now=now, why="没有写完，退回待写")
