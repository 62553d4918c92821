"""Choosing for a brief: which goods, know-how, scripts, tags and memories belong to one post."""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Sequence
from datetime import timedelta

from content_calendar.plan import matching, standing
from content_calendar.plan.offers import mentioned
from content_calendar.plan.shelf import HEARD_DAYS, Crowd, Shelf
from content_calendar.plan.teaching import past
from content_calendar.tables import Campaign, KnowledgeItem, Post, Product, Script
from prompts.brief import Heard
from prompts.kinds import all_kinds

LEAN_ON = timedelta(days=7)  # know-how prepares the ground for what starts within a week
LAUNCHING = frozenset({"launch", "discount", "flash_sale"})
LEANING = frozenset({"tip", "qa"})
KNOWLEDGE = {"know_how": 6, "talk": 3, "service": 3, "offer": 4}  # by family
SCRIPTS, HEARD, TAGS = 3, 40, 12
TELLING = 6.0  # a note that shares less with the theme does not speak of it
LINKED = 6.0  # what a link to one of the post's goods is worth
EVERYDAY = frozenset({"morning_news"})  # its theme is the same every day and asks for nothing in particular
PRESENTING = frozenset({"teaser", "launch", "discount", "flash_sale", "game"})
CLOSEST = 2  # notes nearest to a know-how post's theme come first, however the goods score
USED_UP = 4.0  # what one use of a note within the last weeks costs it
_RECENT = timedelta(days=14)


def next_launch(shelf: Shelf, post: Post, own: Campaign | None) -> Campaign | None:
    """What starts next for this tier: what the theme itself names besides its campaign, or what know-how leans on."""
    codes = {item.code: item for item in shelf.campaigns.values()}
    if own is not None:
        slot = standing.as_slot(post, "fixed", {own.id: own.code})
        named = [
            codes[code] for code in matching.also(slot, shelf.offers) if codes[code].start_at > post.due_at
        ]
        return min(named, key=lambda item: item.start_at, default=None)
    if post.kind not in LEANING:
        return None
    coming = [
        item
        for item in shelf.campaigns.values()
        if item.kind in LAUNCHING and post.due_at < item.start_at <= post.due_at + LEAN_ON
        and (not item.tiers or post.tier in item.tiers)
    ]  # fmt: skip
    return min(coming, key=lambda item: item.start_at, default=None)


def products(shelf: Shelf, theme: str, campaigns: Sequence[Campaign]) -> tuple[Product, ...]:
    """The campaigns' goods, then those the theme names.

    Words that are only part of what names another product (神经酰胺修护 within 神经酰胺修护面霜) name nothing themselves.
    """
    codes = [code for campaign in campaigns for code in campaign.products]
    runs = {code: run for code, item in shelf.products.items() if (run := mentioned(theme, item.name))}
    codes += [
        code
        for code, run in runs.items()
        if not any(run != other and run in other for other in runs.values())
    ]
    return tuple(shelf.products[code] for code in dict.fromkeys(codes) if code in shelf.products)


def knowledge(
    shelf: Shelf, post: Post, theme: str, goods: Sequence[Product], lean: Sequence[str], used: Counter[str]
) -> tuple[KnowledgeItem, ...]:
    """The most fitting know-how, the much used ones later. ``lean``: codes of the goods that launch next.

    Know-how posts get their full number even where nothing in the theme decides: then the least used, in an order
    that differs from post to post. Other kinds only get what really fits.
    """
    kind = all_kinds().get(post.kind)
    family = kind.family if kind else "talk"
    about = [] if post.kind in EVERYDAY else [theme]
    asked, told = shelf.questions.scores(about), shelf.answers.scores(about)
    mine = {item.code for item in goods}
    linked = LINKED if family == "know_how" or post.kind in PRESENTING else LINKED / 2
    spoken = {number: 2 * asked.get(number, 0.0) + told.get(number, 0.0) for number in {*asked, *told}}
    nearest = sorted(spoken, key=lambda number: (-spoken[number], number))[:CLOSEST]
    first = frozenset(nearest) if family == "know_how" else frozenset()
    scored = []
    for number, item in enumerate(shelf.knowledge):
        score = spoken.get(number, 0.0)
        score = score if score >= TELLING or number in first else 0.0
        score += linked * bool(mine & set(item.products)) + LINKED / 2 * bool(set(lean) & set(item.products))
        if score >= TELLING or family == "know_how":
            weight = score - USED_UP * used[item.key]
            scored.append((number in first, weight, _lot(post.slot_key, item.key), item))
    scored.sort(key=lambda entry: entry[:3], reverse=True)
    return tuple(item for *_, item in scored[: KNOWLEDGE[family]])


def _lot(slot_key: str, key: str) -> int:
    """A number that is random to the eye and the same every time."""
    return zlib.crc32(f"{slot_key}/{key}".encode())


def recent_use(shelf: Shelf, post: Post) -> Counter[str]:
    """How often this tier heard each note of knowledge in the last two weeks."""
    return Counter(
        key
        for said in shelf.said
        if said.tier == post.tier and said.post_id != post.id and post.day - _RECENT <= said.day <= post.day
        for key in said.knowledge
    )


def scripts(shelf: Shelf, theme: str, own: Campaign | None) -> tuple[Script, ...]:
    """A few reviewed answers close to the post; those that end with a person's hand-over are not for a group."""
    scores = shelf.asked.scores([theme, own.name if own else ""])
    ranked = sorted(scores.items(), key=lambda entry: (-entry[1], entry[0]))
    close = [shelf.scripts[number] for number, score in ranked if score >= TELLING]
    return tuple(item for item in close if not item.escalate)[:SCRIPTS]


def heard(shelf: Shelf, post: Post) -> tuple[Heard, ...]:
    """What this tier heard in the last thirty days, newest first."""
    since = post.day - timedelta(days=HEARD_DAYS)
    found = [
        (
            item.day,
            f"{item.due_at:%H:%M}",
            Heard(day=item.day, kind=item.kind, text=item.text, tier=item.tier),
        )
        for item in shelf.said
        if item.tier == post.tier
        and item.post_id != post.id
        and since <= item.day
        and item.due_at < post.due_at
    ]
    found += [
        (item.day, item.time, past(item, post.tier))
        for item in shelf.past
        if post.tier in item.tiers and since <= item.day < post.day and item.day <= shelf.today
    ]
    found.sort(key=lambda entry: entry[:2], reverse=True)
    return tuple(entry[2] for entry in found[:HEARD])


def tags(shelf: Shelf, tier: str) -> tuple[str, ...]:
    """The tags that say most of a tier: shared by its groups, and not by everybody's."""
    crowd = shelf.crowds.get(tier, Crowd(0, (), ()))
    mine = Counter(tag.strip() for group in crowd.tags for tag in group if tag.strip())
    elsewhere = Counter(
        tag.strip()
        for level, other in shelf.crowds.items()
        if level != tier
        for group in other.tags
        for tag in group
    )
    order = {tag: number for number, tag in enumerate(mine)}
    ranked = sorted(mine, key=lambda tag: (-(mine[tag] / (1 + elsewhere[tag])), order[tag]))
    return tuple(ranked[:TAGS])
