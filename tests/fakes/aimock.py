"""A server of the protocol written by other people (npm @copilotkit/aimock), told in the same acts as our own.

It runs as its own process; ``make test`` installs it from the lock in tests/peers. What was asked is read from its
journal. Acts it has no means for are refused by name: such tests say so with ``own_only``.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import urllib.request
from pathlib import Path
from typing import Any

from tests.fakes.acts import Act, Babbles, Cuts, Fails, Hangs, Knows, Says, Streams

PROGRAM = Path(__file__).parents[1] / "peers/node_modules/@copilotkit/aimock/dist/cli.js"
KEY = "sk-test"
MODEL = "fake"
TOOL = "written_post"
HANG_MS = 30_000  # the longest it will wait


def missing() -> str:
    """Why it cannot run here; empty when it can."""
    if shutil.which("node") is None:
        return "needs node 20 (https://nodejs.org)"
    return "" if PROGRAM.exists() else "not installed; make test does it"


class Aimock:
    """The running process. ``url`` ends in /v1; it takes only ``KEY`` and knows only the model ``MODEL``."""

    def __init__(self) -> None:
        self._folder = tempfile.mkdtemp(prefix="chongfen-aimock-")
        self._process = subprocess.Popen(
            ["node", str(PROGRAM), "-p", "0", "-f", self._folder, "--log-level", "info"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
            env={**os.environ, "AIMOCK_API_KEYS": KEY},
        )  # fmt: skip
        self._root = self._address()
        self.url = f"{self._root}/v1"

    def close(self) -> None:
        """End the process."""
        self._process.terminate()
        self._process.wait(10)
        assert self._process.stdout is not None
        self._process.stdout.close()
        shutil.rmtree(self._folder, ignore_errors=True)

    def acts(self, *acts: Act) -> None:
        """From now on do this, the last one for ever; what was asked before is forgotten."""
        self._control("/reset", {})
        fixtures = [
            fixture for number, act in enumerate(acts) for fixture in _fixtures(act, number, len(acts))
        ]
        self._control("/fixtures", {"fixtures": fixtures})

    @property
    def journal(self) -> list[dict[str, Any]]:
        """The bodies of what was asked, oldest first."""
        return [entry["body"] for entry in self._entries()]

    @property
    def headers(self) -> list[dict[str, str]]:
        """The headers of what was asked."""
        return [entry["headers"] for entry in self._entries()]

    def _entries(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self._control("/journal?path=completions")
        return found

    def _control(self, path: str, body: dict[str, Any] | None = None) -> Any:
        request = urllib.request.Request(
            f"{self._root}/__aimock{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {KEY}", "Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)

    def _address(self) -> str:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if found := re.search(r"listening on (http://\S+)", line):
                return found[1]
        raise RuntimeError("aimock did not start")


def _fixtures(act: Act, number: int, count: int) -> list[dict[str, Any]]:
    """An act as the server's fixtures; all but the last are used once, in order."""
    match: dict[str, Any] = {"model": MODEL}
    if number < count - 1:
        match["sequenceIndex"] = number
    if isinstance(act, Knows):
        return _knowing(act, match)
    return [{"match": match, **_fixture(act)}]


def _knowing(act: Knows, match: dict[str, Any]) -> list[dict[str, Any]]:
    """One fixture for the way it knows, refusals for the ones it does not, in the order of asking."""
    refused = {"response": {"error": {"message": "this response_format is not supported"}, "status": 400}}
    known = _fixture(act.then)
    schema = {"match": match | {"responseFormat": "json_schema"}, **refused}
    as_object = {
        "match": match | {"responseFormat": "json_object"},
        **(known if act.way == "json_object" else refused),
    }
    tools = {"match": match | {"toolName": TOOL}, **(_called(act.then) if act.way == "tools" else refused)}
    rest = {"match": match, **(known if act.way == "plain" else refused)}
    return [schema, as_object, tools, rest]


def _called(act: Says) -> dict[str, Any]:
    arguments = json.dumps(act.content, ensure_ascii=False)
    return {"response": {"toolCalls": [{"name": TOOL, "arguments": arguments}]}}


def _fixture(act: Act) -> dict[str, Any]:
    silent = {"response": {"content": "-"}}
    match act:
        case Says():
            return _saying(act)
        case Fails():
            wait = {"retryAfter": act.retry_after} if act.retry_after is not None else {}
            return {"response": {"error": {"message": act.message}, "status": act.status, **wait}}
        case Babbles():
            return {**silent, "chaos": {"malformedRate": 1}}
        case Hangs():
            return {**silent, "chaos": {"latencyMs": HANG_MS}}
        case Cuts():
            return {**silent, "chaos": {"disconnectRate": 1}}
        case Streams():
            return _streaming(act)
        case _:
            raise NotImplementedError(f"aimock cannot play {type(act).__name__}; mark the test own_only")


def _saying(act: Says) -> dict[str, Any]:
    if act.refusal or not act.usage:
        raise NotImplementedError("aimock always sends usage and refusal: null; mark the test own_only")
    text = act.content if isinstance(act.content, str) else json.dumps(act.content, ensure_ascii=False)
    response: dict[str, Any] = {
        "content": " " if act.content is None else text,  # a blank: it takes no null
        "finishReason": act.finish,
        "usage": {"prompt_tokens": 900, "completion_tokens": 120, "total_tokens": 1020},
    }
    if act.reasoning:
        response["reasoning"] = act.reasoning
    chaos = {"chaos": {"latencyMs": round(act.latency * 1000)}} if act.latency else {}
    return {"response": response, **chaos}


def _streaming(act: Streams) -> dict[str, Any]:
    if act.finish is None:
        raise NotImplementedError("aimock always sends a finish_reason; mark the test own_only")
    pieces, cut = act.pieces, {}
    if (
        act.broken
    ):  # the chunk at which it cuts is lost with the connection, and its first one is only the role
        pieces, cut = (*act.pieces, act.pieces[0]), {"truncateAfterChunks": len(act.pieces) + 2}
    return {
        "response": {
            "content": "".join(pieces), "finishReason": act.finish,
            "usage": {"prompt_tokens": 50, "completion_tokens": 7, "total_tokens": 57},
        },
        "chunkSize": len(act.pieces[0]), "latency": round(act.every * 1000), **cut,
    }  # fmt: skip
