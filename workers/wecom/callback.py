"""What the platform calls back: its address is checked, its letters are opened, a new friend is written down once.

Everything here is quick and asks no network: the platform wants its answer within five seconds and says the same again
when it gets none. Whoever greets is told afterwards.
"""

from __future__ import annotations

from datetime import UTC, datetime

from content_calendar import friends
from content_calendar.friends import NewFriend
from workers.runtime import Runtime
from workers.wecom import account as accounts
from workers.wecom import flat_xml
from workers.wecom.letters import BadLetter, Opener, Stamp

WELCOMED = frozenset({"add_external_contact", "add_half_external_contact"})


def check(runtime: Runtime, word: str, stamp: Stamp, echo: str) -> bytes:
    """What to answer when the platform tries the address: the words it sealed. BadLetter when it is not the platform."""
    _brand_id, opener = _listening(runtime, word)
    return opener.open(echo, stamp, now=runtime.clock.now().timestamp())


def take_in(runtime: Runtime, word: str, stamp: Stamp, body: bytes) -> int | None:
    """The id of a new friend to be welcomed; None when there is none, or it has been told before. BadLetter as above."""
    brand_id, opener = _listening(runtime, word)
    now = runtime.clock.now()
    try:
        sealed = flat_xml.fields(body).get("Encrypt", "")
        told = flat_xml.fields(opener.open(sealed, stamp, now=now.timestamp()))
    except flat_xml.BadXml as error:
        raise BadLetter("xml") from error
    friend = _new_friend(told, now)
    if friend is None:
        return None
    with runtime.database.write() as session:
        owner = accounts.owner_of(session, brand_id, friend.member)
        return friends.note(session, brand_id, friend, owner=owner, now=now)


def _listening(runtime: Runtime, word: str) -> tuple[int, Opener]:
    with runtime.database.read() as session:
        found = accounts.listening(session, word, runtime.settings.secrets)
    if found is None:
        raise BadLetter("address")
    return found


def _new_friend(told: dict[str, str], now: datetime) -> NewFriend | None:
    """The event when it is one of a new friend. It is the same when the platform's own marks are the same."""
    change = told.get("ChangeType", "")
    if told.get("Event") != "change_external_contact" or change not in WELCOMED or not told.get("UserID"):
        return None
    marks = ("MsgId", "FromUserName", "CreateTime", "Event", "ChangeType", "UserID", "ExternalUserID")
    identity = tuple(told.get(mark, "") for mark in marks)
    return NewFriend(change, identity, told["UserID"], told.get("WelcomeCode", ""), _when(told, now))


def _when(told: dict[str, str], now: datetime) -> datetime:
    written = told.get("CreateTime", "")
    if not written.isascii() or not written.isdigit() or len(written) > 10:
        return now
    return datetime.fromtimestamp(int(written), UTC)
