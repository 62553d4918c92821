"""House notes: offered by the machine, in force by a person's word alone, and what was decided stays decided."""

from __future__ import annotations

from typing import Any

import pytest

from content_calendar.errors import CalendarError, NotFound, StateConflict
from content_calendar.learning import notes
from content_calendar.learning.notes import Habit
from content_calendar.review import NotAllowed
from content_calendar.tables import Brand, HouseNote
from tests.release_world import World


def habit(note: str = "不用表情", **more: Any) -> Habit:
    return Habit(
        **{"kind": "tip", "note": note, "stem": note, "count": 3, "of": 4, "examples": ("看水温🎉",), **more}
    )


def offer(world: World, *habits: Habit) -> int:
    with world.database.write() as session:
        return notes.offer(session, world.brand(session), habits, now=world.now)


def act(world: World, verb: str, note_id: int, role: str = "editor") -> None:
    with world.database.write() as session:
        done = getattr(notes, verb)
        done(session, world.brand(session), note_id, user=world.user(session, role), now=world.now)


def write(world: World, text: str, kind: str = "tip", role: str = "editor") -> None:
    with world.database.write() as session:
        notes.write(
            session, world.brand(session), kind=kind, text=text, user=world.user(session, role), now=world.now
        )


def rows(world: World) -> list[HouseNote]:
    return world.rows(HouseNote)


def in_force(world: World) -> list[str]:
    with world.database.read() as session:
        return [row.note for row in notes.accepted(session, world.brand_id)]


@pytest.mark.databases
def test_an_offered_note_is_in_force_only_when_a_person_accepts_it(world: World) -> None:
    assert offer(world, habit()) == 1 and in_force(world) == []
    act(world, "accept", rows(world)[0].id)
    assert in_force(world) == ["不用表情"]
    (event,) = world.audit("note.accepted")
    assert (event.actor, event.subject, event.detail["name"]) == ("user:aeditor", "note", "不用表情")
    assert (rows(world)[0].decided_by, rows(world)[0].decided_at) == ("user:aeditor", world.now)


def test_looking_again_renews_what_is_offered_and_takes_back_what_is_gone(world: World) -> None:
    offer(world, habit(), habit("不用问句"))
    assert offer(world, habit(count=9, of=12, examples=("新的例子",))) == 0
    (row,) = rows(world)
    assert (row.note, row.count, row.of, row.examples) == ("不用表情", 9, 12, ["新的例子"])


@pytest.mark.parametrize(
    ("verbs", "state"), [(("dismiss",), "dismissed"), (("accept", "withdraw"), "dismissed")]
)
def test_what_was_set_aside_is_not_offered_again_also_with_other_numbers(
    world: World, verbs: tuple[str, ...], state: str
) -> None:
    offer(world, habit("写短一点，全文不超过 50 字", stem="写短一点"))
    note_id = rows(world)[0].id
    for verb in verbs:
        act(world, verb, note_id)
    assert offer(world, habit("写短一点，全文不超过 70 字", stem="写短一点")) == 0
    (row,) = rows(world)
    assert (row.state, row.note) == (state, "写短一点，全文不超过 50 字") and in_force(world) == []
    act(world, "accept", note_id)  # a person may think again
    assert len(in_force(world)) == 1


def test_an_accepted_note_is_never_changed_by_the_machine(world: World) -> None:
    offer(world, habit())
    act(world, "accept", rows(world)[0].id, role="lead")
    assert offer(world, habit(count=9)) == 0 and offer(world) == 0
    assert [(row.state, row.count) for row in rows(world)] == [("accepted", 3)]


def test_a_note_for_every_kind_covers_the_same_habit_of_one(world: World) -> None:
    write(world, "不用表情，一个都不要", kind="")
    assert offer(world, habit(stem="表情")) == 0
    assert offer(world, habit("不用问句", stem="问句")) == 1


def test_a_person_writes_a_note_and_it_is_in_force_at_once(world: World) -> None:
    write(world, "  称呼用“禾苗”，\n不用“亲”  ")
    assert in_force(world) == ["称呼用“禾苗”， 不用“亲”"] and world.audit("note.written")
    with pytest.raises(StateConflict):
        write(world, "称呼用“禾苗”， 不用“亲”")


def test_writing_what_was_offered_accepts_it(world: World) -> None:
    offer(world, habit())
    write(world, "不用表情")
    assert [(row.state, row.count) for row in rows(world)] == [("accepted", 3)]


@pytest.mark.parametrize(("text", "kind"), [("", "tip"), ("短", "tip"), ("长" * 121, "tip"), ("好好写", "nothing"), ("\x00\u202e", "tip")])  # fmt: skip
def test_a_note_nobody_could_follow_is_refused(world: World, text: str, kind: str) -> None:
    with pytest.raises(CalendarError) as refused:
        write(world, text, kind=kind)
    assert refused.value.code in {"note.unusable", "note.kind"} and rows(world) == []


@pytest.mark.parametrize("role", ["operator", "service"])
def test_only_editors_and_the_lead_decide(world: World, role: str) -> None:
    offer(world, habit())
    for verb in ("accept", "dismiss"):
        with pytest.raises(NotAllowed):
            act(world, verb, rows(world)[0].id, role)
    with pytest.raises(NotAllowed):
        write(world, "好好写一句", role=role)
    assert rows(world)[0].state == "offered"


@pytest.mark.parametrize(("before", "verb"), [("accept", "accept"), ("accept", "dismiss"), ("dismiss", "withdraw"), ("dismiss", "dismiss")])  # fmt: skip
def test_a_second_decision_that_does_not_fit_is_a_conflict(world: World, before: str, verb: str) -> None:
    offer(world, habit())
    note_id = rows(world)[0].id
    act(world, before, note_id)
    with pytest.raises(StateConflict):
        act(world, verb, note_id)


def test_another_brand_s_note_is_not_there(world: World) -> None:
    offer(world, habit())
    with world.database.write() as session:
        other = Brand(uid="f" * 32, name="别家")
        session.add(other)
        session.flush()
        with pytest.raises(NotFound):
            notes.accept(session, other, rows(world)[0].id, user=world.user(session), now=world.now)
        assert notes.accepted(session, other.id) == []
