"""Figures (`/figures`): what a period brought, as numbers, pictures and tables; each leads to its rows and exports."""

from __future__ import annotations

import csv
import io
from datetime import date, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

from fastapi import APIRouter, File, Query, Request, Response, UploadFile
from fastapi.responses import HTMLResponse

from content_calendar import figures as told
from content_calendar import zones
from desk import errors
from desk.errors import Missing
from desk.queries import figures
from desk.web.guards import Importer, Reader
from desk.web.period import period
from desk.web.rendering import go, page
from desk.web.visit import Visit

router = APIRouter(include_in_schema=False)
FAULTS = 200  # shown; more than anybody mends at one go
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
From = Annotated[str, Query(alias="from", max_length=10)]
To = Annotated[str, Query(max_length=10)]


@router.get("/figures", response_class=HTMLResponse)
def show_figures(request: Request, visit: Reader, from_: From = "", to: To = "") -> HTMLResponse:
    """The period asked for, by default the last fourteen days."""
    return show(request, visit, *period(visit, from_, to))


@router.get("/figures/{table}.csv")
def export(visit: Reader, table: str, from_: From = "", to: To = "") -> Response:
    """One table of the page as CSV that Excel opens without asking."""
    first, last = period(visit, from_, to)
    with visit.read() as session:
        known = figures.tables(figures.load(session, visit.the_brand, first=first, last=last))
    if table not in known:
        raise Missing("没有这张表。", code="figures.table", english="There is no such table.")
    head, rows = known[table]
    name = f"{table}-{first}-{last}.csv"
    return Response(
        as_csv(head, rows), media_type="text/csv; charset=utf-8",
        headers={"content-disposition": f'attachment; filename="{name}"'},
    )  # fmt: skip


@router.post("/figures/import")
def take_in(request: Request, visit: Importer, file: Annotated[UploadFile, File()]) -> Response:
    """Keep a table of reads, clicks and orders; with any fault nothing is kept and every fault is shown."""
    name = Path(file.filename or "").name[:120]
    try:
        with TemporaryDirectory() as folder:
            path = Path(folder) / f"figures{Path(name).suffix.lower()[:6]}"
            path.write_bytes(file.file.read(told.MOST_BYTES + 1))
            sheet = told.read(path)
        with visit.write() as session:
            taken = told.take(
                session, visit.brand_in(session), sheet, source=name, now=visit.now, actor=visit.visitor.actor
            )
    except errors.REFUSALS as error:
        wrong, status = errors.say(error, visit.lang), errors.status_of(error)
        return show(request, visit, *period(visit, "", ""), wrong=wrong, status=status)
    if taken.faults:
        return show(request, visit, *period(visit, "", ""), faults=taken.faults, status=422)
    return go("/figures", said="figures_in")


def show(
    request: Request, visit: Visit, first: date, last: date, *, wrong: str = "", status: int = 200,
    faults: tuple[told.Fault, ...] = (),
) -> HTMLResponse:  # fmt: skip
    """Render the page; ``faults`` are those of a table that was not taken in."""
    with visit.read() as session:
        found = figures.load(session, visit.the_brand, first=first, last=last)
    days = (last - first).days + 1
    return page(
        request, visit, "figures.html", section="/figures", found=found, wrong=wrong, status=status,
        faults=faults[:FAULTS], many=len(faults), measures=told.MEASURES, today=zones.local_day(visit.now, visit.zone),
        before=(first - timedelta(days=days), first - timedelta(days=1)),
        after=(last + timedelta(days=1), last + timedelta(days=days)),
    )  # fmt: skip


def as_csv(head: list[str], rows: list[list[object]]) -> bytes:
    """UTF-8 with a mark, and no cell that a spreadsheet would take for a formula."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _safe(cell: object) -> object:
    if cell is None:
        return ""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell
