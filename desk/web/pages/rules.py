"""Rules (`/rules`): the packs and what they say, what this brand silences and adds, and a box to try a text in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Query, Request, Response
from fastapi.responses import HTMLResponse
from sqlalchemy.orm import Session

from content_calendar.rules import changing, drafts
from content_calendar.tables import Brand
from desk import errors
from desk.acts import house_rules
from desk.errors import DeskError
from desk.queries import marking
from desk.queries import rules as queries
from desk.web.guards import Id, Reader, RuleKeeper
from desk.web.rendering import go, page
from desk.web.visit import Visit
from generator.checks.brand import catalogue
from generator.checks.rules import packs
from prompts.draft import Finding
from prompts.kinds import all_kinds
from workers.checks import recheck, trying

router = APIRouter(include_in_schema=False)
Text = Annotated[str, Form(max_length=4000)]
Line = Annotated[str, Form(max_length=400)]
Key = Annotated[str, Form(max_length=80)]


@dataclass(frozen=True)
class Tried:
    """A text somebody tried, and what was found in it."""

    text: str
    kind: str
    findings: tuple[Finding, ...]
    pieces: tuple[marking.Piece, ...]


@router.get("/rules", response_class=HTMLResponse)
def rules(request: Request, visit: Reader, pack: Annotated[str, Query(max_length=40)] = "") -> HTMLResponse:
    """One pack, or what is this brand's own."""
    return _show(request, visit, pack=pack)


@router.post("/rules/try", response_class=HTMLResponse)
def attempt(request: Request, visit: Reader, text: Text = "", kind: Key = "") -> HTMLResponse:
    """What the rules find in a text; nothing is stored."""
    if not text.strip():
        return _show(request, visit, wrong=_say(visit, _empty()), status=422)
    with visit.read() as session:
        house = trying.house_of(session, visit.the_brand, now=visit.now)
    found = trying.look(text, house, kind=kind if kind in {*all_kinds(), "reply"} else None)
    return _show(request, visit, tried=Tried(text, kind, found, marking.pieces(text, found)))


def _typed(
    words: Text = "",
    verdict: Key = "block",
    reason: Line = "",
    suggestion: Line = "",
    replacement: Line = "",
    kinds: Annotated[list[str], Form()] = [],  # noqa: B006
    sentence: Text = "",
) -> house_rules.Form:
    known = tuple(kind for kind in kinds if kind in {*all_kinds(), "reply"})
    return house_rules.Form(words, verdict, reason, suggestion, replacement, known, sentence)


Typed = Annotated[house_rules.Form, Depends(_typed)]


@router.post("/rules/preview", response_class=HTMLResponse)
def preview(request: Request, visit: RuleKeeper, form: Typed) -> HTMLResponse:
    """What a rule would find before it is told."""
    try:
        with visit.read() as session:
            trial = house_rules.attempt(session, visit.the_brand, form, now=visit.now)
    except errors.REFUSALS as error:
        return _show(request, visit, form=form, wrong=_say(visit, error), status=errors.status_of(error))
    return _show(request, visit, form=form, trial=trial)


@router.post("/rules/add")
def add(request: Request, visit: RuleKeeper, form: Typed) -> Response:
    """A rule of the brand's own from now on; drafts are checked again."""

    def act(session: Session, brand: Brand) -> None:
        rule = house_rules.rule_of(form)
        changing.add(session, brand, rule, actor=visit.visitor.actor, now=visit.now)

    return _do(request, visit, act, said="rule_added", form=form)


@router.post("/rules/silence")
def silence(
    request: Request, visit: RuleKeeper, rule: Key = "", reason: Line = "", sure: Key = "", pack: Key = ""
) -> Response:
    """A packaged rule does not apply here; one that rests on law needs a second tick."""

    def act(session: Session, brand: Brand) -> None:
        found = catalogue()[queries.packaged(rule).id]
        if found.verdict == "block" and sure != "yes":
            raise DeskError(
                "这是法律要求的必改规则。静音前请勾选「我知道后果由品牌承担」。", code="rule.unsure",
                english="This rule rests on law: tick that the brand bears the consequences.",
            )  # fmt: skip
        changing.silence(session, brand, found, reason, actor=visit.visitor.actor, now=visit.now)

    return _do(request, visit, act, said="rule_silenced", pack=pack)


@router.post("/rules/{row_id}/end")
def end(request: Request, visit: RuleKeeper, row_id: Id, reason: Line = "", pack: Key = "") -> Response:
    """Lift a rule of the brand's own, or a silence."""

    def act(session: Session, brand: Brand) -> None:
        if len(reason.strip()) < 2:
            raise DeskError("停用要写明理由。", code="rule.reason", english="Lifting a rule needs a reason.")
        changing.end(session, brand, row_id, reason=reason, actor=visit.visitor.actor, now=visit.now)

    return _do(request, visit, act, said="rule_ended", pack=pack)


def _do(
    request: Request,
    visit: Visit,
    act: Callable[[Session, Brand], None],
    *,
    said: str,
    pack: str = "",
    form: house_rules.Form | None = None,
) -> Response:
    """Carry out a change of the rules, then have the drafts checked by them."""
    try:
        with visit.write() as session:
            act(session, visit.brand_in(session))
    except errors.REFUSALS as error:
        status = errors.status_of(error)
        return _show(request, visit, pack=pack, form=form, wrong=_say(visit, error), status=status)
    recheck.after_change(visit.runtime, visit.the_brand.id)
    known = any(item.id == pack for item in packs())
    return go(f"/rules?pack={pack}" if known else "/rules", said=said)


def _empty() -> DeskError:
    return DeskError("请先贴一段文字。", code="rule.empty", english="Paste a text first.")


def _say(visit: Visit, error: Exception) -> str:
    return errors.say(error, visit.lang)


def _show(request: Request, visit: Visit, *, pack: str = "", form: Any = None, **values: Any) -> HTMLResponse:
    status, wrong = values.pop("status", 200), values.pop("wrong", "")
    with visit.read() as session:
        view = queries.load(session, visit.the_brand)
        waiting = drafts.waiting(session, visit.the_brand.id, now=visit.now)
    return page(
        request, visit, "rules.html", section="/rules", status=status, wrong=wrong, view=view, waiting_drafts=waiting,
        pack=view.pack(pack), form=form or house_rules.Form(), kinds=list(all_kinds()),
        tried=values.get("tried"), trial=values.get("trial"), days=queries.DAYS,
    )  # fmt: skip
