"""Editing the brand in place (`/brand/cell`): one cell, its form, the difference it makes, and the cell written.

Without scripts the form is a page of its own; a script shows the same form over the table.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from content_calendar.errors import CalendarError, NotFound
from content_calendar.workbook.one_cell import Cell
from desk import errors
from desk.acts import cells
from desk.acts.cells import Outcome
from desk.errors import Missing
from desk.queries import brand as brands
from desk.web import quick
from desk.web.guards import LARGEST, Importer
from desk.web.rendering import fragment, go, page
from desk.web.visit import Visit

router = APIRouter(include_in_schema=False)
Tab = Annotated[str, Query(max_length=20)]
Field = Annotated[str, Query(max_length=20)]
RowId = Annotated[int, Query(ge=1, le=LARGEST)]


@router.get("/brand/cell", response_class=HTMLResponse)
def form(request: Request, visit: Importer, tab: Tab, row: RowId, field: Field) -> HTMLResponse:
    """The form of one cell."""
    cell = _cell(tab, row, field)
    with visit.read() as session:
        there = cells.written(session, visit.brand_in(session), cell)
    return _show(request, visit, tab, cell, was=there, typed=there)


@router.post("/brand/cell")
def save(
    request: Request,
    visit: Importer,
    tab: Annotated[str, Form(max_length=20)],
    row: Annotated[int, Form(ge=1, le=LARGEST)],
    field: Annotated[str, Form(max_length=20)],
    was: Annotated[str, Form(max_length=20_000)] = "",
    typed: Annotated[str, Form(max_length=20_000)] = "",
    agreed: Annotated[str, Form(max_length=20_000)] = "",
) -> Response:
    """Write the cell; refused with its reason, or asked once more when written posts stand on it."""
    cell = _cell(tab, row, field)
    try:
        outcome = cells.save(
            visit.runtime, visit.the_brand, cell, typed.strip(), was=was, actor=visit.visitor.actor, now=visit.now,
            agreed=bool(agreed) and agreed.split() == (typed.strip() or "-").split(),
        )  # fmt: skip
    except NotFound:
        raise
    except CalendarError as error:
        wrong, status = errors.say(error, visit.lang), errors.status_of(error)
        return _show(request, visit, tab, cell, was=was, typed=typed, wrong=wrong, status=status)
    if outcome.done:
        there = f"/brand?tab={tab}#id-{row}"
        return quick.done(visit, "cell_saved") if quick.asked(request) else go(there, said="cell_saved")
    status = 409 if outcome.asks else 422
    return _show(request, visit, tab, cell, was=was, typed=typed, outcome=outcome, status=status)


def _cell(tab: str, row: int, field: str) -> Cell:
    if tab == "about":
        return Cell(cells.BRAND, row, field)
    if tab not in brands.SHEETS:
        raise Missing("没有这张表。", code="cell.no_sheet", english="There is no such sheet.")
    return Cell(brands.SHEETS[tab], row, field)


def _show(
    request: Request,
    visit: Visit,
    tab: str,
    cell: Cell,
    *,
    was: str,
    typed: str,
    outcome: Outcome | None = None,
    wrong: str = "",
    status: int = 200,
) -> HTMLResponse:
    values: dict[str, Any] = {"tab": tab, "cell": cell, "was": was, "typed": typed, "outcome": outcome}
    if quick.asked(request):
        return fragment(visit, "brand_cell_form.html", status=status, trouble=wrong, **values)
    return page(request, visit, "brand_cell.html", section="/brand", status=status, trouble=wrong, **values)
