"""Brands, their groups, the panic switch and what the lead is told."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query

from content_calendar import notices, review
from content_calendar.tables import Notice
from desk.api import models
from desk.api.idempotency import IdempotentRoute
from desk.errors import DeskError
from desk.queries import groups
from desk.web.guards import LARGEST, Id, NoticeReader, Pauser, Reader, Resumer

router = APIRouter(tags=["brand"], route_class=IdempotentRoute)


@router.get("/brands", summary="List brands")
def list_brands(visit: Reader) -> models.ListOf[models.BrandOut]:
    """Every brand of this desk."""
    return models.ListOf(items=[models.BrandOut.model_validate(brand) for brand in visit.brands])


@router.get("/brand", summary="The brand asked about")
def get_brand(visit: Reader) -> models.BrandOut:
    """The one named by `?brand=`, else the first."""
    return models.BrandOut.model_validate(visit.the_brand)


@router.post("/pause", summary="Stop everything")
def pause(visit: Pauser, body: models.ReasonIn) -> models.BrandOut:
    """Nothing is frozen, claimed or called until somebody resumes."""
    with visit.write() as session:
        brand = visit.brand_in(session)
        review.pause_brand(session, brand, user=visit.user(session), reason=body.reason, now=visit.now)
    return models.BrandOut.model_validate(brand)


@router.get("/resume", summary="What fell due meanwhile")
def preview(visit: Resumer) -> models.ListOf[models.OverdueOut]:
    """Each needs a choice: send, drop or hold."""
    with visit.read() as session:
        found = review.resume_preview(session, visit.the_brand, visit.now)
    return models.ListOf(items=[models.OverdueOut.model_validate(item) for item in found])


@router.post("/resume", summary="Go on")
def resume(visit: Resumer, body: models.ResumeIn) -> dict[str, str]:
    """Post id → what was done with it."""
    choices = {int(key): choice for key, choice in body.choices.items()}
    with visit.write() as session:
        done = review.resume_brand(
            session, visit.brand_in(session), user=visit.user(session), choices=choices, now=visit.now
        )
    return {str(key): choice for key, choice in done.items()}


@router.get("/groups", summary="List groups")
def list_groups(
    visit: Reader,
    tier: Annotated[str, Query(max_length=8)] = "",
    q: Annotated[str, Query(max_length=80, description="part of name, code or owner")] = "",
    cursor: Annotated[str, Query(max_length=12, description="`next` of the page before")] = "",
) -> models.ListOf[models.GroupOut]:
    """Active groups, those that heard something last first."""
    number = _number(cursor) if cursor else 1
    with visit.read() as session:
        found = groups.load(session, visit.the_brand, tier=tier, text=q.strip(), number=number)
    items = [models.GroupOut.model_validate(chat.group) for chat in found.chats]
    return models.ListOf(items=items, next=str(number + 1) if found.more else None)


@router.get("/groups/{code:path}/messages", summary="What a simulated group received")
def list_messages(
    visit: Reader, code: str, after: Annotated[int, Query(ge=0, le=LARGEST)] = 0
) -> models.ListOf[models.MessageOut]:
    """The newest, oldest first; only those after message ``after``."""
    with visit.read() as session:
        group = groups.get(session, visit.the_brand, code)
        found = groups.messages(session, group, after=after)
    return models.ListOf(items=[models.MessageOut.model_validate(row) for row in found])


@router.get("/groups/{code:path}", summary="One group")
def get_group(visit: Reader, code: str) -> models.GroupOut:
    """By its code in the workbook."""
    with visit.read() as session:
        return models.GroupOut.model_validate(groups.get(session, visit.the_brand, code))


@router.get("/notices", tags=["notices"], summary="What the lead must be told")
def list_notices(
    visit: Reader, everything: Annotated[bool, Query(description="read ones too")] = False
) -> models.ListOf[models.NoticeOut]:
    """Newest first."""
    with visit.read() as session:
        found = notices.unread(session, visit.the_brand.id, everything=everything)[:500]
    return models.ListOf(items=[models.NoticeOut.model_validate(row) for row in found])


@router.post("/notices/{notice_id}/read", tags=["notices"], summary="Mark as read")
def read_notice(visit: NoticeReader, notice_id: Id) -> models.NoticeOut:
    """The first reader is kept."""
    with visit.write() as session:
        notices.mark_read(session, visit.the_brand.id, notice_id, by=visit.visitor.name, now=visit.now)
    with visit.read() as session:
        return models.NoticeOut.model_validate(session.get_one(Notice, notice_id))


def _number(cursor: str) -> int:
    if not cursor.isdigit() or not 1 <= int(cursor) <= 1_000_000:
        raise DeskError(
            "cursor 读不懂，请原样使用上一页的 next。",
            code="request.cursor",
            english="The cursor is unreadable.",
        )
    return int(cursor)
