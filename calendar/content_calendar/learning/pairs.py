"""Edit pairs: with every approval, what the machine had written and what a person let out in its place.

Kept in the approval's own transaction, also where nothing was changed: acceptance is the share that was not.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from content_calendar.tables import Brand, BriefRow, EditPair, Persona, Post, Revision, User
from prompts.distance import distance


def keep(session: Session, post: Post, approved: Revision, *, user: User, now: datetime) -> EditPair | None:
    """Keep what ``user`` made of the machine's text; the post's earlier pair is replaced. None where no machine wrote."""
    machine = _machine(session, approved)
    if machine is None:
        return None
    label = session.get_one(Brand, post.brand_id).ai_label
    persona = _persona(session, post, machine)
    pair = session.scalar(select(EditPair).where(EditPair.post_id == post.id))
    if pair is None:
        pair = EditPair(brand_id=post.brand_id, post_id=post.id)
    pair.machine_revision_id, pair.approved_revision_id = machine.id, approved.id
    pair.machine, pair.approved = machine.text, approved.text
    pair.distance = distance(machine.text, approved.text, label)
    pair.persona, pair.tier, pair.kind = persona, post.tier, post.kind
    pair.template = str(machine.provenance.get("template", ""))[:160]
    pair.template_hash = str(machine.provenance.get("template_hash", ""))[:64]
    pair.author, pair.approved_at, pair.user_id = machine.author, now, user.id
    session.add(pair)
    session.flush()
    return pair


def forget(session: Session, post: Post) -> None:
    """The text was turned down after all: it is no example of what people want."""
    session.execute(delete(EditPair).where(EditPair.post_id == post.id))


def since(session: Session, brand: Brand, start: datetime) -> Sequence[EditPair]:
    """The brand's pairs approved from ``start`` on, oldest first."""
    mine = select(EditPair).where(EditPair.brand_id == brand.id, EditPair.approved_at >= start)
    return session.scalars(mine.order_by(EditPair.approved_at, EditPair.id)).all()


def _machine(session: Session, approved: Revision) -> Revision | None:
    """The newest text a machine wrote for the post, up to the approved one: what the person started from."""
    return session.scalar(
        select(Revision)
        .where(
            Revision.post_id == approved.post_id,
            Revision.number <= approved.number,
            Revision.author.not_like("user:%"),
        )
        .order_by(Revision.number.desc())
        .limit(1)
    )


def _persona(session: Session, post: Post, machine: Revision) -> str:
    """Who the text was written as; the brand's persona where the brief is not known."""
    if machine.brief_id is not None:
        voice = BriefRow.body["voice"]["persona"].as_string()
        written = session.scalar(select(voice).where(BriefRow.id == machine.brief_id))
        if written:
            return str(written)[:40]
    code = select(Persona.code).where(Persona.brand_id == post.brand_id).order_by(Persona.id).limit(1)
    return session.scalar(code) or ""
