"""Choosing what a brief shows of earlier texts: the closest approved ones, the best read ones, the notes in force."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from content_calendar.plan.lessons import Lesson, Read
from content_calendar.plan.relevance import pairs
from content_calendar.plan.shelf import Crowd, Shelf
from content_calendar.tables import Campaign, PastPost, Post, Product
from prompts.brief import Example, Heard, Level
from prompts.distance import without_label

EXAMPLES, BEST, NOTES = 3, 3, 10
SURE = 50  # so many readers are added before a share is compared: a group of five proves little
_GOODS, _CAMPAIGN, _STAGE, _THEME = 3.0, 2.0, 1.0, 2.0  # what makes two posts alike, and how much


def examples(
    shelf: Shelf, post: Post, theme: str, goods: Sequence[Product], own: Campaign | None
) -> tuple[Example, ...]:
    """Approved texts of the same kind and tier, the closest first; of equals the mended one, then the newer."""
    wanted, codes = frozenset(pairs(theme)), frozenset(item.code for item in goods)
    about = (own.kind if own else "", post.stage or "")
    mine = [
        item
        for item in shelf.lessons
        if (item.kind, item.tier) == (post.kind, post.tier) and item.post_id != post.id
    ]
    mine.sort(key=lambda item: (-_likeness(item, wanted, codes, about), not item.edited_from))
    different = {item.text: item for item in reversed(mine)}  # the same words once, the closest of them
    kept = [item for item in mine if different[item.text] is item][:EXAMPLES]
    return tuple(
        Example(kind=item.kind, text=item.text, tier=_level(item.tier), edited_from=item.edited_from)
        for item in kept
    )


def _likeness(item: Lesson, words: frozenset[str], codes: frozenset[str], about: tuple[str, str]) -> float:
    campaign, stage = about
    return (
        _GOODS * _shared(item.products, codes)
        + _CAMPAIGN * bool(campaign and campaign == item.campaign)
        + _STAGE * bool(stage and stage == item.stage)
        + _THEME * _shared(item.words, words)
    )


def _shared(some: Collection[str], others: Collection[str]) -> float:
    one, other = set(some), set(others)
    return len(one & other) / len(one | other) if one and other else 0.0


def best(shelf: Shelf, post: Post) -> tuple[Heard, ...]:
    """The brand's earlier posts of this kind that were read and clicked most: this tier's, else anybody's."""
    rated = [*_before(shelf, post), *_since(shelf, post)]
    mine = [entry for entry in rated if entry[1].tier == post.tier] or rated
    mine.sort(key=lambda entry: (-entry[0], entry[1].day))
    return tuple(heard for _rate, heard in mine[:BEST])


def _before(shelf: Shelf, post: Post) -> list[tuple[float, Heard]]:
    """Posts from before the product was used."""
    return [
        (
            _rate(item.reads, item.clicks, item.reached),
            past(item, post.tier if post.tier in item.tiers else None),
        )
        for item in shelf.past
        if item.kind == post.kind and item.reached and item.day <= shelf.today
    ]


def _since(shelf: Shelf, post: Post) -> list[tuple[float, Heard]]:
    """Posts of ours whose figures were imported; without a count of people the whole tier was reached."""
    return [
        (_rate(item.reads, item.clicks, _reached(shelf, item)), _heard(item, shelf.brand.ai_label))
        for item in shelf.read
        if item.kind == post.kind and item.post_id != post.id and _reached(shelf, item)
    ]


def _reached(shelf: Shelf, item: Read) -> int:
    return item.reached or shelf.crowds.get(item.tier, Crowd(0, (), ())).members


def _rate(reads: int | None, clicks: int | None, reached: int | None) -> float:
    """Share of those reached who read it plus share who clicked."""
    return ((reads or 0) + (clicks or 0)) / ((reached or 0) + SURE)


def past(item: PastPost, tier: str | None) -> Heard:
    """A post from before the product was used, as something heard."""
    return Heard(
        day=item.day, kind=item.kind, text=item.text, tier=_level(tier), reads=item.reads, clicks=item.clicks
    )


def _heard(item: Read, label: str) -> Heard:
    return Heard(
        day=item.day, kind=item.kind, text=without_label(item.text, label), tier=_level(item.tier),
        reads=item.reads, clicks=item.clicks,
    )  # fmt: skip


def _level(tier: str | None) -> Level | None:
    return tier if tier in ("high", "mid", "low") else None  # type: ignore[return-value]


def notes(shelf: Shelf, post: Post) -> tuple[str, ...]:
    """The house notes in force for this kind, its own before those for every kind."""
    own = [note for kind, note in shelf.notes if kind == post.kind]
    everybody = [note for kind, note in shelf.notes if not kind]
    return tuple(dict.fromkeys([*own, *everybody]))[:NOTES]
