"""A prompt file of the brand's own, written from the desk into the folder CHONGFEN_PROMPTS_DIR names, or taken away again.

The folder belongs to the whole installation, as the users do, so the audit event belongs to no brand. It keeps both
texts: nothing that was ever saved here is lost. Writers read the folder at the start of every batch, replies whenever
a file of it has changed; so a file is put there whole or not at all, and only when the library then still fits together.
"""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from content_calendar.tables import AuditEvent
from desk.errors import DeskError, EditConflict
from desk.queries.prompting import text_of
from prompts.library import Library
from prompts.library.sources import Source

SUBJECT = "prompt"
SAVED, RESTORED = "prompt.saved", "prompt.restored"
KEPT = 6  # former texts the page offers
LOCK = ".chongfen.lock"
MODE = 0o644  # the writers may run as another user


def writable(folder: Path | None) -> bool:
    """True when the desk may write files into the folder of overrides."""
    return folder is not None and folder.is_dir() and os.access(folder, os.W_OK | os.X_OK)


@contextmanager
def changed(folder: Path, file: str, text: str | None, *, base: str) -> Iterator[tuple[Source, Source]]:
    """The file put in place (None: taken away) for the body: what was and what is. When the body fails, all is as before.

    EditConflict when the file is no longer the one with hash ``base``; PromptError when the library would not fit.
    """
    with _alone(folder):
        library = Library.load(folder)
        text_of(library, file)  # only names the library itself lists
        was, path = library.files[file], _inside(folder, file)
        if was.sha != base:
            raise _overtaken()
        former = path.read_bytes() if file in library.own else None
        try:
            _put(path, text.encode() if text is not None else None)
            after = Library.load(folder)
            text_of(after, file)
            yield was, after.files[file]
        except BaseException:
            _put(path, former)
            raise


def note(session: Session, was: Source, now_is: Source, *, action: str, actor: str, now: datetime) -> None:
    """The audit event, with both hashes and both texts."""
    detail = {
        "name": was.name, "before": was.sha, "after": now_is.sha, "was": was.text, "is": now_is.text,
        "was_origin": was.origin,
    }  # fmt: skip
    session.add(
        AuditEvent(
            brand_id=None, at=now, actor=actor, action=action, subject=SUBJECT, subject_id=was.name[-40:],
            before=was.sha[:40], after=now_is.sha[:40], detail=detail,
        )
    )  # fmt: skip
    session.flush()


def kept(session: Session, file: str) -> list[AuditEvent]:
    """The last changes of a file, newest first."""
    query = select(AuditEvent).where(AuditEvent.subject == SUBJECT, AuditEvent.subject_id == file[-40:])
    found = session.scalars(query.order_by(AuditEvent.id.desc()).limit(KEPT))
    return [event for event in found if event.detail["name"] == file]


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Nobody else of this house changes the folder meanwhile."""
    with (folder / LOCK).open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def _inside(folder: Path, file: str) -> Path:
    """The file's path; refused when a link leads it out of the folder."""
    path, root = folder / file, folder.resolve()
    if path.is_symlink() or path.resolve() != root / file:
        raise DeskError(
            f"提示词文件 {file} 的位置被链接指到了别处，请换成真正的文件夹。", code="prompt.file",
            english=f"A link leads prompt file {file} elsewhere; put a real folder there.",
        )  # fmt: skip
    return path


def _put(path: Path, content: bytes | None) -> None:
    if content is None:
        path.unlink(missing_ok=True)
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".new")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), MODE)
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _overtaken() -> EditConflict:
    return EditConflict(
        "你打开之后，有人先存了这个文件。你的文字还在框里；请对照现在的原文，改好再试、再存。",
        code="prompt.edit_conflict",
        english="Somebody saved this file after you opened it. Your text is still in the box; compare, try and save again.",
    )
