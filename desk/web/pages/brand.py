"""Brand (`/brand`): what the workbook says, importing a newer one with its difference shown first, export."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, File, Form, Query, Request, Response, UploadFile
from fastapi.responses import HTMLResponse

from desk.acts import importing
from desk.errors import DeskError
from desk.queries import brand as brands
from desk.web.guards import Exporter, Importer, Reader
from desk.web.rendering import go, page
from desk.web.visit import Visit
from workers.checks import recheck

router = APIRouter(include_in_schema=False)
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FIRST_ZONE = "Asia/Shanghai"  # before a brand says otherwise


@router.get("/brand", response_class=HTMLResponse)
def brand(
    request: Request, visit: Reader, tab: Annotated[str, Query(max_length=20)] = "about"
) -> HTMLResponse:
    """One tab of the brand; before the first import only the place to hand a workbook in."""
    if visit.brand is None:
        return page(request, visit, "brand_import.html", section="/brand", shown=None, source="")
    with visit.read() as session:
        counts = brands.counts(session, visit.brand)
        rows = brands.rows(session, visit.brand, tab) if tab in brands.TABS else []
        personas = brands.personas(session, visit.brand) if tab not in brands.TABS else []
    shown = tab if tab in brands.TABS else "about"
    return page(
        request, visit, "brand.html", section="/brand", tab=shown, counts=counts, rows=rows, personas=personas
    )


@router.get("/brand/import", response_class=HTMLResponse)
def choose(request: Request, visit: Importer) -> HTMLResponse:
    """Where a workbook is handed in."""
    return page(request, visit, "brand_import.html", section="/brand", shown=None, source="")


@router.post("/brand/import", response_class=HTMLResponse)
def compare(request: Request, visit: Importer, file: Annotated[UploadFile, File()]) -> HTMLResponse:
    """Read the workbook and show every fault, or what importing it would change. Nothing is changed yet."""
    number = importing.keep(_folder(visit), file.file, now=visit.now)
    with visit.read() as session:
        shown = importing.show(session, _folder(visit), number, now=visit.now, zone=_zone(visit))
    return page(
        request, visit, "brand_import.html", section="/brand", status=200 if shown.changes else 422, shown=shown,
        source=_name(file),
    )  # fmt: skip


@router.post("/brand/import/apply")
def apply(
    visit: Importer,
    number: Annotated[str, Form(max_length=40)] = "",
    source: Annotated[str, Form(max_length=120)] = "",
    demo: Annotated[str, Form(max_length=4)] = "",
) -> Response:
    """Carry out what was shown."""
    with visit.write() as session:
        name = importing.apply(
            session, _folder(visit), number, now=visit.now, zone=_zone(visit), actor=visit.visitor.actor,
            demo={"yes": True, "no": False}.get(demo), source=source, seal=visit.runtime.settings.secrets.seal,
        )  # fmt: skip
    importing.discard(_folder(visit), number)
    recheck.after_import(visit.runtime, name)
    return go("/brand", said="imported")


@router.get("/brand/export")
def export(visit: Exporter) -> Response:
    """The workbook as it stands."""
    with visit.read() as session:
        body = importing.export(session, visit.the_brand, _folder(visit))
    name = quote(f"{visit.the_brand.name}-{visit.now.astimezone(visit.zone):%Y%m%d}.xlsx")
    return Response(
        body, media_type=XLSX, headers={"content-disposition": f"attachment; filename*=UTF-8''{name}"}
    )


def _folder(visit: Visit) -> Path:
    return visit.runtime.settings.data_dir / "uploads"


def _zone(visit: Visit) -> str:
    return visit.brand.zone if visit.brand else FIRST_ZONE


def _name(file: UploadFile) -> str:
    if not file.filename:
        raise DeskError(
            "请先选一个 Excel 文件。", code="import.no_file", english="Choose an Excel file first."
        )
    return file.filename[:120]
