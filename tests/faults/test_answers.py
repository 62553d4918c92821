"""Answers that are dropped, wrong, slow, trickling or cut: each call is made once and judged by what it proves."""

from __future__ import annotations

from datetime import timedelta

import pytest

from content_calendar.clock import FixedClock
from content_calendar.tables import Delivery
from tests.fakes.receiver import Answer, Receiver, Request
from tests.faults.count import must_add_up
from tests.faults.deaths import HOOK
from tests.release_world import NINE, World
from workers.channels.webhook import channel
from workers.channels.webhook.wire import Limits
from workers.dispatcher import Dispatcher
from workers.runtime import Runtime
from workers.settings import Settings

pytestmark = [pytest.mark.faults, pytest.mark.databases]
BODY = b'{"id": "r-1", "pad": "' + b"x" * 40 + b'"}'
# Every answer is given after the message was taken: the receiver counts all of them.
ANSWERS = {
    "G0000": (Answer(cut=0), "unknown"),  # dropped after it was accepted
    "G0001": (Answer(400), "refused"),  # accepted, then said to be refused: believed, and not tried again
    "G0002": (Answer(stall=30), "unknown"),  # silent beyond every time limit
    "G0003": (Answer(drip=0.1, body=BODY), "unknown"),  # each byte in time, the whole too late
    "G0004": (Answer(drip=0.001, body=BODY), "sent"),  # trickling, but in time
    "G0005": (Answer(stall=0.2), "sent"),  # slow, but in time
    "G0006": (Answer(cut=60, body=BODY), "unknown"),  # cut in the middle of the body
    "G0007": (Answer(500), "unknown"),
    "G0008": (Answer(reset=True), "unknown"),
}


def test_each_call_is_made_once_and_believed_only_as_far_as_its_answer_goes(
    hooked: World, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(channel, "LIMITS", Limits(total=3, silence=2))
    blank = (Answer(), "sent")

    def behaviour(request: Request) -> Answer:
        return ANSWERS.get(request.document["group"], blank)[0]

    receiver.behaviour = behaviour
    hooked.approved()
    clock = FixedClock(NINE, simulated=False)
    runtime = Runtime(Settings(**HOOK), hooked.database, clock)
    Dispatcher(runtime, "one").run_until(NINE + timedelta(minutes=14))

    codes = {group.id: group.code for group in hooked.groups()}
    found = {codes[row.group_id]: row.state for row in hooked.rows(Delivery)}
    assert found == {code: ANSWERS.get(code, blank)[1] for code in codes.values()}
    assert len(receiver.requests) == 12  # not one was repeated
    must_add_up(hooked, receiver, now=clock.now())
