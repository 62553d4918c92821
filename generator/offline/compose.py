"""Choose a frame and fill its blocks: the grammar's side of an attempt."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from generator.offline.grammar import Block, Frame, Grammar, Line
from generator.offline.join import Piece, length, tidy
from generator.offline.manners import opening
from generator.offline.memory import first_line, normal
from generator.offline.scene import Scene

_SLOT = re.compile(r"\{([a-z_0-9]+)\}")
_MOST_DEPTH = 3
_TURN = 5  # so many signs from the start of a turn make a text repeat itself
_LOOKED_AT = 4  # openings looked at for one of the sort readers like
_OTHERWISE = 0.4  # and how often another sort is taken all the same
_PLAIN = 0.06  # how often a line for everybody stands among those made for this case


_NO_ASIDE = frozenset(
    {
        "morning_news",
        "good_night",
        "festival",
        "welcome",
        "rules",
        "status",
        "reminder",
        "member_day",
        "teaser",
    }
)
_LISTS = frozenset({"multi", "weekly", "has_steps"})
_ASIDE = Block(role="body", any=(), maybe=0.25, drop=5)


class Unfillable(Exception):
    """No way of saying fits here; the caller leaves the place out or takes another frame."""


def frames(grammar: Grammar, scene: Scene) -> list[Frame]:
    """The frames that fit best, in an order of the dice, then the lesser ones."""
    traits = frozenset(scene.traits)
    fitting = [frame for frame in scene.dice.order(grammar.frames) if frame.fits(traits)]
    return sorted(fitting, key=lambda frame: -frame.rank)


def fill(
    frame: Frame, grammar: Grammar, scene: Scene, *, strict: bool = True
) -> tuple[list[Piece], set[str]]:
    """The filled blocks of a frame and the slots they used. Raises Unfillable when a needed block has no words.

    Not strict: only the first line is needed (a brand may forbid words that many lines use).
    """
    pieces: list[Piece] = []
    used: set[str] = set()
    own = frozenset(scene.traits)
    for block in frame.blocks:
        if block.maybe < 1.0 and not scene.dice.chance(_share(block, scene)):
            continue
        try:
            text, slots = _say(block, grammar, scene, pieces, own | {f"told_{slot}" for slot in used})
        except Unfillable:
            if block.role == "first" or (strict and block.must):
                raise
            continue
        used |= slots
        pieces.append(Piece(block.role, text, block.drop, block.run))
    told = own | {f"told_{slot}" for slot in used}
    return _to_them(_with_mentions(pieces, scene), grammar, scene, told), used


def _with_mentions(pieces: list[Piece], scene: Scene) -> list[Piece]:
    """The sentences an editor asked for, where the text does not say them yet."""
    told = normal("".join(piece.text for piece in pieces))
    lines = [sentence for sentence, _ in scene.mentioned if normal(sentence) not in told]
    at = _before_action(pieces)
    return [*pieces[:at], *(Piece("body", f"{line}。") for line in lines), *pieces[at:]]


def _before_action(pieces: Sequence[Piece]) -> int:
    at = len(pieces)
    while at > 1 and pieces[at - 1].role in ("action", "close", "link"):
        at -= 1
    return at


def _to_them(pieces: list[Piece], grammar: Grammar, scene: Scene, traits: frozenset[str]) -> list[Piece]:
    """Now and then a sentence for some of those who read, before the action; the first to go when room is short."""
    name = f"to_{scene.kind.family}"
    if (
        scene.kind.key in _NO_ASIDE
        or traits & _LISTS
        or _share(_ASIDE, scene) == 0.0
        or len(pieces) < 2
        or not scene.dice.chance(_ASIDE.maybe)
    ):
        return pieces
    try:
        text, _ = _phrase(name, grammar.phrases, grammar, scene, traits, 0)
    except Unfillable:
        return pieces
    if not text or not _allowed(text, _ASIDE, scene, pieces) or _stale(text, _ASIDE, scene):
        return pieces
    at = _before_action(pieces)
    return [*pieces[:at], Piece("body", text, _ASIDE.drop), *pieces[at:]]


def _share(block: Block, scene: Scene) -> float:
    if scene.wishes.shorter or 0 < scene.wishes.most_chars <= 80:
        return 0.0
    return 1.0 if scene.wishes.longer else block.maybe


def _say(
    block: Block, grammar: Grammar, scene: Scene, before: Sequence[Piece], traits: frozenset[str]
) -> tuple[str, set[str]]:
    """The first way of saying that was not heard lately; of openings, one of the sort readers like."""
    stale: tuple[str, set[str]] | None = None
    other: tuple[str, set[str]] | None = None
    looked = 0
    for text, slots in _ways(block, grammar, scene, before, traits):
        if _stale(text, block, scene):
            stale = stale or (text, slots)
            continue
        if block.role != "first" or _liked(text, scene):
            return text, slots
        other, looked = other or (text, slots), looked + 1
        if looked == _LOOKED_AT:
            break
    if other is None and stale is None:
        raise Unfillable
    return other or stale or ("", set())


def _ways(
    block: Block, grammar: Grammar, scene: Scene, before: Sequence[Piece], traits: frozenset[str]
) -> Iterator[tuple[str, set[str]]]:
    """The lines of a block that can be said here, the readiest first."""
    lines = [line for line in block.any if line.fits(traits)]
    if not block.ordered:
        lines = sorted(scene.dice.order(lines), key=lambda line: _readiness(line, scene))
    for line in lines:
        try:
            text, slots = _render(line, grammar, scene, traits)
        except Unfillable:
            continue
        if _allowed(text, block, scene, before) and not _doubled(line, before):
            yield text, slots


def _doubled(line: Line, before: Sequence[Piece]) -> bool:
    """True when a turn of this line stands in the text already."""
    told = normal("".join(piece.text for piece in before))
    return any(len(mark) >= _TURN and mark[:_TURN] in told for mark in line.marks)


def _liked(text: str, scene: Scene) -> bool:
    """True for an opening of a sort that was approved or read; any will do where nothing is known of that."""
    wanted = scene.manner.openings
    return not wanted or opening(first_line(text)) in wanted or scene.dice.chance(_OTHERWISE)


def _readiness(line: Line, scene: Scene) -> tuple[bool, float, bool]:
    """Turns not used lately first, then those used longest ago; what is made for this case before what is for everybody."""
    worn = scene.memory.wear(line.marks) if scene.mindful else 0.0
    plain = not line.when and not scene.dice.chance(_PLAIN)
    return worn > 0, round(worn, 1), plain


def _render(
    line: Line, grammar: Grammar, scene: Scene, traits: frozenset[str], depth: int = 0
) -> tuple[str, set[str]]:
    text, used = line.text, set(line.slots)
    values: dict[str, str] = {}
    for slot in line.slots:
        value = scene.slots.get(slot, "")
        if not value:
            value, inner = _phrase(slot, grammar.phrases, grammar, scene, traits, depth)
            used |= inner
        values[slot] = value
    return _SLOT.sub(lambda found: values[found.group(1)], text), used


def _phrase(
    name: str,
    phrases: Mapping[str, tuple[Line, ...]],
    grammar: Grammar,
    scene: Scene,
    traits: frozenset[str],
    depth: int,
) -> tuple[str, set[str]]:
    if depth >= _MOST_DEPTH:
        raise Unfillable
    fitting = [line for line in scene.dice.order(phrases.get(name, ())) if line.fits(traits)]
    for line in sorted(fitting, key=lambda line: scene.memory.wear(line.marks)):
        try:
            return _render(line, grammar, scene, traits, depth + 1)
        except Unfillable:
            continue
    raise Unfillable


def _allowed(text: str, block: Block, scene: Scene, before: Sequence[Piece]) -> bool:
    if any(word in text for word in (*scene.brief.voice.forbidden, *scene.manner.never)):
        return False
    if block.role == "first":
        return length(tidy(first_line(text))) <= scene.first_line_chars
    if not scene.wishes.question and re.search(r"[？?]$", text):
        return False
    told = normal("\n".join(piece.text for piece in before))
    return all(normal(line) not in told for line in text.split("\n") if normal(line))


def _stale(text: str, block: Block, scene: Scene) -> bool:
    if block.role == "link" or not scene.mindful:
        return False
    line = first_line(text)
    return scene.memory.opened_alike(line) if block.role == "first" else scene.memory.said(text)


def picture(grammar: Grammar, scene: Scene) -> str:
    """An idea for the picture; empty when the grammar has none that fits."""
    traits = frozenset(scene.traits)
    for line in scene.dice.order(grammar.pictures):
        if line.fits(traits):
            try:
                return _render(line, grammar, scene, traits)[0]
            except Unfillable:
                continue
    return ""
