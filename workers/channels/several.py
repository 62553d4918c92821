"""A message of text and pictures over a robot that carries one thing a call: the words first, then each picture.

Every part is on record before its call. Once the words are there the delivery ends as sent, with the notice that a picture is
missing when it could not follow: nothing would be worse than the words twice. Only a lost answer leaves the question open.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from content_calendar import parts, roads
from content_calendar.forms import Message
from content_calendar.ledger import Outgoing
from content_calendar.roads import Pace
from content_calendar.tables import Brand
from workers.channels.base import Outcome, Tools

WAIT = 20.0  # real seconds that a picture may wait for its turn on the road
TRIES = 3  # of one picture, when the platform is busy


@dataclass(frozen=True)
class Robot:
    """Whose parts they are: the channel's key, its road and pace, and how one part is said."""

    key: str
    road: str
    pace: Pace
    say: Callable[[Message], Awaitable[Outcome]]


def split(message: Message) -> tuple[Message, ...]:
    """The words (with their card), then each picture by itself; one part when there is nothing to split."""
    pictures = tuple(Message("", "", None, (), (digest,)) for digest in message.pictures)
    if not message.text and message.card is None:
        return pictures or (message,)
    return (Message(message.raw, message.text, message.card, message.links, ()), *pictures)


async def send(tools: Tools, message: Outgoing, said: Sequence[Message], robot: Robot) -> Outcome:
    """Say what is not there yet, in order; the outcome of the whole."""

    def there() -> frozenset[int]:
        with tools.database.read() as session:
            return parts.arrived(session, message.delivery_id)

    done = await tools.in_thread(there)
    begun = False
    for number, part in enumerate(said):
        if number in done:
            continue
        if begun:  # the dispatcher counted one call of this attempt
            why = await _turn(tools, message, robot)
            if why:
                return await _half(tools, message, robot.key, why)
        begun = True
        outcome = await _part(tools, message, number, part, robot)
        if outcome.kind == "unknown" or (outcome.kind == "refused" and not number and not done):
            return outcome
        if outcome.kind == "refused":
            return await _half(tools, message, robot.key, outcome.code)
    return Outcome("sent", code=f"{robot.key}.0")


async def _part(tools: Tools, message: Outgoing, number: int, part: Message, robot: Robot) -> Outcome:
    """Say one part; a picture the platform is too busy for is tried again at once."""
    kind = "image" if part.pictures else "text"
    for attempt in range(1, TRIES + 1):

        def begin() -> bool:
            with tools.database.write() as session:
                return parts.begin(session, message.delivery_id, number, kind, now=tools.clock.now())

        if not await tools.in_thread(begin):
            return Outcome("sent", code=f"{robot.key}.0")
        outcome = await robot.say(part)

        def end(found: Outcome = outcome) -> None:
            with tools.database.write() as session:
                parts.end(
                    session, message.delivery_id, number, found.kind, code=found.code, now=tools.clock.now()
                )

        await tools.in_thread(end)
        later = outcome.retry_after
        if (
            kind == "text"
            or outcome.kind != "refused"
            or later is None
            or later > WAIT / TRIES
            or attempt == TRIES
        ):
            break
        await asyncio.sleep(later)
    return outcome


async def _turn(tools: Tools, message: Outgoing, robot: Robot) -> str:
    """Another pass on the robot's road, as soon as there is one; a word when there is none in time, or the brand was paused."""
    ends = asyncio.get_running_loop().time() + WAIT

    def take() -> tuple[bool, float, str]:
        now = tools.clock.now()
        with tools.database.write() as session:
            if session.get_one(Brand, message.brand_id).paused_at is not None:
                return False, 0.0, "paused"
            (found,) = roads.take(session, robot.key, [robot.road], robot.pace, now=now)
            wait = tools.clock.real_seconds_until(found.at) if found.at is not None else 0.0
            return found.granted, wait, found.closed

    while True:
        granted, wait, closed = await tools.in_thread(take)
        if granted or closed:
            return closed
        left = ends - asyncio.get_running_loop().time()
        if wait > left or left <= 0:
            return "paced"
        await asyncio.sleep(max(wait, 0.05))


async def _half(tools: Tools, message: Outgoing, key: str, why: str) -> Outcome:
    def tell() -> None:
        with tools.database.write() as session:
            parts.tell(
                session, message.brand_id, message.delivery_id, message.group_name, why, now=tools.clock.now()
            )

    await tools.in_thread(tell)
    return Outcome("sent", code=f"{key}.partial.{why.removeprefix(f'{key}.')}")
