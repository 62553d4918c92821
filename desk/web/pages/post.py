"""One post (`/posts/{id}`): its text, findings, facts, versions, deliveries and history."""

from __future__ import annotations

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from desk.queries import post as posts
from desk.queries.people import called, persona_of
from desk.web import words
from desk.web.guards import Id, Number, Reader
from desk.web.rendering import fragment, page
from desk.web.visit import Visit

router = APIRouter(include_in_schema=False)


@router.get("/posts/{post_id}", response_class=HTMLResponse)
def one_post(
    request: Request,
    visit: Reader,
    post_id: Id,
    v: Number = None,
    against: Number = None,
    panel: int = 0,
) -> HTMLResponse:
    """The page, or with ``panel`` only the piece the week shows beside itself."""
    return show(request, visit, post_id, number=v, against=against, panel=bool(panel))


def show(
    request: Request,
    visit: Visit,
    post_id: int,
    *,
    number: int | None = None,
    against: int | None = None,
    panel: bool = False,
    wrong: str = "",
    status: int = 200,
) -> HTMLResponse:
    """Render the post; ``wrong`` says above it why something was not done."""
    with visit.read() as session:
        view = posts.load(
            session, visit.the_brand, post_id, now=visit.now, number=number, against=against,
            viewer=visit.visitor.id,
        )  # fmt: skip
        persona = persona_of(session, visit.the_brand)
        words.know(called(session))
    keep_look(visit, view)
    if panel:
        back = f"/?from={view.post.day}&day={view.post.day}"
        return fragment(visit, "post_panel.html", view=view, persona=persona, back=back)
    return page(
        request, visit, "post.html", section="/", status=status, wrong=wrong, view=view, persona=persona,
        back=f"/posts/{post_id}",
    )  # fmt: skip


def keep_look(visit: Visit, view: posts.PostView) -> None:
    """Remember which revision this person has seen; a look at one already seen writes nothing."""
    if not view.unseen or visit.visitor.by != "session":
        return
    with visit.write() as session:
        posts.looked(session, view.post, viewer=visit.visitor.id, now=visit.now)
