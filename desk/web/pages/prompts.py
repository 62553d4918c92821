"""Prompt templates of the brand (`/brand/prompts`): the chain, a live render beside, what another text would change, saving.

A text that is tried is written nowhere. Only a lead saves one, only where CHONGFEN_PROMPTS_DIR names a folder the desk
may write into, and only over the text that was looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Query, Request, Response
from fastapi.responses import HTMLResponse

from desk import errors
from desk.acts import prompt_files
from desk.errors import DeskError, Missing
from desk.queries import learning, prompt_samples, prompting
from desk.queries.prompt_samples import Given
from desk.web.guards import LARGEST, Importer, Number, PromptKeeper, Reader
from desk.web.rendering import go, page
from desk.web.visit import Visit
from prompts.errors import PromptError
from prompts.library import Library, Prompt

router = APIRouter(include_in_schema=False)
FIRST = "templates/tip.j2"
File = Annotated[str, Form(max_length=200)]
Text = Annotated[str, Form(max_length=prompting.LONGEST)]
Base = Annotated[str, Form(max_length=64)]
PostId = Annotated[int, Form(ge=0, le=LARGEST)]


@router.get("/brand/prompts", response_class=HTMLResponse)
def templates(
    request: Request, visit: Reader, file: Annotated[str, Query(max_length=200)] = FIRST, post: Number = None,
    kept: Number = None,
) -> HTMLResponse:  # fmt: skip
    """One file of the library and what it makes of a post; with ``kept`` a former text of it in the box."""
    return show(request, visit, file, post_id=post, kept=kept)


@router.post("/brand/prompts/try", response_class=HTMLResponse)
def attempt(
    request: Request, visit: Importer, file: File = FIRST, text: Text = "", post: PostId = 0, base: Base = ""
) -> HTMLResponse:
    """What would change over ten posts were this the text. Nothing is kept."""
    return show(request, visit, file, post_id=post or None, text=text, base=base)


@router.post("/brand/prompts/save")
def save(
    request: Request,
    visit: PromptKeeper,
    file: File = "",
    text: Text = "",
    post: PostId = 0,
    base: Base = "",
) -> Response:
    """The text becomes the brand's own; refused when it is unsound, or when somebody else saved first."""
    library = prompting.library_at(visit.runtime.settings.prompts_dir)
    there, wanted = prompting.text_of(library, file), text.replace("\r\n", "\n")
    if wanted == there:
        return go(_address(file), said="prompt_same")
    if prompting.tried(library, file, wanted)[1] is None:
        return show(request, visit, file, post_id=post or None, text=text, base=base)
    return _change(request, visit, file, wanted, base=base)


@router.post("/brand/prompts/restore")
def restore(request: Request, visit: PromptKeeper, file: File = "", base: Base = "") -> Response:
    """The brand's own file is taken away, so that the packaged one speaks again; its text stays in the audit trail."""
    library = prompting.library_at(visit.runtime.settings.prompts_dir)
    prompting.text_of(library, file)
    if file not in library.own or file not in library.packaged:
        raise Missing("没有改过这个文件，或它没有打包的原文。", code="prompt.missing", english="There is nothing to restore.")  # fmt: skip
    return _change(request, visit, file, None, base=base)


def _change(request: Request, visit: Visit, file: str, text: str | None, *, base: str) -> Response:
    action, said = (
        (prompt_files.RESTORED, "prompt_restored") if text is None else (prompt_files.SAVED, "prompt_saved")
    )
    try:
        with (
            prompt_files.changed(_folder(visit), file, text, base=base) as (was, now_is),
            visit.write() as session,
        ):
            prompt_files.note(session, was, now_is, action=action, actor=visit.visitor.actor, now=visit.now)
    except errors.REFUSALS as error:
        wrong, status = errors.say(error, visit.lang), errors.status_of(error)
        return show(request, visit, file, text=text, wrong=wrong, status=status)
    return go(_address(file), said=said)


def _folder(visit: Visit) -> Path:
    folder = visit.runtime.settings.prompts_dir
    if folder is None or not prompt_files.writable(folder):
        raise DeskError(
            "这里存不了：请建一个内容台能写的文件夹，设 CHONGFEN_PROMPTS_DIR 指向它，重启后再存。", code="prompt.read_only",
            english="Nothing can be saved here: make a folder the desk may write into, point CHONGFEN_PROMPTS_DIR at it and restart.",
        )  # fmt: skip
    return folder


def _address(file: str) -> str:
    return f"/brand/prompts?file={quote(file)}"


def show(
    request: Request, visit: Visit, file: str, *, post_id: int | None = None, text: str | None = None, base: str = "",
    kept: int | None = None, wrong: str = "", status: int = 200,
) -> HTMLResponse:  # fmt: skip
    """The page; with ``text`` also its lint and its differences."""
    folder = visit.runtime.settings.prompts_dir
    library = prompting.library_at(folder)
    there = prompting.text_of(library, file)
    with visit.read() as session:
        found = prompt_samples.given(session, visit.the_brand, library, file, now=visit.now, first=post_id)
        versions = learning.versions(session, visit.the_brand)
        former = prompt_files.kept(session, file)
    back = next((event.detail["was"] for event in former if event.id == kept), None)
    problems, other = prompting.tried(library, file, text) if text is not None else ((), None)
    values = _beside(library, other, found)
    return page(
        request, visit, "prompts.html", section="/brand", wrong=wrong, status=422 if text is not None and other is None else status,
        shelf=prompting.shelf(library), file=file, text=text if text is not None else there if back is None else back,
        base=base or library.files[file].sha, tried=text is not None, sound=other is not None, problems=problems,
        folder=folder is not None, writable=prompt_files.writable(folder), former=former, brought_back=back is not None,
        own=file in library.own, packaged=file in library.packaged,
        versions=[one for one in versions if one.first is not None][:6], **values,
    )  # fmt: skip


def _beside(library: Library, other: Library | None, found: Sequence[Given]) -> dict[str, Any]:
    """What stands beside the text: the chain, what a writer is given, what would change."""
    posts = [one.post for one in found if one.post]
    brief = found[0].brief if posts else None
    return {
        "posts": posts,
        "post": posts[0] if posts else None,
        "chain": prompting.chain(library, brief) if brief else [],
        "prompt": _rendered(other, found) or _rendered(library, found) if brief else None,
        "samples": prompt_samples.differences(library, other, found) if other else [],
    }


def _rendered(library: Library | None, found: Sequence[Given]) -> Prompt | None:
    """What a writer is given of the first sample; None when the text cannot be rendered for it."""
    try:
        return library.render(found[0].brief) if library else None
    except PromptError:
        return None
