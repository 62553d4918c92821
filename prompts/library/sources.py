"""Reading the library's files once: the packaged ones and a brand's overrides, as plain text by name.

Names are relative paths with forward slashes (kinds/tip.yaml, templates/high/tip.j2). A folder of overrides
is somebody's input: odd names, links out of the folder, huge or binary files are refused by name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from prompts.errors import PromptError

FOLDERS = ("personas", "tiers", "kinds", "industries", "angles", "templates", "replying")
MOST_BYTES = 64_000
MOST_FILES = 2_000
PACKAGED, OVERRIDE = "packaged", "override"


@dataclass(frozen=True)
class Source:
    """One file: its name, text and where it comes from (``packaged`` or ``override``)."""

    name: str
    text: str
    origin: str

    @cached_property
    def sha(self) -> str:
        """SHA-256 of name and text, 64 hex digits."""
        return hashlib.sha256(f"{self.name}\n{self.text}".encode()).hexdigest()


def packaged() -> Mapping[str, Source]:
    """Every file that ships with the product."""
    return _read(Path(__file__).resolve().parent.parent, PACKAGED)


def overrides(folder: Path) -> Mapping[str, Source]:
    """Every file of a brand's own folder; PromptError when it is not a folder or holds something odd."""
    if not folder.is_dir():
        raise PromptError(
            f"提示词文件夹 {folder} 不存在，请检查 CHONGFEN_PROMPTS_DIR。",
            code="prompt.folder",
            english=f"The prompts folder {folder} does not exist; check CHONGFEN_PROMPTS_DIR.",
        )
    return _read(folder.resolve(), OVERRIDE)


def _read(root: Path, origin: str) -> dict[str, Source]:
    found: dict[str, Source] = {}
    for path in _files(root):
        name = path.relative_to(root).as_posix()
        if len(found) >= MOST_FILES:
            raise PromptError(
                f"提示词文件夹里超过 {MOST_FILES} 个文件，请清理。",
                code="prompt.folder",
                english=f"The prompts folder holds more than {MOST_FILES} files; clear it up.",
            )
        with suppress(FileNotFoundError):  # taken away meanwhile
            found[name] = Source(name, _text(path, root, name), origin)
    return found


def _files(root: Path) -> Iterator[Path]:
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            if path.suffix in (".yaml", ".j2") and path.is_file():
                yield path


def _text(path: Path, root: Path, name: str) -> str:
    if not path.resolve().is_relative_to(root):
        raise PromptError(
            f"提示词文件 {name} 指到了文件夹外面，请换成真正的文件。",
            code="prompt.file",
            english=f"Prompt file {name} points outside its folder; put the file itself there.",
        )
    raw = path.read_bytes()
    if len(raw) > MOST_BYTES:
        raise PromptError(
            f"提示词文件 {name} 超过 {MOST_BYTES // 1000} KB，请拆小。",
            code="prompt.file",
            english=f"Prompt file {name} is over {MOST_BYTES // 1000} KB; split it.",
        )
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise PromptError(
            f"提示词文件 {name} 不是 UTF-8 文本，请另存后再试。",
            code="prompt.file",
            english=f"Prompt file {name} is no UTF-8 text; save it again as UTF-8.",
        ) from error
