"""Before calls are opened: which claims have a free road now, counted in the database for all dispatchers together.

A claim whose road is free soon waits in hand; one that waits longer goes back into the database with its turn, so that no
lease runs out over it; one whose road is closed is ended and says so. No attempt is used up by waiting.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from content_calendar import ledger, roads
from content_calendar.database import Database
from content_calendar.ledger import Claim
from content_calendar.roads import Pass
from workers.channels import Paced

PATIENCE = timedelta(seconds=10)  # a claim waits for its road in hand no longer than this


@dataclass
class Paces:
    """Claims by what their roads allow."""

    go: list[Claim] = field(default_factory=list)
    soon: list[tuple[datetime, Claim]] = field(default_factory=list)  # kept in hand
    away: list[tuple[Claim, datetime]] = field(default_factory=list)  # given back
    shut: list[Claim] = field(default_factory=list)  # ended

    def add(self, claim: Claim, found: Pass, *, patience: datetime) -> None:
        """Put a claim where its pass says."""
        if found.closed:
            self.shut.append(claim)
        elif found.at is None:
            self.go.append(claim)
        elif found.at <= patience:
            self.soon.append((found.at, claim))
        else:
            self.away.append((claim, found.at))


def allowed(
    database: Database, channel: Paced, claims: Sequence[Claim], *, owner: str, now: datetime
) -> Paces:
    """Ask for a pass for each claim. One whose address is unusable goes: the channel says what is wrong with it."""
    found, actor = Paces(), f"system:{owner}"[:80]
    keys = [channel.road(claim.address) for claim in claims]
    pace = channel.can.pace
    with database.write() as session:
        wanted = [key for key in keys if key]
        passes = iter(roads.take(session, claims[0].channel, wanted, pace, now=now) if pace else ())
        for claim, key in zip(claims, keys, strict=True):
            found.add(claim, next(passes, Pass()) if key else Pass(), patience=now + PATIENCE)
        ledger.put_off(session, found.away, actor=actor, now=now)
        ledger.skip(
            session, found.shut, actor=actor, now=now, reason="通道已停用，请到「设置」的「通道设置」处理"
        )
    return found
