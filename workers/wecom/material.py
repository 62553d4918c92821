"""What goes beside the words of a message of the app: pictures uploaded as temporary material, a link card."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from content_calendar.forms import Message
from content_calendar.tables import Picture
from workers.wecom.api import Answer, Api, Refused

LIFE = 2.5 * 86_400.0  # seconds that an id is used again; the platform keeps it for three days


@dataclass(frozen=True)
class NotUploaded:
    """A picture could not be uploaded, so nothing was said. ``final``: trying again cannot help."""

    said: str
    final: bool


async def uploaded(api: Api, pictures: Sequence[Picture], *, within: float) -> list[str] | NotUploaded:
    """The pictures' ids, fresh, in ``within`` seconds together."""
    ids: list[str] = []
    try:
        async with asyncio.timeout(within):
            for picture in pictures:
                answer = await api.upload(picture.content, name=picture.name or "picture", mime=picture.mime)
                if not isinstance(answer, Answer):
                    final = isinstance(answer, Refused) and answer.wait is None
                    return NotUploaded(f"upload.{answer.said}", final)
                ids.append(str(answer.document.get("media_id", "")))
    except TimeoutError:
        return NotUploaded("upload_too_slow", final=False)
    return ids


@dataclass
class Shelf:
    """Ids of pictures that are said again and again, kept while they live. ``now``: seconds of a clock."""

    now: Callable[[], float]
    _known: dict[tuple[int, str], tuple[str, float]] = field(default_factory=dict)

    async def ids(self, api: Api, pictures: Sequence[Picture], *, within: float) -> list[str] | NotUploaded:
        """The pictures' ids, uploaded only where none is known."""
        missing = [picture for picture in pictures if self._id(picture) is None]
        fresh = await uploaded(api, missing, within=within)
        if isinstance(fresh, NotUploaded):
            return fresh
        until = self.now() + LIFE
        for picture, media_id in zip(missing, fresh, strict=True):
            self._known[(picture.brand_id, picture.sha256)] = (media_id, until)
        return [self._id(picture) or "" for picture in pictures]

    def forget(self, pictures: Sequence[Picture]) -> None:
        """The platform does not know them any more."""
        for picture in pictures:
            self._known.pop((picture.brand_id, picture.sha256), None)

    def _id(self, picture: Picture) -> str | None:
        media_id, until = self._known.get((picture.brand_id, picture.sha256), ("", 0.0))
        return media_id if until > self.now() else None


def attachments(said: Message, media: Sequence[str]) -> list[dict[str, Any]]:
    """Pictures first, then the card."""
    found: list[dict[str, Any]] = [{"msgtype": "image", "image": {"media_id": each}} for each in media]
    if said.card is not None and said.carded:
        found.append({"msgtype": "link", "link": {"title": said.card.title, "url": said.card.url}})
    return found
