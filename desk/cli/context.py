"""What a command gets: the global options, the runtime made from them on first use, and ways to print."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import click


@dataclass
class Context:
    """The global options; ``runtime`` opens (and migrates) the database on first use."""

    data_dir: Path | None = None
    lang: str | None = None
    brand: str | None = None

    @cached_property
    def runtime(self) -> Any:
        """The process's :class:`workers.runtime.Runtime`."""
        from content_calendar.database import migrate
        from workers import runtime, settings

        loaded = settings.load(data_dir=self.data_dir, lang=self.lang)
        loaded.data_dir.mkdir(parents=True, exist_ok=True)
        migrate(loaded.db_url)
        return runtime.start(loaded)

    def say(self, chinese: str, english: str) -> str:
        """The sentence in the language asked for."""
        return english if self.lang == "en" else chinese


def json_wanted(argv: list[str]) -> bool:
    """True when the call asked for JSON."""
    return "--json" in argv


def emit(document: Any) -> None:
    """Print one JSON document on one line, Chinese as Chinese."""
    click.echo(json.dumps(document, ensure_ascii=False, default=str))


def refuse(message: str, *, code: str, as_json: bool) -> None:
    """Say one sentence: on stderr for a person, as a JSON document for a program."""
    if as_json:
        emit({"error": {"code": code, "message": message}})
    else:
        click.echo(message, err=True)
