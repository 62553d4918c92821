"""What is said to a model and what comes back: turns, the shape of an answer, the ladder of asking for it.

Structured output is asked for through ``extra_body`` where it can be: an answer that was cut off then comes back with its
token counts instead of as an exception without them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from generator.errors import ModelTrouble
from generator.models import answers
from generator.models.spec import Method

MOST_ANSWER_CHARS = 60_000


@dataclass(frozen=True)
class Message:
    """One turn: ``role`` is system, user or assistant."""

    role: str
    text: str


@dataclass(frozen=True)
class Shape:
    """The answer asked for: a name and a flat JSON schema."""

    name: str
    schema: Mapping[str, Any]

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields."""
        return tuple(self.schema["properties"])

    @cached_property
    def size(self) -> int:
        """Characters of the schema as it is sent."""
        return len(json.dumps(dict(self.schema), ensure_ascii=False))


@dataclass(frozen=True)
class Reply:
    """An answer that could be read."""

    data: Mapping[str, Any]
    method: Method


@dataclass(frozen=True)
class Heard:
    """What came back from one attempt."""

    text: str
    finish: str
    refusal: str
    tokens_in: int | None
    tokens_out: int | None


def size(messages: Sequence[Message], shape: Shape | None) -> int:
    """Tokens a request takes at most: about one a Chinese character, a little over what current tokenizers need."""
    return sum(len(turn.text) for turn in messages) + (shape.size if shape is not None else 0)


def form(shape: Shape, method: Method) -> dict[str, Any]:
    """How a structured answer is asked for on one rung of the ladder."""
    schema = dict(shape.schema)
    match method:
        case "json_schema":
            wanted = {"name": shape.name, "schema": schema, "strict": True}
            return {"extra_body": {"response_format": {"type": "json_schema", "json_schema": wanted}}}
        case "json_mode":
            return {"extra_body": {"response_format": {"type": "json_object"}}}
        case "function_calling":
            function = {"name": shape.name, "description": "交稿", "parameters": schema}
            return {
                "tools": [{"type": "function", "function": function}],
                "tool_choice": {"type": "function", "function": {"name": shape.name}},
            }
        case "plain":
            return {}


def heard(message: Any) -> Heard:
    """The parts of a langchain message that matter."""
    usage = message.usage_metadata or {}
    calls = [*message.tool_calls, *message.invalid_tool_calls]
    text = message.text
    if calls:
        arguments = calls[0]["args"]
        text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return Heard(
        text=text if isinstance(text, str) else "",
        finish=str(message.response_metadata.get("finish_reason") or ""),
        refusal=str(message.additional_kwargs.get("refusal") or ""),
        tokens_in=usage.get("input_tokens"),
        tokens_out=usage.get("output_tokens"),
    )


def read(said: Heard, shape: Shape) -> Mapping[str, Any]:
    """The fields of an answer; ModelTrouble says why there are none."""
    if said.refusal:
        raise ModelTrouble("refused")
    if said.finish == "content_filter":
        raise ModelTrouble("filtered")
    if len(said.text) > MOST_ANSWER_CHARS:
        raise ModelTrouble("too_long")
    data = answers.read(said.text, shape.fields) if said.text.strip() else None
    if said.finish == "length" and (data is None or not all(field in data for field in shape.fields)):
        raise ModelTrouble("too_long")
    if data is None:
        raise ModelTrouble("malformed" if said.text.strip() else "empty")
    return data
