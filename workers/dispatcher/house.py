"""The dispatcher's database work, each step a transaction of its own, none of them able to stop the others.

Runs in the dispatcher's database thread. Looks first through a reading session, so that an idle dispatcher
never takes the write lock of SQLite. A post that makes a step fail is held and named; the rest goes on.
"""

from __future__ import annotations

import logging
import time
import traceback
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session

from content_calendar import ledger, review
from content_calendar.database import Database
from content_calendar.ledger import Claim, Opened, Result
from content_calendar.ledger.attempts import Seen
from content_calendar.ledger.door import Inspector, Refusal
from content_calendar.states import PostState
from workers import pulse
from workers.dispatcher.rhythm import Rhythm

log = logging.getLogger("chongfen.dispatch")
FRESH = 0.5  # real seconds the door's word about a post holds; its state, version and pauses are looked at each time
FREEZING = 0.2  # real seconds of one round for posts that are still to come
Gone = (OperationalError, InterfaceError)  # the database is away or busy: wait and come again


@dataclass
class Round:
    """What one round of the house brought."""

    claims: list[Claim] = field(default_factory=list)
    count: Counter[str] = field(default_factory=Counter)
    more: bool = False  # there was no time to look at everything

    def __bool__(self) -> bool:
        return bool(self.claims) or self.more or self.count.total() > 0


@dataclass
class Lately:
    """The posts the door let pass within the last half second; all are forgotten together."""

    _posts: Seen = field(default_factory=dict)
    _since: float = 0.0

    def posts(self) -> Seen:
        """What is still fresh."""
        if time.monotonic() - self._since > FRESH:
            self._posts, self._since = {}, time.monotonic()
        return self._posts


@dataclass(frozen=True)
class House:
    """``owner``: who we are in leases; ``guards``: channel → seconds its duplicate guard lasts; ``installed``: channels
    there are; ``inspect``: the last check of every text.
    """

    database: Database
    owner: str
    rhythm: Rhythm
    guards: Mapping[str, float]
    installed: frozenset[str]
    inspect: Inspector | None = None
    lately: Lately = field(default_factory=Lately)

    def round(self, *, now: datetime, until: datetime | None, room: int) -> Round:
        """Freeze ahead, reap, mark what was missed, sweep the backlog, close, claim up to ``room``."""
        found = Round()
        by = now + self.rhythm.look_ahead if until is None else min(now + self.rhythm.look_ahead, until)
        began = time.monotonic()
        for post_id in self._to_freeze(now, until):
            self._freeze(found, post_id, now)
            if time.monotonic() - began > FREEZING:
                found.more = True  # what is due meanwhile comes first; the next round goes on
                break
        for step in self._needed(now):
            self._step(found, step)
        found.claims = self._claim(now, by, room)
        return found

    def claim_more(self, *, now: datetime, until: datetime | None, room: int) -> Round:
        """Only claim: the round a moment ago took all it may take at once, and there is more."""
        by = now + self.rhythm.look_ahead if until is None else min(now + self.rhythm.look_ahead, until)
        return Round(claims=self._claim(now, by, room))

    def _needed(self, now: datetime) -> list[Callable[[Session], Counter[str]]]:
        """The steps that would find something to do."""
        late_after = self.rhythm.late_after
        with self.database.read() as session:
            looks: list[tuple[bool, Callable[[Session], Counter[str]]]] = [
                (ledger.expired_leases(session, now=now), lambda s: self._reap(s, now)),
                (review.overdue(session, now=now), lambda s: self._miss(s, now)),
                (ledger.backlog(session, now=now, late_after=late_after), lambda s: self._sweep(s, now)),
                (ledger.finished(session), lambda s: Counter(released=ledger.close_finished(s, now=now))),
            ]
        return [step for needed, step in looks if needed]

    def _to_freeze(self, now: datetime, until: datetime | None) -> Sequence[int]:
        by = now + self.rhythm.horizon
        with self.database.read() as session:
            return ledger.due(session, by=by if until is None else min(by, until))

    def _step(self, found: Round, step: Callable[[Session], Counter[str]]) -> None:
        try:
            with self.database.write() as session:
                count = step(session)
        except Gone:
            raise
        except Exception as error:
            _log_failure("a step of the house failed", error)
            return
        found.count.update({key: value for key, value in count.items() if value})

    def _reap(self, session: Session, now: datetime) -> Counter[str]:
        reaped = ledger.reap(session, now=now, guards=self.guards)
        return Counter(taken_back=reaped.replanned, unknown=reaped.unknown)

    def _miss(self, session: Session, now: datetime) -> Counter[str]:
        return Counter(missed=len(review.mark_missed(session, now=now)))

    def _sweep(self, session: Session, now: datetime) -> Counter[str]:
        swept = ledger.sweep(session, now=now, late_after=self.rhythm.late_after)
        return Counter(paced=swept.paced, expired=swept.expired, skipped=swept.skipped, held=swept.asked)

    def _freeze(self, found: Round, post_id: int, now: datetime) -> None:
        try:
            with self.database.write() as session:
                state = ledger.freeze(
                    session, post_id, now=now, installed=self.installed, inspect=self.inspect
                )
        except Gone:
            raise
        except Exception as error:
            state = self.hold(post_id, _poisoned(error), now=now)
        if state is not None:
            found.count[state.value] += 1

    def _claim(self, now: datetime, until: datetime, room: int) -> list[Claim]:
        if room <= 0:
            return []
        with self.database.read() as session:
            if not ledger.claimable(session, now=now, until=until, late_after=self.rhythm.late_after):
                return []
        with self.database.write() as session:
            return ledger.claim(
                session, owner=self.owner, now=now, until=until, lease=self.rhythm.claim,
                limit=min(room, self.rhythm.claim_batch), late_after=self.rhythm.late_after,
            )  # fmt: skip

    def open(self, claims: Sequence[Claim], *, now: datetime, max_bytes: int) -> Opened:
        """Open attempts for one channel's claims; posts the door refuses are held, a poisoned one too."""
        try:
            with self.database.write() as session:
                opened = self._open(session, claims, now, max_bytes)
        except Gone:
            raise
        except Exception as error:
            return self._open_apart(claims, error, now=now, max_bytes=max_bytes)
        for post_id, refusal in opened.refusals.items():
            self.hold(post_id, refusal, now=now)
        return opened

    def carry_on(
        self, claims: Sequence[Claim], results: Sequence[Result], *, now: datetime, max_bytes: int
    ) -> tuple[Opened, Counter[str]]:
        """Open these claims and settle those results in one transaction, for one wait for the disk; apart when that fails."""
        # A late answer about a delivery that is claimed again decides whether it goes: it is written down before.
        apart = not results or {claim.delivery_id for claim in claims} & {one.delivery_id for one in results}
        try:
            both = None if apart else self._together(claims, results, now=now, max_bytes=max_bytes)
        except Gone:
            raise
        except Exception as error:
            log.warning("opening and settling together failed: %s", type(error).__name__)
            both = None
        if both is None:
            settled = self.settle(results, now=now) if results else Counter[str]()
            return self.open(claims, now=now, max_bytes=max_bytes), settled
        for post_id, refusal in both[0].refusals.items():
            self.hold(post_id, refusal, now=now)
        return both

    def _together(
        self, claims: Sequence[Claim], results: Sequence[Result], *, now: datetime, max_bytes: int
    ) -> tuple[Opened, Counter[str]]:
        with self.database.write() as session:  # opening first: posts are locked before deliveries
            opened = self._open(session, claims, now, max_bytes)
            return opened, ledger.settle(session, results, now=now)

    def _open(self, session: Session, claims: Sequence[Claim], now: datetime, max_bytes: int) -> Opened:
        return ledger.open_attempts(
            session, claims, owner=self.owner, now=now, lease=self.rhythm.lease, max_bytes=max_bytes,
            inspect=self.inspect, seen=self.lately.posts(),
        )  # fmt: skip

    def _open_apart(
        self, claims: Sequence[Claim], error: Exception, *, now: datetime, max_bytes: int
    ) -> Opened:
        """One post at a time, so that the poisoned one is found and the others still go out."""
        by_post: dict[int, list[Claim]] = {}
        for claim in claims:
            by_post.setdefault(claim.post_id, []).append(claim)
        if len(by_post) == 1:
            (post_id,) = by_post
            self.hold(post_id, _poisoned(error), now=now)
            self.hand_back(claims, now=now, reason="准备发送时出错")
            return Opened()
        parts = [self.open(group, now=now, max_bytes=max_bytes) for group in by_post.values()]
        return Opened(
            calls=tuple(call for part in parts for call in part.calls),
            skipped=sum(part.skipped for part in parts),
            expired=sum(part.expired for part in parts),
        )

    def hold(self, post_id: int, refusal: Refusal, *, now: datetime) -> PostState | None:
        """Hold a post (or mark it missed) in a transaction of its own."""
        log.warning("post %s stopped: %s", post_id, refusal.code)
        with self.database.write() as session:
            return ledger.refuse(session, post_id, refusal, now=now)

    def settle(self, results: Sequence[Result], *, now: datetime) -> Counter[str]:
        """Write down what the calls brought; one result that cannot be written never keeps the others back."""
        try:
            with self.database.write() as session:
                return ledger.settle(session, results, now=now)
        except Gone:
            raise
        except Exception as error:
            if len(results) > 1:
                return sum((self.settle([result], now=now) for result in results), Counter[str]())
            # Its lease runs out and the reaper asks a person: the call was made, so it must not be repeated.
            _log_failure(f"the result of {results[0].delivery_id} could not be written", error)
            return Counter(unwritten=1)

    def skip(self, claims: Sequence[Claim], *, now: datetime, reason: str) -> int:
        """End claims that no channel here can carry."""
        with self.database.write() as session:
            return ledger.skip(session, claims, actor=f"system:{self.owner}"[:80], now=now, reason=reason)

    def hand_back(self, claims: Sequence[Claim], *, now: datetime, reason: str) -> int:
        """Give claims back that nothing was done with."""
        with self.database.write() as session:
            return ledger.hand_back(
                session, claims, actor=f"system:{self.owner}"[:80], now=now, reason=reason
            )

    def next_moment(self, after: datetime) -> datetime | None:
        """When something approved or frozen falls due next."""
        with self.database.read() as session:
            return ledger.next_moment(session, after=after)

    def stamp(self, name: str, *, now: datetime, in_hand: int, lateness: dict[str, object]) -> None:
        """Say that this dispatcher is alive."""
        with self.database.write() as session:
            pulse.stamp(session, f"dispatcher:{name}", now=now, in_hand=in_hand, lateness=lateness)

    def renew(self, *, now: datetime) -> int:
        """Say that we still mean to carry out what we hold; how many leases were renewed."""
        with self.database.read() as session:
            if not ledger.renewable(session, owner=self.owner, now=now, lease=self.rhythm.claim):
                return 0
        with self.database.write() as session:
            return ledger.renew(session, owner=self.owner, now=now, lease=self.rhythm.claim)


def _poisoned(error: Exception) -> Refusal:
    _log_failure("a post could not be prepared for sending", error)
    return Refusal("poisoned", f"准备发送时出错（{type(error).__name__}），请检查这条内容后恢复。")


def _log_failure(what: str, error: Exception) -> None:
    where = "".join(
        traceback.format_tb(error.__traceback__)
    )  # not the message: it may hold a customer's text
    log.error("%s: %s\n%s", what, type(error).__name__, where)
