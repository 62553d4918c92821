"""A picture for a post (`/posts/…/picture`): stripped of what it tells, kept, and named in a new version of the text."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, File, Form, Request, Response, UploadFile

from content_calendar import forms, pictures, revised, stripping
from desk.acts import editing
from desk.queries import post as posts
from desk.web.guards import Id, Submitter
from desk.web.rendering import go
from desk.web.said import safe_back

router = APIRouter(include_in_schema=False)
MOST = 5 * 1024 * 1024  # bytes of an upload: before stripping it may be larger than what is kept


@router.post("/posts/{post_id}/picture")
def attach(
    request: Request,
    visit: Submitter,
    post_id: Id,
    file: Annotated[UploadFile, File()],
    revision_hash: Annotated[str, Form(max_length=64)] = "",
    back: Annotated[str, Form(max_length=2000)] = "/",
) -> Response:
    """The newest text with the picture behind it: a new version, which has to be approved like any other."""
    content = stripping.stripped(file.file.read(MOST + 1))
    with visit.write() as session:
        brand, user = visit.brand_in(session), visit.user(session)
        post = posts.get(session, visit.the_brand, post_id)
        kept = pictures.add(session, brand, content, name=_name(file), now=visit.now)
        newest = revised.newest(session, post)
        named = f"![图]({forms.name_of(kept.sha256)})"
        text = f"{newest.text}\n{named}" if newest else named
        editing.save(session, post, text, base_hash=revision_hash, user=user, now=visit.now)
        posts.looked(session, post, viewer=visit.visitor.id, now=visit.now)
    return go(safe_back(back, f"/posts/{post_id}"), said="edited")


def _name(file: UploadFile) -> str:
    """What the file was called, without a path."""
    return (file.filename or "").replace("\\", "/").rpartition("/")[2][:120]
