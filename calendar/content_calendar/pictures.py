"""A brand's pictures, kept by the hash of their bytes. Only JPEG and PNG, only as large as the platforms take."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.errors import CalendarError
from content_calendar.tables import Brand, Picture

LARGEST = 2 * 1024 * 1024  # bytes: what a group robot takes; mass-sends take more
_KINDS = {b"\xff\xd8\xff": "image/jpeg", b"\x89PNG\r\n\x1a\n": "image/png"}


def add(session: Session, brand: Brand, content: bytes, *, name: str, now: datetime) -> Picture:
    """Keep a picture; the one that is there already when it is the same. CalendarError when it cannot be sent."""
    mime = next((mime for magic, mime in _KINDS.items() if content.startswith(magic)), "")
    if not mime:
        raise CalendarError(
            "只收 JPG 和 PNG 图片，请换一个文件。", code="picture.kind", english="Only JPG and PNG pictures are taken."
        )  # fmt: skip
    if len(content) > LARGEST:
        raise CalendarError(
            f"图片有 {len(content) / 1048576:.1f} MB，最多 2 MB，请压缩后再传。",
            code="picture.size",
            english="A picture has at most 2 MB; make it smaller.",
        )
    digest = hashlib.sha256(content).hexdigest()
    known = session.get(Picture, (brand.id, digest))
    if known is not None:
        return known
    picture = Picture(
        brand_id=brand.id, sha256=digest, mime=mime, name=name[:120], content=content, created_at=now
    )
    session.add(picture)
    session.flush()
    return picture


def load(session: Session, brand_id: int, digests: Iterable[str]) -> Mapping[str, Picture]:
    """The pictures there are, by hash."""
    query = select(Picture).where(Picture.brand_id == brand_id, Picture.sha256.in_(list(digests)))
    return {picture.sha256: picture for picture in session.scalars(query)}
