"""A model that can be asked: one structured answer per question, or one trouble with a stable code.

Holds the ladder of structured output (JSON schema, function call, JSON mode, plain text), which rung a server
understood, retries, an overall deadline that also ends a trickling answer, and the limit on calls in
flight. Every attempt on the network is reported; nothing that was said is.
"""

from __future__ import annotations

import asyncio
import json
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from generator.errors import ModelTrouble
from generator.models import answers
from generator.models.loop import home
from generator.models.outcomes import trouble
from generator.models.policy import Policy, Step
from generator.models.rest import Rest
from generator.models.spec import Method, ModelSpec

MOST_ANSWER_CHARS = 60_000
DEADLINE = 2.5  # a whole call with its retries, as a multiple of one attempt's time-out


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


@dataclass(frozen=True)
class Attempt:
    """One network try: outcome code, milliseconds, tokens (None when the server did not say), how it asked."""

    code: str
    milliseconds: int
    method: Method
    tokens_in: int | None = None
    tokens_out: int | None = None
    status: int | None = None


@dataclass(frozen=True)
class Reply:
    """An answer that could be read."""

    data: Mapping[str, Any]
    method: Method


@dataclass(frozen=True)
class _Heard:
    """What came back from one attempt."""

    text: str
    finish: str
    refusal: str
    tokens_in: int | None
    tokens_out: int | None


class ChatModel:
    """One model of the chain. Make one per process and close it; safe to use from any thread or loop."""

    def __init__(
        self,
        spec: ModelSpec,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        now: Callable[[], float] = time.monotonic,
        jitter: Callable[[], float] = random.random,
        deadline: float = DEADLINE,
    ) -> None:
        self.spec = spec
        self._deadline = spec.timeout * deadline
        self._sleep, self._now, self._jitter = sleep, now, jitter
        self._first = Step(spec.first, spec.max_tokens)  # moves down to what the server understands
        self.rest = Rest(now)
        self._http: Any = None

    @property
    def name(self) -> str:
        """How drafts and records call it."""
        return self.spec.name

    async def ask(
        self, messages: Sequence[Message], shape: Shape, report: Callable[[Attempt], None] = lambda _: None
    ) -> Reply:
        """An answer of that shape; ModelTrouble with a stable code when there is none to be had."""
        if self.rest.resting:
            raise ModelTrouble("resting", self.rest.reason)
        return await home().carry(self._within_deadline(messages, shape, report))

    async def aclose(self) -> None:
        """Close the connections; the model may be used again afterwards."""
        await home().carry(self._close())

    def close(self) -> None:
        """Close the connections, from code without a loop."""
        home().run(self._close())

    async def _close(self) -> None:
        http, self._http = self._http, None
        for bound in ("_chat", "_slots"):  # both belong to the loop they were first used on
            self.__dict__.pop(bound, None)
        if http is not None:
            await http.aclose()

    async def _within_deadline(
        self, messages: Sequence[Message], shape: Shape, report: Callable[[Attempt], None]
    ) -> Reply:
        try:
            async with asyncio.timeout(self._deadline):
                reply = await self._tries(messages, shape, report)
        except TimeoutError:
            self.rest.failed("deadline")
            raise ModelTrouble("deadline") from None
        except ModelTrouble as error:
            self.rest.failed(error.code)
            raise
        self.rest.succeeded()
        return reply

    async def _tries(
        self, messages: Sequence[Message], shape: Shape, report: Callable[[Attempt], None]
    ) -> Reply:
        policy = Policy(self._first)
        while True:
            step = policy.step
            try:
                data = await self._attempt(messages, shape, step, report)
            except ModelTrouble as error:
                following = policy.after(error, self._jitter())
                if following is None:
                    raise
                await self._sleep(following.wait)
                continue
            self._first = replace(step, wait=0.0, max_tokens=self.spec.max_tokens)
            return Reply(data, step.method)

    async def _attempt(
        self, messages: Sequence[Message], shape: Shape, step: Step, report: Callable[[Attempt], None]
    ) -> Mapping[str, Any]:
        """One call on the network, reported whatever becomes of it."""
        heard: _Heard | None = None
        code, status, started = "cancelled", None, self._now()
        try:
            async with self._slots:
                started = self._now()
                heard = await self._call(messages, shape, step)
            data = _read(heard, shape)
            code = "ok"
            return data
        except ModelTrouble as error:
            code, status = error.code, error.status
            raise
        finally:
            report(
                Attempt(
                    code,
                    round((self._now() - started) * 1000),
                    step.method,
                    heard.tokens_in if heard else None,
                    heard.tokens_out if heard else None,
                    status,
                )
            )

    async def _call(self, messages: Sequence[Message], shape: Shape, step: Step) -> _Heard:
        chat = self._chat  # made (and langchain imported) outside the time-out
        try:
            async with asyncio.timeout(self.spec.timeout):
                with _untraced():
                    message = await chat.ainvoke(
                        [(turn.role, turn.text) for turn in messages], **self._arguments(shape, step)
                    )
            return _heard(message)
        except Exception as error:
            raise trouble(error) from error

    async def pieces(self, messages: Sequence[Message]) -> AsyncIterator[tuple[str, Mapping[str, int]]]:
        """A plain answer as it comes, on the models' loop: text and, at the end, its tokens; one try.

        A stream that stops without saying why it finished was cut, however politely.
        """
        plain, chat, finish = replace(self._first, method="plain"), self._chat, ""
        try:
            async with self._slots, asyncio.timeout(self.spec.timeout) as limit:
                with _untraced():
                    turns = [(turn.role, turn.text) for turn in messages]
                    async for chunk in chat.astream(turns, **self._arguments(None, plain)):
                        finish = chunk.response_metadata.get("finish_reason") or finish
                        yield str(chunk.text), chunk.usage_metadata or {}
            if limit.expired():  # the client may swallow the cancellation and end as if all were well
                raise TimeoutError
        except Exception as error:
            raise trouble(error) from error
        if finish != "stop":
            raise ModelTrouble({"length": "too_long", "content_filter": "filtered"}.get(finish, "connection"))

    def _arguments(self, shape: Shape | None, step: Step) -> dict[str, Any]:
        """Parameters of one request; what this server refused before is left out. No shape: plain text."""
        tokens = "max_completion_tokens" if self.spec.new_token_name else "max_tokens"
        if tokens in step.without:
            tokens = "max_tokens" if self.spec.new_token_name else "max_completion_tokens"
        asked: dict[str, Any] = {tokens: step.max_tokens, "temperature": self.spec.temperature}
        body: dict[str, Any] = dict(self.spec.extra)
        if shape is not None:
            form = _form(shape, step.method)
            body |= form.pop("extra_body", {})
            asked |= form
        body = {name: value for name, value in body.items() if name not in step.without}
        kept = {k: v for k, v in asked.items() if v is not None and k not in step.without}
        return {**kept, "extra_body": body} if body else kept

    @cached_property
    def _slots(self) -> asyncio.Semaphore:
        return asyncio.Semaphore(self.spec.concurrency)

    @cached_property
    def _chat(self) -> Any:
        from generator.models import compat  # langchain: 1.6 s, only when a model is really called

        self._http = compat.http_client(self.spec)
        return compat.client(self.spec, self._http)


def _form(shape: Shape, method: Method) -> dict[str, Any]:
    """How a structured answer is asked for on one rung of the ladder."""
    schema = dict(shape.schema)
    match method:
        case "json_schema":
            form = {"name": shape.name, "schema": schema, "strict": True}
            return {"extra_body": {"response_format": {"type": "json_schema", "json_schema": form}}}
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


def _untraced() -> AbstractContextManager[None]:
    """LangSmith would post prompts to a third party when the environment says so; never."""
    from langsmith.run_helpers import tracing_context

    return tracing_context(enabled=False)


def _heard(message: Any) -> _Heard:
    """The parts of a langchain message that matter."""
    usage = message.usage_metadata or {}
    calls = [*message.tool_calls, *message.invalid_tool_calls]
    text = message.text
    if calls:
        arguments = calls[0]["args"]
        text = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return _Heard(
        text=text if isinstance(text, str) else "",
        finish=str(message.response_metadata.get("finish_reason") or ""),
        refusal=str(message.additional_kwargs.get("refusal") or ""),
        tokens_in=usage.get("input_tokens"),
        tokens_out=usage.get("output_tokens"),
    )


def _read(heard: _Heard, shape: Shape) -> Mapping[str, Any]:
    """The fields of an answer; ModelTrouble says why there are none."""
    if heard.refusal:
        raise ModelTrouble("refused")
    if heard.finish == "content_filter":
        raise ModelTrouble("filtered")
    if len(heard.text) > MOST_ANSWER_CHARS:
        raise ModelTrouble("too_long")
    data = answers.read(heard.text, shape.fields) if heard.text.strip() else None
    if heard.finish == "length" and (data is None or not all(field in data for field in shape.fields)):
        raise ModelTrouble("too_long")
    if data is None:
        raise ModelTrouble("malformed" if heard.text.strip() else "empty")
    return data
