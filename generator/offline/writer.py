"""Write one post from a brief: plan, fill, join, look again; several attempts, the first that is clean and fresh is taken."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from generator.offline import (
    clean,
    compose,
    grammar,
    guard,
    join,
    kinds,
    manners,
    material,
    names,
    polish,
    theme,
    trace,
    version,
    wishes,
)
from generator.offline.dice import Dice
from generator.offline.grammar import Frame, Grammar
from generator.offline.join import Piece
from generator.offline.memory import Memory, first_line
from generator.offline.scene import Scene
from prompts import asks, demands
from prompts.brief import Brief
from prompts.draft import Draft, Provenance
from prompts.errors import PromptError
from prompts.kinds import Kind, all_kinds

ATTEMPTS = 12
MORE = 6
_MISSED = 12.0  # what a missing must-have or a broken ban costs
_LOST = 3.0  # what a line costs that had to be thrown away
LIKENESS = 0.5  # the bar is 0.55; a text closer than this to one of the last days is tried again
ECHO = 0.68  # the checks warn at 0.75 of anything heard in 30 days


@dataclass(frozen=True, slots=True)
class _Attempt:
    text: str
    pieces: tuple[Piece, ...]
    facts: tuple[str, ...]
    picture: str
    penalty: float


def write(brief: Brief, *, seed: int, taken: Sequence[str] = ()) -> Draft:
    """A draft for a brief: pure, the same for the same brief, seed and ``taken``; its findings are left to the checks.

    ``taken`` are texts already chosen for neighbours of the same audience. Raises PromptError for an unknown kind.
    """
    safe = clean.brief(brief)
    kind = all_kinds().get(safe.kind)
    if kind is None:
        raise PromptError(
            f"不认识的内容类型：{clean.name(safe.kind, 30)}",
            code="prompt.kind",
            english=f"Unknown kind: {clean.name(safe.kind, 30)}",
        )
    memory = Memory.of(safe, taken)
    known = guard.sources(safe)
    parsed = theme.parse(safe.theme, hide=_hidden(safe))
    manner = manners.of(safe)
    wished = wishes.read(safe.remark, safe.instruction)
    plan = Scene(safe, kind, parsed, wished, Dice(seed), memory, manner)
    material.gather(plan)
    best: _Attempt | None = None
    for number in range(ATTEMPTS + MORE):
        # A must-have that no fresh wording has room for is worth an old one.
        mindful = number < ATTEMPTS
        if best and (best.penalty == 0 or (not mindful and best.penalty < _MISSED)):
            break
        dice = Dice(seed, safe.post, safe.tier.level, number)
        attempt = _attempt(plan.again(dice, mindful=mindful), known)
        if attempt and (best is None or attempt.penalty < best.penalty):
            best = attempt
    if best is None:
        raise PromptError(
            f"“{kind.name}”的语料里没有一句能用，请检查品牌的禁用词。",
            code="prompt.grammar",
            english=f"Not one line for {kind.key} can be used; check the brand's forbidden words.",
        )
    return _draft(brief, safe, best, seed)


def _hidden(brief: Brief) -> tuple[str, ...]:
    """Words of a theme that readers must not see: the brand's forbidden ones and the name of the tier."""
    stem = names.stem(brief)
    return tuple(word for word in (*brief.voice.forbidden, stem) if word and word in brief.theme)


def _attempt(scene: Scene, known: frozenset[str]) -> _Attempt | None:
    kinds.prepare(scene)
    words = grammar.load(scene.kind.key)
    known = known | frozenset(scene.derived)
    for strict in (True, False):
        for frame in compose.frames(words, scene):
            found = _filled(frame, words, scene, known, strict=strict)
            if found:
                return found
    return None


def _filled(
    frame: Frame, words: Grammar, scene: Scene, known: frozenset[str], *, strict: bool
) -> _Attempt | None:
    try:
        pieces, used = compose.fill(frame, words, scene, strict=strict)
    except compose.Unfillable:
        return None
    filled = len(pieces)
    pieces = _without_faults(pieces, scene.brief, known)
    lost = filled - len(pieces)
    if not pieces or pieces[0].role != "first":
        return None
    pieces, again = _opened_anew(pieces, scene)
    pieces = _fitting(pieces, scene)
    text = _laid_out(pieces, scene)
    facts = tuple(fact for slot in sorted(used) for fact in scene.uses.get(slot, ()))
    facts += tuple(fact for sentence, fact in scene.mentioned if sentence in text)
    picture = compose.picture(words, scene)
    return _Attempt(text, tuple(pieces), facts, picture, _penalty(text, scene, known) + _LOST * lost + again)


def _opened_anew(pieces: list[Piece], scene: Scene) -> tuple[list[Piece], float]:
    """A first line that was heard lately gets the day before it; what that costs, so that a new line is preferred."""
    line, _, rest = pieces[0].text.partition("\n")
    if not scene.memory.opened(line) or scene.wishes.one_sentence:
        return pieces, 0.0
    bare = re.sub(r"^(今天的?|{weekday}的?)".format(weekday=scene.get("weekday")), "", line)
    for day in (f"又到{scene.get('weekday')}，", f"{scene.get('weekday')}照旧，", f"{scene.get('date')}，"):
        fresh = f"{day}{bare}"
        if join.length(fresh) <= scene.first_line_chars and not scene.memory.opened(fresh):
            text = f"{fresh}\n{rest}" if rest else fresh
            return [replace(pieces[0], text=text), *pieces[1:]], 0.5
    return pieces, 0.0


def _without_faults(pieces: Sequence[Piece], brief: Brief, known: frozenset[str]) -> list[Piece]:
    kept = []
    for piece in pieces:
        lines = [line for line in piece.text.split("\n") if not guard.fault(join.tidy(line), brief, known)]
        if lines:
            kept.append(Piece(piece.role, "\n".join(lines), piece.drop, piece.run))
    return kept


def _fitting(pieces: list[Piece], scene: Scene) -> list[Piece]:
    """Leave out what is readiest to go until the text fits its kind, its lane and the operator's wish."""
    room = min(scene.room, int(join.length(scene.brief.previous) * 0.8)) if _shorten(scene) else scene.room
    while True:
        text = _laid_out(pieces, scene)
        lines = sum(1 for line in text.split("\n") if line.strip())
        if (
            join.length(text) <= room
            and lines <= scene.kind.lines
            and len(text.encode()) <= scene.brief.max_bytes
        ):
            return pieces
        droppable = [piece for piece in pieces if piece.drop > 0]
        if not droppable:
            return pieces
        first_out = max(droppable, key=lambda piece: piece.drop)
        pieces = [piece for piece in pieces if piece is not first_out]


def _laid_out(pieces: Sequence[Piece], scene: Scene) -> str:
    text = join.lay_out(pieces, emoji=scene.emoji)
    return polish.text(text, scene.manner, kind=scene.kind.key, emoji=scene.emoji)


def _shorten(scene: Scene) -> bool:
    return scene.wishes.shorter and join.length(scene.brief.previous) > 30


def _penalty(text: str, scene: Scene, known: frozenset[str]) -> float:
    size = join.length(text)
    penalty = 0.0
    if any(guard.fault(line, scene.brief, known) for line in text.split("\n")):
        penalty += 20
    if size > scene.room:
        penalty += 4 + (size - scene.room) / 20
    if sum(1 for line in text.split("\n") if line.strip()) > scene.kind.lines:
        penalty += 4
    if size < _least(scene.kind, scene):
        penalty += 4
    if scene.memory.opened(first_line(text)):
        penalty += 6
    penalty += max(0.0, scene.memory.likeness(text, LIKENESS) - LIKENESS) * 20
    echo = scene.memory.echo(text, ECHO)
    penalty += 3 + (echo - ECHO) * 40 if echo > ECHO else 0.0
    penalty += _MISSED * len(demands.missing(scene.kind, text, scene.brief)) + _MISSED * len(
        demands.broken(scene.kind, text)
    )
    asked = len(asks.requests(text))
    penalty += 1.5 * max(0, asked - 1)
    if scene.kind.action.required and not asked and not asks.helps(text):
        penalty += 1.5
    missing = [topic for topic in scene.wishes.topics if topic not in text]
    return penalty + len(missing) + _unmannerly(text, scene)


def _unmannerly(text: str, scene: Scene) -> float:
    """What the brand's editors would mend."""
    manner = scene.manner
    asked = len(re.findall(r"[？?]", text))
    penalty = 4.0 * sum(word in text for word in manner.never)
    penalty += 2.0 * max(0, asked - manner.questions) if manner.questions is not None else 0.0
    penalty += 1.0 * (len(first_line(text)) > scene.first_line_chars)
    return penalty + (1.0 if join.length(text) < manner.least_chars else 0.0)


def _least(kind: Kind, scene: Scene) -> int:
    return 0 if scene.wishes.shorter else min(kind.min_chars, scene.room)


def _draft(brief: Brief, safe: Brief, attempt: _Attempt, seed: int) -> Draft:
    action = next((join.tidy(piece.text) for piece in attempt.pieces if piece.role == "action"), "")
    action = next(iter(asks.requests(attempt.text)), action)
    said = version.words(safe.kind)
    return Draft(
        text=attempt.text,
        first_line=first_line(attempt.text),
        action=action if action in attempt.text else "",
        picture=attempt.picture,
        facts=trace.facts_in(attempt.text, brief, attempt.facts),
        provenance=Provenance(
            author="offline",
            template=said.template,
            template_hash=said.hash,
            brief_hash=brief.digest(),
            seed=seed,
        ),
    )
