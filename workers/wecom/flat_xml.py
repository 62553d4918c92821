"""Reading the platform's XML: one element with fields in it, no entities, no document type, nothing fetched.

Expat itself is told to stop at the first declaration, so that nothing can be expanded; depth and size are bounded.
"""

from __future__ import annotations

from xml.parsers import expat

DEEPEST = 4
MOST_FIELDS = 200
LARGEST = 64 * 1024  # bytes


class BadXml(Exception):
    """Not the platform's XML."""


def fields(document: bytes) -> dict[str, str]:
    """Tag → text of the fields right under the root; of a tag that comes twice the first. BadXml otherwise."""
    if len(document) > LARGEST:
        raise BadXml
    reader = _Reader()
    parser = expat.ParserCreate("utf-8")
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(document, True)
    except expat.ExpatError as error:
        raise BadXml from error
    return reader.found


def _refuse(*_declared: object) -> int:
    raise BadXml


class _Reader:
    """What has been read so far."""

    def __init__(self) -> None:
        self.found: dict[str, str] = {}
        self._open: list[str] = []
        self._text: list[str] = []

    def start(self, name: str, _attributes: dict[str, str]) -> None:
        self._open.append(name)
        self._text.clear()
        if len(self._open) > DEEPEST or len(self.found) > MOST_FIELDS:
            raise BadXml

    def end(self, name: str) -> None:
        if len(self._open) == 2:
            self.found.setdefault(name, "".join(self._text).strip())
        self._open.pop()
        self._text.clear()

    def text(self, text: str) -> None:
        self._text.append(text)
