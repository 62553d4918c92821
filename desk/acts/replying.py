"""What an operator and an editor do with replies, the same for a page and for the API: ask, use an edit, decide."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import cast

from sqlalchemy import select

from content_calendar.replies import gaps, offers, own_rows, records
from content_calendar.replies.own_rows import KnowledgeDraft, ScriptDraft
from content_calendar.tables import Group, Product, Suggestion
from desk.auth.roles import May
from desk.errors import DeskError
from desk.queries import replies
from desk.web.visit import Visit
from generator.replies import Question
from prompts.brief import Level
from prompts.draft import Finding
from workers import reply_edits
from workers.replies import Asking, ReplyRoom, edited

LEVELS = ("high", "mid", "low")


@dataclass(frozen=True)
class Asked:
    """A customer's words and what is known around them, as they were typed. ``private`` None: one to one without a group."""

    text: str
    group: str = ""
    private: bool | None = None
    tier: str = ""
    known: tuple[str, ...] = ()


def asking(visit: Visit, asked: Asked) -> Asking:
    """The question for the reply room; NotFound for a group that is not there."""
    with visit.read() as session:
        group = records.group_named(session, visit.the_brand, asked.group) if asked.group else None
    tier = asked.tier or (group.tier if group else "")
    return Asking(
        text=asked.text, now=visit.now, private=asked.private if asked.private is not None else group is None,
        tier=cast("Level", tier) if tier in LEVELS else None, group_name=group.name if group else "", known=asked.known,
        group_id=group.id if group else None, user_id=visit.visitor.id,
    )  # fmt: skip


def known_facts(written: str) -> tuple[str, ...]:
    """What is known, as it is typed into one field: 面霜、双11活动."""
    for mark in "，,；;\n":
        written = written.replace(mark, "、")
    return tuple(part.strip()[:80] for part in written.split("、") if part.strip())[:8]


def look(visit: Visit, suggestion_id: int) -> replies.ReplyView:
    """A reply this visitor may look at: one's own, everybody's for who oversees them."""
    mine = None if visit.may(May.oversee) else visit.visitor.id
    with visit.read() as session:
        return replies.load(session, visit.the_brand, suggestion_id, of_user=mine)


def day_of(visit: Visit, day: date) -> tuple[datetime, datetime]:
    """The instants a wall day of the brand begins and ends at."""
    start = datetime.combine(day, time.min, visit.zone)
    return start, datetime.combine(day + timedelta(days=1), time.min, visit.zone)


def check(visit: Visit, suggestion_id: int, text: str, known: tuple[str, ...] = ()) -> tuple[Finding, ...]:
    """What the reply lane finds in an operator's words for that reply."""
    view = look(visit, suggestion_id)
    room = ReplyRoom(visit.runtime, visit.the_brand)
    return reply_edits.of_edit(room.desk, _question(visit, view.row, view.group, known), text)


def note(visit: Visit, suggestion_id: int, kind: str, place: int | None = None, text: str = "") -> int:
    """Note what became of one's own reply; the event's id.

    What is said to be copied must be the suggestion or its last edit, and an edit must pass the lane's checks: figures,
    offers and the trail are drawn from nothing else.
    """
    view, said = look(visit, suggestion_id), edited(text)
    if kind in ("copied", "edited") and place is None:
        raise _which()
    if kind == "edited" and text.strip():
        _refuse(check(visit, suggestion_id, text))
    if kind == "copied" and place is not None and text.strip() and place < len(view.proposals):
        with visit.read() as session:
            _told_here(said, view.proposals[place].text, records.last_edit(session, view.row, place))
    with visit.write() as session:
        return records.event(
            session, visit.the_brand, suggestion_id, kind, now=visit.now, place=place, text=said, user=visit.user(session)
        )  # fmt: skip


def use_edit(
    visit: Visit, suggestion_id: int, place: int, text: str, known: tuple[str, ...] = ()
) -> tuple[Finding, ...]:
    """Note that an edit is copied, unless a finding bars it; what was found."""
    found = check(visit, suggestion_id, text, known)
    if reply_edits.barred(found):
        return found
    kept = edited(text)
    with visit.write() as session:
        for kind in ("edited", "copied"):
            records.event(
                session, visit.the_brand, suggestion_id, kind, now=visit.now, place=place, text=kept,
                user=visit.user(session),
            )  # fmt: skip
    return found


def offer(visit: Visit, suggestion_id: int, place: int, text: str = "") -> int:
    """Offer a suggestion, or what it was edited to, as a script; the offer's id."""
    look(visit, suggestion_id)
    with visit.write() as session:
        row = records.get(session, visit.the_brand, suggestion_id)
        if not 0 <= place < len(row.suggestions):
            raise DeskError(
                f"这条回复没有第 {place + 1} 个建议。",
                code="reply.place",
                english=f"This reply has no suggestion {place + 1}.",
            )
        said = edited(text) if text.strip() else str(row.suggestions[place].get("text", ""))
        return offers.ask(session, visit.the_brand, row, said, now=visit.now)


def accept(visit: Visit, offer_id: int, draft: ScriptDraft) -> int:
    """An offer becomes a script, once its words pass the reply lane; the script's id."""
    _passes(visit, draft.question, draft.answer)
    with visit.write() as session:
        user = visit.user(session)
        made = offers.accept(session, visit.the_brand, offer_id, draft, user=user, now=visit.now).id
    ReplyRoom(visit.runtime, visit.the_brand)  # the next customer does not wait for the new index
    return made


def answer(visit: Visit, gap_id: int, draft: KnowledgeDraft) -> int:
    """A gap is answered by a knowledge item, once its words pass the reply lane; the item's id."""
    _passes(visit, draft.question, draft.answer)
    _known_products(visit, draft.products)
    with visit.write() as session:
        user = visit.user(session)
        made = gaps.answer(session, visit.the_brand, gap_id, draft, user=user, now=visit.now).id
    ReplyRoom(visit.runtime, visit.the_brand)
    return made


def withdraw(visit: Visit, sort: own_rows.Sort, row_id: int) -> None:
    """A row made at the desk is no longer used."""
    with visit.write() as session:
        own_rows.withdraw(session, visit.the_brand, sort, row_id, actor=visit.visitor.actor, now=visit.now)


def _question(visit: Visit, row: Suggestion, group: Group | None, known: tuple[str, ...]) -> Question:
    tier = cast("Level", row.tier) if row.tier in LEVELS else None
    return Question(row.asked, visit.now, row.private, tier, group.name if group else "", known)


def _passes(visit: Visit, question: str, text: str) -> None:
    room = ReplyRoom(visit.runtime, visit.the_brand)
    _refuse(reply_edits.of_answer(room.desk, question, text, now=visit.now))


def _refuse(found: Sequence[Finding]) -> None:
    barred = next((finding for finding in found if finding.verdict == "block"), None)
    if barred is None:
        return
    said = f"「{barred.excerpt}」" if barred.excerpt else ""
    raise DeskError(
        f"有必改的地方{said}：{barred.reason}",
        code="reply.barred",
        english=f"These words cannot be used because of {barred.excerpt!r} ({barred.rule}).",
    )


def _told_here(said: str, *told: str) -> None:
    if said.strip() not in {one.strip() for words in told for one in (words, edited(words))}:
        raise DeskError(
            "复制的不是这条建议，也不是它最后一次检查过的改法。改过的话请先交来检查。",
            code="reply.not_told",
            english="What was copied is neither this suggestion nor its last checked edit; have the edit checked first.",
        )


def _which() -> DeskError:
    return DeskError(
        "复制和修改都要写明是第几个建议（index）。",
        code="reply.which",
        english="Say which suggestion was copied or edited (index).",
    )


def _known_products(visit: Visit, codes: tuple[str, ...]) -> None:
    if not codes:
        return
    with visit.read() as session:
        there = set(
            session.scalars(
                select(Product.code).where(Product.brand_id == visit.the_brand.id, Product.code.in_(codes))
            )
        )
    missing = [code for code in codes if code not in there]
    if missing:
        raise DeskError(
            f"商品里没有编码「{missing[0][:40]}」，请照商品页的编码写。",
            code="reply.product",
            english=f"There is no product {missing[0][:40]!r}; use its code.",
        )
