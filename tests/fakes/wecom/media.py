"""Temporary material: an id that lives three days, for a picture of at most 10 MB."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

LIFE = 3 * 86_400.0
LARGEST = 10 * 1024 * 1024
_MAGIC = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")


@dataclass
class Media:
    """Ids and when they end."""

    ids: dict[str, float] = field(default_factory=dict)

    def upload(self, content: bytes, now: float) -> tuple[int, str]:
        """(errcode, media id)."""
        if len(content) <= 5 or not content.startswith(_MAGIC):
            return 40058, ""
        if len(content) > LARGEST:
            return 45001, ""
        media_id = f"M-{uuid.uuid4().hex}"
        self.ids[media_id] = now + LIFE
        return 0, media_id

    def lives(self, media_id: object, now: float) -> bool:
        """True for an id that may still be used."""
        return self.ids.get(str(media_id), 0.0) > now
