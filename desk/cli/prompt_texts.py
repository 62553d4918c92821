"""What `chongfen prompts` shows: pieces and their origin, files by name, briefs, differences."""

from __future__ import annotations

import difflib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from prompts.brief import Brief
from prompts.errors import PromptError
from prompts.library import Library
from prompts.library.sources import OVERRIDE, PACKAGED, Source

if TYPE_CHECKING:
    from workers.runtime import Runtime

MOST_BYTES = 2_000_000  # of a brief file


def rows(library: Library) -> Iterator[dict[str, str]]:
    """One row a file of the library, with the name people know it by."""
    for name, source in sorted(library.files.items()):
        folder, _, rest = name.partition("/")
        key = rest.rsplit(".", 1)[0]
        yield {
            "folder": folder,
            "key": key,
            "name": _title(library, folder, key),
            "origin": source.origin,
            "file": name,
        }


def _title(library: Library, folder: str, key: str) -> str:
    pieces = library.pieces
    by_folder: dict[str, Any] = {
        "personas": pieces.personas, "tiers": pieces.tiers, "kinds": pieces.kinds, "industries": pieces.industries,
        "templates": {f: kind for kind in pieces.kinds.values() for f in (kind.key,)},
    }  # fmt: skip
    piece = by_folder.get(folder, {}).get(key.rsplit("/", 1)[-1] if folder == "templates" else key)
    return piece.name if piece else ""


def find(library: Library, name: str) -> list[Source]:
    """The files that go by this name: a path, or a key in any folder, both layers."""
    layers = (library.packaged, library.own)
    found = [
        source
        for layer in layers
        for file, source in sorted(layer.items())
        if name in (file, file.rsplit("/", 1)[-1].rsplit(".", 1)[0], file.partition("/")[2].rsplit(".", 1)[0])
    ]
    if not found:
        raise PromptError(
            f"没有叫「{name[:40]}」的文件，用 chongfen prompts list 看看有哪些。",
            code="prompt.missing",
            english=f"No file is called {name[:40]!r}; chongfen prompts list shows what there is.",
        )
    return found


def brief_from(path: Path) -> Brief:
    """A brief from a JSON file, or from standard input for ``-``."""
    try:
        raw = sys.stdin.buffer.read(MOST_BYTES) if str(path) == "-" else path.read_bytes()[:MOST_BYTES]
        return Brief.model_validate(json.loads(raw))
    except OSError as error:
        raise PromptError(
            f"读不到简报文件 {path}。", code="prompt.brief", english=f"Brief file {path} cannot be read."
        ) from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise PromptError(
            f"简报的字段 {where} 不对：{first['msg']}",
            code="prompt.brief",
            english=f"Field {where} of the brief is wrong: {first['msg']}",
        ) from error
    except ValueError as error:
        raise PromptError(
            f"简报文件 {path} 不是 JSON。", code="prompt.brief", english=f"Brief file {path} is no JSON."
        ) from error


def brief_of_post(runtime: Runtime, post_id: int) -> Brief:
    """The brief of a calendar entry as it would be built now."""
    from content_calendar.errors import NotFound
    from content_calendar.plan import briefs
    from content_calendar.tables import Post

    with runtime.database.read() as session:
        post = session.get(Post, post_id)
        if post is None:
            raise NotFound(f"没有编号为 {post_id} 的内容。", english=f"There is no post {post_id}.")
        return briefs.build(session, post, now=runtime.clock.now())


def of_files(library: Library, name: str | None) -> list[dict[str, str]]:
    """Packaged against override, one entry a file that a brand has changed or added."""
    changed = [file for file in sorted(library.own) if name is None or name in (file, Path(file).stem)]
    return [_difference(file, _text(library.packaged, file), _text(library.own, file)) for file in changed]


def of_posts(runtime: Runtime, library: Library, first: int, second: int) -> list[dict[str, str]]:
    """The words that ask for two posts: what their newest revisions recorded, and the prompts as of now."""
    hashes = [_recorded(runtime, post) for post in (first, second)]
    prompts = [library.render(brief_of_post(runtime, post)) for post in (first, second)]
    note = f"{first} 用 {hashes[0]}；{second} 用 {hashes[1]}。"
    made = _difference("system", prompts[0].system, prompts[1].system)
    return [{**made, "note": note}] if made["diff"] else [{**made, "note": f"{note}现在两条的系统提示相同。"}]


def of_versions(runtime: Runtime, first: str, second: str) -> list[dict[str, str]]:
    """The words two recorded versions asked with, one entry a piece that differs; a hash may be shortened."""
    from content_calendar.learning import versions
    from prompts.library.words import split

    with runtime.database.read() as session:
        old, new = versions.find(session, first), versions.find(session, second)
    before, after = split(old.body), split(new.body)
    names = (name for name in dict.fromkeys([*before, *after]) if before.get(name) != after.get(name))
    sides = (old.hash[:8], new.hash[:8])
    return [_difference(name, before.get(name, ""), after.get(name, ""), sides) for name in names]


def _recorded(runtime: Runtime, post_id: int) -> str:
    """Template and hash of the newest revision, for a person."""
    from sqlalchemy import select

    from content_calendar.tables import Revision

    with runtime.database.read() as session:
        newest = select(Revision).where(Revision.post_id == post_id).order_by(Revision.number.desc()).limit(1)
        revision = session.scalar(newest)
    if revision is None:
        return "（还没有稿子）"
    template = revision.provenance.get("template") or revision.author
    return f"{template} {str(revision.provenance.get('template_hash', ''))[:12]}".strip()


def _text(layer: Any, file: str) -> str:
    source = layer.get(file)
    return source.text if source else ""


def _difference(
    name: str, before: str, after: str, sides: tuple[str, str] = (PACKAGED, OVERRIDE)
) -> dict[str, str]:
    old, new = (f"{side}/{name}" for side in sides)
    lines = difflib.unified_diff(before.splitlines(), after.splitlines(), old, new, lineterm="")
    return {"name": name, "diff": "\n".join(lines), "note": f"{name} 没有不同。"}
