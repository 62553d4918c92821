"""What another prompt text would change: ten posts it speaks for, what a writer is given of each, before and after.

Whoever tries a text may have made it wild, so everything here is bounded: rendering by the library's cage and by one
clock for all samples, a comparison by how many lines it may weigh, what is shown by lines and characters.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from content_calendar.plan import briefs as calendar_briefs
from content_calendar.tables import Brand, Post
from desk.queries.diffing import Change
from desk.queries.lesson_diffs import Line, lines, worded
from prompts.brief import LEVELS, Brief
from prompts.errors import PromptError
from prompts.evalset import briefs as packaged_briefs
from prompts.library import Library, Prompt

SAMPLES = 10
SECONDS = 4.0  # for all samples together; what is not compared by then says so
WEIGHED = 40_000  # lines times lines a comparison may cost; beyond it the old goes out and the new comes in
SHOWN = 160  # lines of one sample's difference
WIDE = 600  # characters of a line that are compared by words, and that are shown


@dataclass(frozen=True, slots=True)
class Given:
    """A sample and its brief; ``post`` is None for one of the packaged set."""

    post: Post | None
    brief: Brief


@dataclass(frozen=True, slots=True)
class Sample:
    """What a tried text would make of a sample. ``lines``: None is a gap; ``wrong``: why it cannot be told."""

    post_id: int | None
    line: str
    lines: tuple[tuple[Change, ...] | None, ...] = ()
    changed: int = 0
    cut: bool = False
    late: bool = False
    wrong: PromptError | None = None


def given(
    session: Session, brand: Brand, library: Library, file: str, *, now: datetime, first: int | None = None
) -> list[Given]:
    """Ten of the brand's posts that ``file`` speaks for, ``first`` before all; of the packaged set where there is none."""
    posts = _posts(session, brand, library, file, now=now, first=first)
    if posts:
        found = calendar_briefs.build_many(session, posts, now=now)
        return [Given(post, brief) for post, brief in zip(posts, found, strict=True)]
    return [Given(None, brief) for brief in islice(_packaged(library, file), SAMPLES)]


def _posts(
    session: Session, brand: Brand, library: Library, file: str, *, now: datetime, first: int | None
) -> list[Post]:
    """The next to come before those that were: they are the ones still to be written."""
    query = _spoken_for(select(Post).where(Post.brand_id == brand.id), library, file)
    coming = query.where(Post.due_at > now).order_by(Post.due_at, Post.id).limit(SAMPLES)
    been = query.where(Post.due_at <= now).order_by(Post.due_at.desc(), Post.id).limit(SAMPLES)
    asked = session.scalars(query.where(Post.id == first)).all() if first else ()
    return list(dict.fromkeys([*asked, *session.scalars(coming), *session.scalars(been)]))[:SAMPLES]


def _spoken_for(query: Select[Post], library: Library, file: str) -> Select[Post]:
    """Only posts of the kinds and tiers a file is for; a persona speaks in all of them."""
    folder, _, rest = file.partition("/")
    *above, key = rest.rsplit(".", 1)[0].split("/")
    if folder == "tiers":
        return query.where(Post.tier == key)
    if folder == "templates" and above == ["partials"]:
        return query.where(Post.kind.in_(_kinds_with(library, file)))
    if folder == "templates" and (tiers := [level for level in LEVELS if level in above]):
        query = query.where(Post.tier == tiers[0])
    return query.where(Post.kind == key) if folder in {"templates", "kinds"} else query


def _kinds_with(library: Library, file: str) -> list[str]:
    """Kinds of which a template includes this part."""
    own = "templates/partials/"
    whole = [name for name in library.files if name.startswith("templates/") and not name.startswith(own)]
    return [name.rsplit("/", 1)[-1].removesuffix(".j2") for name in whole if file in _parts(library, name)]


def _parts(library: Library, name: str) -> tuple[str, ...]:
    try:
        return library.compiled(library.files[name]).files
    except PromptError:  # a broken file of the brand's own is told of where it is shown
        return ()


def _packaged(library: Library, file: str) -> Iterator[Brief]:
    """Briefs of the packaged set in whose words the file stands."""
    for brief in packaged_briefs():
        if any(name.partition("/")[2] == file for name in library.words(brief).chain):
            yield brief


def differences(
    before: Library, after: Library, found: Sequence[Given], *, clock: Callable[[], float] = time.monotonic
) -> list[Sample]:
    """What would change in the messages of each; one nothing changes for has no lines."""
    end = clock() + SECONDS
    return [_sample(before, after, one, late=clock() > end) for one in found]


def _sample(before: Library, after: Library, one: Given, *, late: bool) -> Sample:
    post_id = one.post.id if one.post else None
    line = (one.post.theme or one.post.kind) if one.post else f"{one.brief.kind} · {one.brief.tier.level}"
    if late:
        return Sample(post_id, line, late=True)
    try:
        old, new = _whole(before.render(one.brief)), _whole(after.render(one.brief))
    except PromptError as error:
        return Sample(post_id, line, wrong=error)
    rows = [] if old == new else list(_compared(old, new))
    shown = tuple(_row(row) for row in rows[:SHOWN])
    changed = sum(1 for row in rows if row.what == "change")
    return Sample(post_id, line, shown, changed, cut=len(rows) > SHOWN)


def _whole(prompt: Prompt) -> str:
    return f"{prompt.system}\n\n{prompt.user}"


def _compared(old: str, new: str) -> Iterator[Line]:
    before, after = old.splitlines(), new.splitlines()
    if len(before) * len(after) <= WEIGHED:
        return lines(old, new)
    return _out_and_in(before, after)


def _out_and_in(before: list[str], after: list[str]) -> Iterator[Line]:
    """The lines between what both begin and end with: the old, then the new."""
    front = _agreeing(before, after)
    back = _agreeing(before[front:][::-1], after[front:][::-1])
    yield from (Line("change", left=line) for line in before[front : len(before) - back])
    yield from (Line("change", right=line) for line in after[front : len(after) - back])


def _agreeing(before: Sequence[str], after: Sequence[str]) -> int:
    pairs = enumerate(zip(before, after, strict=False))
    return next((at for at, pair in pairs if pair[0] != pair[1]), min(len(before), len(after)))


def _row(row: Line) -> tuple[Change, ...] | None:
    """A line by words; a long one goes out whole and comes in whole."""
    if row.what == "gap":
        return None
    left, right = _clipped(row.left), _clipped(row.right)
    if row.what == "same":
        return (Change("same", left),)
    if left != right and max(len(row.left), len(row.right)) <= WIDE:
        return worded(left, right)
    return tuple(change for change in (Change("del", left), Change("ins", right)) if change.text)


def _clipped(line: str) -> str:
    return line if len(line) <= WIDE else f"{line[:WIDE]}…"
