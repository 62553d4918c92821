"""A model that can be asked: one structured answer per question, or one trouble with a stable code.

Holds which rung of structured output a server understood, retries, an overall deadline that also ends a trickling
answer, and the limit on calls in flight. Every attempt on the network passes the model's gate; nothing that was
said does.
"""

from __future__ import annotations

import asyncio
import copy
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Any

from generator.errors import ModelTrouble
from generator.models import talk
from generator.models.chunks import read
from generator.models.gate import About, Attempt, Gate, Need, OpenGate
from generator.models.line import Line
from generator.models.loop import home, lasting
from generator.models.outcomes import trouble
from generator.models.policy import Policy, Step
from generator.models.rest import Rest
from generator.models.spec import ModelSpec
from generator.models.talk import Heard, Message, Reply, Shape

DEADLINE = 2.5  # a whole call with its retries, as a multiple of one attempt's time-out
STREAMED_END = {"length": "too_long", "content_filter": "filtered"}


@dataclass
class _Try:
    """One attempt as it goes: what is known of it when it ends."""

    method: Any
    code: str = "cancelled"
    status: int | None = None
    tokens_in: int | None = None
    tokens_out: int | None = None


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
        crowd: bool = False,  # asked by many people at once, who wait for the first word
    ) -> None:
        self.spec = spec
        self._deadline = spec.timeout * deadline
        self._sleep, self._now, self._jitter = sleep, now, jitter
        self._line = Line(spec, now, crowd)
        self._gate: Gate = OpenGate()

    @property
    def name(self) -> str:
        """How drafts and records call it."""
        return self.spec.name

    @property
    def rest(self) -> Rest:
        """Whether it is being left alone after failures."""
        return self._line.rest

    def warm(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        """Make the client for a lasting loop (or the models' own) before anybody waits for it; nothing is asked."""
        self._line.end(loop).ready()

    async def ready(self) -> None:
        """The client is made where the next stream from here will need it: what a library takes to load is no model's delay."""
        if lasting() is None:
            await home().carry(self._opened())
        else:
            await self._opened()

    async def _opened(self) -> None:
        await self._line.end().chat()

    def under(self, gate: Gate) -> ChatModel:
        """The same model, with the same connections and slots, whose calls pass ``gate``."""
        twin = copy.copy(self)
        twin._gate = gate
        return twin

    async def ask(self, messages: Sequence[Message], shape: Shape, about: About | None = None) -> Reply:
        """An answer of that shape; ModelTrouble with a stable code when there is none to be had."""
        if self.rest.resting:
            raise ModelTrouble("resting", self.rest.reason)
        return await home().carry(self._within_deadline(messages, shape, about or About()))

    async def aclose(self) -> None:
        """Close the connections; the model may be used again afterwards."""
        await home().carry(self._line.close())

    def close(self) -> None:
        """Close the connections, from code without a loop."""
        home().run(self._line.close())

    async def _within_deadline(self, messages: Sequence[Message], shape: Shape, about: About) -> Reply:
        try:
            async with asyncio.timeout(self._deadline):
                reply = await self._tries(messages, shape, about)
        except TimeoutError:
            self.rest.failed("deadline")
            raise ModelTrouble("deadline") from None
        except ModelTrouble as error:
            self.rest.failed(error.code)
            raise
        self.rest.succeeded()
        return reply

    async def _tries(self, messages: Sequence[Message], shape: Shape, about: About) -> Reply:
        policy = Policy(self._line.first)
        while True:
            step = policy.step
            try:
                data = await self._attempt(messages, shape, step, about)
            except ModelTrouble as error:
                following = policy.after(error, self._jitter())
                if following is None:
                    raise
                await self._sleep(following.wait)
                continue
            self._line.first = replace(step, wait=0.0, max_tokens=self.spec.max_tokens)
            return Reply(data, step.method)

    async def _attempt(
        self, messages: Sequence[Message], shape: Shape, step: Step, about: About
    ) -> Mapping[str, Any]:
        """One call on the network, told to the gate whatever becomes of it."""
        async with self._line.end().slots:
            ticket = await self._gate.enter(self._need(messages, shape, step, about))
            this, started = _Try(step.method), self._now()
            try:
                said = await self._call(messages, shape, step)
                this.tokens_in, this.tokens_out = said.tokens_in, said.tokens_out
                data = talk.read(said, shape)
                this.code = "ok"
            except ModelTrouble as error:
                this.code, this.status = error.code, error.status
                raise
            finally:
                self._gate.leave(ticket, self._ended(this, started))
        return data

    async def _call(self, messages: Sequence[Message], shape: Shape, step: Step) -> Heard:
        chat = await self._line.end().chat()  # made (and langchain imported) outside the time-out
        try:
            async with asyncio.timeout(self.spec.timeout):
                with _untraced():
                    message = await chat.ainvoke(
                        [(turn.role, turn.text) for turn in messages], **self._arguments(shape, step)
                    )
            return talk.heard(message)
        except Exception as error:
            raise trouble(error) from error

    async def pieces(self, messages: Sequence[Message], about: About) -> AsyncIterator[str]:
        """A plain answer as it comes, on the models' loop or a lasting one; one try.

        A stream that stops without saying why it finished was cut, however politely.
        """
        plain = replace(self._line.first, method="plain")
        async with self._line.end().slots:
            ticket = await self._gate.enter(self._need(messages, None, plain, about))
            this, started = _Try("plain"), self._now()
            try:
                async for text in self._flow(messages, plain, this):
                    yield text
                this.code = "ok"
            except ModelTrouble as error:
                this.code, this.status = error.code, error.status
                raise
            finally:
                self._gate.leave(ticket, self._ended(this, started))

    async def _flow(self, messages: Sequence[Message], plain: Step, this: _Try) -> AsyncIterator[str]:
        """The text of a stream; its tokens are noted in ``this``."""
        chat, finish = await self._line.end().chat(), ""
        try:
            async with asyncio.timeout(self.spec.timeout) as limit:
                turns = [{"role": turn.role, "content": turn.text} for turn in messages]
                async with await chat.chunks(turns, self._arguments(None, plain)) as chunks:
                    async for data in chunks:
                        chunk = read(data)
                        finish = chunk.finish or finish
                        if chunk.tokens_in is not None or chunk.tokens_out is not None:
                            this.tokens_in, this.tokens_out = chunk.tokens_in, chunk.tokens_out
                        yield chunk.text
            if limit.expired():  # the client may swallow the cancellation and end as if all were well
                raise TimeoutError
        except Exception as error:
            raise trouble(error) from error
        if finish != "stop":
            raise ModelTrouble(STREAMED_END.get(finish, "connection"))

    def _need(self, messages: Sequence[Message], shape: Shape | None, step: Step, about: About) -> Need:
        tokens = talk.size(messages, shape)
        told = {
            "method": step.method, "temperature": str(self.spec.temperature), "max_tokens": str(step.max_tokens),
        }  # fmt: skip
        cost = self.spec.cost(tokens, step.max_tokens)
        return Need(self.name, about, tokens, step.max_tokens, self.spec.timeout, cost, told)

    def _ended(self, this: _Try, started: float) -> Attempt:
        counted = this.tokens_in is not None or this.tokens_out is not None
        cost = self.spec.cost(this.tokens_in or 0, this.tokens_out or 0) if counted else None
        taken = round((self._now() - started) * 1000)
        return Attempt(this.code, taken, this.method, this.tokens_in, this.tokens_out, cost, this.status)

    def _arguments(self, shape: Shape | None, step: Step) -> dict[str, Any]:
        """Parameters of one request; what this server refused before is left out. No shape: plain text."""
        tokens = "max_completion_tokens" if self.spec.new_token_name else "max_tokens"
        if tokens in step.without:
            tokens = "max_tokens" if self.spec.new_token_name else "max_completion_tokens"
        asked: dict[str, Any] = {tokens: step.max_tokens, "temperature": self.spec.temperature}
        body: dict[str, Any] = dict(self.spec.extra)
        if shape is not None:
            form = talk.form(shape, step.method)
            body |= form.pop("extra_body", {})
            asked |= form
        body = {name: value for name, value in body.items() if name not in step.without}
        kept = {k: v for k, v in asked.items() if v is not None and k not in step.without}
        return {**kept, "extra_body": body} if body else kept


def _untraced() -> AbstractContextManager[None]:
    """LangSmith would post prompts to a third party when the environment says so; never."""
    from langsmith.run_helpers import tracing_context

    return tracing_context(enabled=False)
