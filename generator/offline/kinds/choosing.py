"""Which note a know-how text is built on: the one its theme asks for, and when that was told lately, one beside it.

A row of the timetable comes round every week with the same theme. Told once, its subject goes on with the next
piece; only where the brief has no other piece is the same one told again, in another form.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from generator.offline import headline, notes
from generator.offline.memory import normal
from generator.offline.scene import Scene
from prompts.brief import Note

NEAR = 1.0  # a note scoring less has nothing to do with the theme
SURE = 2.5  # and so much where its question shares nothing with the theme
LEAST = 0.55  # so much in its question alone is enough where nothing else is near
_SENTENCE = 8  # signs of a sentence that make it known again
Form = Literal["new", "beside", "retold"]


@dataclass(frozen=True, slots=True)
class Choice:
    """A note and how it comes to the post: asked for, beside one that was told, or told again."""

    note: Note
    form: Form = "new"
    other: bool = False  # not the note the theme asks for, but one on the same subject


def shelf(scene: Scene) -> notes.Shelf:
    """The brief's know-how, indexed once for all attempts."""
    return scene.kept("shelf", lambda: notes.Shelf(scene.brief.knowledge, goods(scene)))


def usual(scene: Scene) -> notes.Shelf:
    """All notes that may be told unasked: not those on health, law and service, unless the theme is about that."""

    def made() -> notes.Shelf:
        everything = (*scene.brief.knowledge, *notes.for_everybody(scene.brief.scripts))
        if notes.on_care(scene.theme.whole):
            return notes.Shelf(everything, goods(scene))
        return notes.Shelf([note for note in everything if not notes.careful(note)], goods(scene))

    return scene.kept("usual", made)


def goods(scene: Scene) -> list[str]:
    """The names of the brief's goods."""
    return [product.name for product in scene.brief.products]


def told(scene: Scene, note: Note) -> bool:
    """True when the note was told in the last weeks."""
    said = notes.sentences(note.answer)
    long = [sentence for sentence in said if len(sentence) >= _SENTENCE] or said
    return any(scene.memory.said(sentence) for sentence in long)


def came_before(scene: Scene) -> bool:
    """True when this theme itself was written lately: the row has come round again."""

    def looked() -> bool:
        lines = {line for told in range(4) for line in headline.candidates(scene, told)}
        head = scene.theme.head
        return any(map(scene.memory.opened_alike, lines)) or (len(head) >= 6 and scene.memory.said(head))

    return scene.kept("came_before", looked)


def choose(scene: Scene) -> Choice | None:
    """The note for this theme, or None when the brief has nothing to say about it."""
    if not scene.theme.whole:
        fresh = [n for n in scene.brief.knowledge if not notes.careful(n) and not told(scene, n)]
        return Choice(scene.dice.pick(fresh)) if fresh else None
    first = _nearest(scene)
    if first is None or not told(scene, first) or not came_before(scene):
        return Choice(first) if first else None
    kin = _kin(scene, first)
    fresh = [note for note in kin if not told(scene, note)]
    if fresh:
        return Choice(scene.dice.pick(fresh[:2]), "beside", other=True)
    again = min((first, *kin[:3]), key=lambda note: _worn(scene, note))
    return Choice(again, "retold", other=again is not first)


def _worn(scene: Scene, note: Note) -> float:
    """How lately a note was told."""
    return scene.memory.wear(map(normal, notes.sentences(note.answer)))


def _nearest(scene: Scene) -> Note | None:
    codes = [product.code for product in scene.brief.products]
    joined = scene.theme.whole.replace("、", "")  # 推、拉、腿 is 推拉腿 elsewhere
    matches = shelf(scene).about(f"{scene.theme.whole} {joined}", codes)
    best = matches[0] if matches else None
    if best and (best.on_question >= LEAST or best.score >= (NEAR if best.on_question else SURE)):
        return best.note
    scripts = notes.Shelf(notes.for_everybody(scene.brief.scripts), goods(scene))
    found = scripts.about(scene.theme.whole, codes)
    return found[0].note if found and found[0].score >= NEAR * 1.5 else None


def _kin(scene: Scene, first: Note) -> list[Note]:
    """Other notes on the same subject, nearest first."""
    near = {match.note.key: match.score for match in shelf(scene).about(scene.theme.whole)}
    found = []
    for note in scene.brief.knowledge:
        kin = 2.0 * (note.topic == first.topic) + 1.0 * bool(set(note.products) & set(first.products))
        score = kin + min(near.get(note.key, 0.0), 2.0)
        if note.key != first.key and score >= 2 * NEAR and not notes.careful(note):
            found.append((-score, note.key, note))
    return [note for *_, note in sorted(found, key=lambda entry: entry[:2])]
