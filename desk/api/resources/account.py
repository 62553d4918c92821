"""Who the caller is, and their tokens."""

from __future__ import annotations

from fastapi import APIRouter

from content_calendar.tables import ApiToken
from desk.api import models
from desk.api.idempotency import IdempotentRoute
from desk.auth import tokens
from desk.auth.roles import May
from desk.queries import people
from desk.web.guards import Id, Reader, TokenKeeper

router = APIRouter(tags=["account"], route_class=IdempotentRoute)


@router.get("/me", summary="Who am I")
def me(visit: Reader) -> models.MeOut:
    """Name, role and what it allows."""
    visitor = visit.visitor
    return models.MeOut(
        name=visitor.name, display=visitor.display, role=visitor.role, by=visitor.by,
        may=sorted(what for what in May if visit.may(what)),
    )  # fmt: skip


@router.get("/tokens", summary="My tokens")
def list_tokens(visit: TokenKeeper) -> models.ListOf[models.TokenOut]:
    """Live ones, newest first; never their secrets."""
    with visit.read() as session:
        rows = people.tokens_of(session, [visit.visitor.id])
    return models.ListOf(items=[models.TokenOut.model_validate(row) for row, _user in rows])


@router.post("/tokens", status_code=201, summary="Make a token")
def make_token(visit: TokenKeeper, body: models.TokenIn) -> models.TokenMade:
    """The secret is shown in this answer and never again."""
    with visit.write() as session:
        made = tokens.create(
            session, visit.user(session), body.name, now=visit.now, actor=visit.visitor.actor
        )
    with visit.read() as session:
        plain = models.TokenOut.model_validate(session.get_one(ApiToken, made.id))
    return models.TokenMade(**plain.model_dump(), secret=made.secret)


@router.delete("/tokens/{token_id}", status_code=204, summary="Revoke a token")
def revoke_token(visit: TokenKeeper, token_id: Id) -> None:
    """One's own; anybody's for the lead."""
    with visit.write() as session:
        owner = None if visit.may(May.users) else visit.user(session)
        tokens.revoke(session, token_id, owner=owner, now=visit.now, actor=visit.visitor.actor)
