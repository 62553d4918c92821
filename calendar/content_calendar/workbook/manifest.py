"""Which sheets a workbook has, whether they are visible, and in which part each lies.

Read from ``xl/workbook.xml`` and its relationships, so that hidden helper sheets are never even unpacked.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import dataclass
from xml.parsers import expat

from content_calendar.workbook.refusal import damaged

_HELPERS = ("/sharedStrings", "/styles", "/theme", "/metadata")


@dataclass(frozen=True)
class SheetPart:
    """A sheet's name, its part in the zip, and whether a person sees it."""

    name: str
    part: str
    visible: bool


@dataclass(frozen=True)
class Manifest:
    """The sheets in order, and the parts the reader needs besides them."""

    sheets: tuple[SheetPart, ...]
    helpers: frozenset[str]


def manifest_of(parts: Mapping[str, bytes]) -> Manifest:
    """The manifest from the bytes of the workbook part and its relationships (both already checked)."""
    targets = {
        item["Id"]: (item.get("Type", ""), _resolve(item["Target"]))
        for item in _elements(parts.get("xl/_rels/workbook.xml.rels", b""), "Relationship")
        if "Id" in item and "Target" in item
    }
    sheets = []
    for item in _elements(parts["xl/workbook.xml"], "sheet"):
        relation = next((value for key, value in item.items() if key.endswith(":id")), "")
        kind, target = targets.get(relation, ("", ""))
        if kind.endswith("/worksheet"):
            sheets.append(SheetPart(item.get("name", ""), target, item.get("state", "visible") == "visible"))
    helpers = frozenset(target for kind, target in targets.values() if kind.endswith(_HELPERS))
    return Manifest(sheets=tuple(sheets), helpers=helpers)


def _resolve(target: str) -> str:
    target = target.replace("\\", "/")
    return posixpath.normpath(target.lstrip("/") if target.startswith("/") else posixpath.join("xl", target))


def _elements(body: bytes, wanted: str) -> list[dict[str, str]]:
    """The attributes of every element called ``wanted``."""
    found: list[dict[str, str]] = []

    def start(name: str, attributes: dict[str, str]) -> None:
        if name.rpartition(":")[2] == wanted:
            found.append(attributes)

    parser = expat.ParserCreate("UTF-8")
    parser.StartElementHandler = start
    try:
        if body:
            parser.Parse(body, True)
    except expat.ExpatError as error:
        raise damaged(wanted) from error
    return found
