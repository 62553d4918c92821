"""`/calendar/{brand}/{token}.ics`: the calendar for a phone's own calendar, by a private link that opens nothing else.

The link's token is kept as its fingerprint among the user's tokens and is revoked like them; it is no bearer token, and a
bearer token opens no feed. Whoever is disabled feeds nobody.
"""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from content_calendar import brands, zones
from content_calendar.tables import Brand
from desk.auth import tokens
from desk.errors import Missing
from desk.queries import cards
from desk.queries.cards import Card
from desk.web import i18n, ics, words
from desk.web.addresses import Chosen
from desk.web.guards import Id
from desk.web.rendering import visible
from desk.web.visit import language_of, runtime_of

router = APIRouter(include_in_schema=False)
BACK, AHEAD = timedelta(days=14), timedelta(days=60)
MOST = 5_000  # events of one feed
_SURE = frozenset({"approved", "releasing", "released"})
_OFF = frozenset({"cancelled", "rejected", "missed"})


@router.get("/calendar/{brand_id}/{token}.ics")
def feed(
    request: Request, brand_id: Id, token: Annotated[str, Path(max_length=80)], chosen: Chosen
) -> Response:
    """The brand's posts from two weeks ago to two months ahead, filtered as the week page is."""
    request.app.state.throttle.try_link(request.client.host if request.client else "")
    runtime = runtime_of(request)
    now = runtime.clock.now()
    i18n.use(language_of(request))
    with runtime.database.read() as session:
        found = tokens.find(session, token, mark=tokens.FEED)
        brand = next((one for one in brands.customers(session) if one.id == brand_id), None)
        if found is None or brand is None:
            raise Missing(
                "这个订阅地址不在了，请在设置里新建一个。", code="feed.not_found",
                english="This feed is not there (any more); make a new one in the settings.",
            )  # fmt: skip
        used = found[1].id if tokens.stale(found[1], now=now) else None
        where = zones.zone(brand.zone)
        today = zones.local_day(now, where)
        first, last = today - BACK, today + AHEAD
        shown = [
            card
            for card in cards.load(session, brand, *cards.of_days(first, last), now=now, limit=MOST)
            if chosen.keeps(card) and chosen.keeps_state(card)
        ]
    if used is not None:
        with runtime.database.write() as session:
            tokens.used(session, used, now=now)
    base = base_of(request)
    events = (_event(card, brand, base) for card in shown)
    return _answer(request, ics.feed(brand.name, where, events, first=first, last=last, now=now))


def base_of(request: Request) -> str:
    """Where this desk is reached from outside."""
    public: str = runtime_of(request).settings.public_url
    return (public or str(request.base_url)).rstrip("/")


def _event(card: Card, brand: Brand, base: str) -> ics.Event:
    status = "CONFIRMED" if card.state in _SURE else "CANCELLED" if card.state in _OFF else "TENTATIVE"
    state, tier, kind = (
        words.FILTERS["post_state"](card.state),
        words.FILTERS["tier"](card.tier),
        words.FILTERS["kind"](card.kind),
    )
    lines = [
        card.line,
        card.campaign,
        f"{words.FILTERS['lane'](card.lane)} · {i18n._('{n} 个群', n=card.groups)}",
        card.owner,
    ]
    return ics.Event(
        uid=f"post-{card.id}@{brand.uid}", start=card.due_at, title=visible(f"{state} · {tier} · {kind} · {card.line}"[:200]),
        text=visible("\n".join(line for line in lines if line)), url=f"{base}/posts/{card.id}", status=status, kind=kind,
    )  # fmt: skip


def _answer(request: Request, body: str) -> Response:
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    headers = {
        "ETag": tag,
        "Cache-Control": "private, no-cache",
        "Content-Disposition": 'inline; filename="chongfen.ics"',
    }
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)
