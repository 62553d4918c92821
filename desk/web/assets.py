"""Addresses of our own static files, with a fingerprint of the whole folder in the path.

A browser may keep them for a year; a new release has new addresses, also for scripts that import one another.
"""

from __future__ import annotations

import hashlib
import os
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import PathLike, StaticFiles
from starlette.types import Scope

FOLDER = Path(__file__).parent / "static"
FOREVER = "public, max-age=31536000, immutable"


@cache
def fingerprint() -> str:
    """Ten hex digits over names and bytes of every static file."""
    digest = hashlib.sha256()
    for path in sorted(item for item in FOLDER.rglob("*") if item.is_file()):
        digest.update(path.relative_to(FOLDER).as_posix().encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:10]


def prefix() -> str:
    """Where the static files are mounted."""
    return f"/static/{fingerprint()}"


def asset(name: str) -> str:
    """The address of one static file: ``css/base.css``."""
    return f"{prefix()}/{name}"


class Assets(StaticFiles):
    """Static files that say how long they may be kept."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER)

    def file_response(
        self, full_path: PathLike, stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        """The file, to be kept for a year: its address changes with its content."""
        response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["cache-control"] = FOREVER
        return response
