"""Choose a frame and fill its blocks: the grammar's side of an attempt."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from generator.offline.grammar import Block, Frame, Grammar, Line
from generator.offline.join import Piece, length, tidy
from generator.offline.memory import first_line, normal
from generator.offline.scene import Scene

_SLOT = re.compile(r"\{([a-z_0-9]+)\}")
_MOST_DEPTH = 3
_PLAIN = 0.06  # how often a line for everybody stands among those made for this case


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
    return pieces, used


def _share(block: Block, scene: Scene) -> float:
    if scene.wishes.shorter or 0 < scene.wishes.most_chars <= 80:
        return 0.0
    return 1.0 if scene.wishes.longer else block.maybe


def _say(
    block: Block, grammar: Grammar, scene: Scene, before: Sequence[Piece], traits: frozenset[str]
) -> tuple[str, set[str]]:
    if block.ordered:
        lines = [line for line in block.any if line.fits(traits)]
    else:
        lines = [line for line in scene.dice.order(block.any) if line.fits(traits)]
        lines.sort(key=lambda line: _readiness(line, scene))
    spare: tuple[str, set[str]] | None = None
    for line in lines:
        try:
            text, slots = _render(line, grammar, scene, traits)
        except Unfillable:
            continue
        if not _allowed(text, block, scene, before):
            continue
        if not _stale(text, block, scene):
            return text, slots
        spare = spare or (text, slots)
    if spare is None:
        raise Unfillable
    return spare


def _readiness(line: Line, scene: Scene) -> tuple[bool, float, bool]:
    """Turns not used lately first, then those used longest ago; what is made for this case before what is for everybody."""
    worn = scene.memory.wear(line.marks)
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
    if any(word in text for word in scene.brief.voice.forbidden):
        return False
    if block.role == "first":
        return length(tidy(first_line(text))) <= scene.kind.first_line_chars
    if not scene.wishes.question and re.search(r"[？?]$", text):
        return False
    told = normal("\n".join(piece.text for piece in before))
    return all(normal(line) not in told for line in text.split("\n") if normal(line))


def _stale(text: str, block: Block, scene: Scene) -> bool:
    if block.role == "link":
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
