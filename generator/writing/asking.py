"""Asking one model for one post: candidates, the best of them, repair rounds that quote what was found.

Every attempt on the network is reported and charged, also of a call that failed.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from generator.errors import ModelTrouble
from generator.models import Attempt, ChatModel, Message, Shape
from generator.writing.assemble import Assembled, assemble
from generator.writing.desk import CallRecord, Estimate, WritingDesk
from generator.writing.look import Look, look
from prompts import schema
from prompts.brief import Brief
from prompts.clean import quoted
from prompts.kinds import Kind
from prompts.library import Prompt

ANSWER_TOKENS = 600  # what an answer takes, generously
SHAPE = Shape(schema.NAME, schema.json_schema())
MOST_CANDIDATES = 5


@dataclass(frozen=True)
class Written:
    """A text a model wrote, what was seen in it, and how many rounds and candidates it took."""

    post: Assembled
    seen: Look
    answer: Mapping[str, Any]
    repairs: int = 0
    candidates: int = 1


@dataclass(frozen=True)
class Asking:
    """One brief put to one model."""

    brief: Brief
    kind: Kind
    prompt: Prompt
    model: ChatModel
    desk: WritingDesk
    taken: Sequence[str]

    async def write(self) -> Written:
        """The best text this model gives; ModelTrouble when it gives none."""
        first = await self._candidates()
        best = min(first, key=lambda one: one.seen.rank)
        best = replace(best, candidates=len(first))
        for _ in range(self.desk.repair_rounds):
            if best.seen.clean or not self._affordable(1):
                break
            best = await self._repaired(best)
        return best

    async def _candidates(self) -> list[Written]:
        wanted = max(1, min(self.desk.candidates, MOST_CANDIDATES))
        number = next((n for n in range(wanted, 0, -1) if self._affordable(n)), 0)
        if not number:
            raise ModelTrouble("budget")
        asked = (self._one(self._turns(number=n), "write") for n in range(number))
        results = await asyncio.gather(*asked, return_exceptions=True)
        written = [result for result in results if isinstance(result, Written)]
        for failure in results:
            if isinstance(failure, BaseException) and (not written or not isinstance(failure, ModelTrouble)):
                raise failure
        return written

    async def _repaired(self, best: Written) -> Written:
        """One repair round; the better of the two texts, and the old one when the round failed."""
        try:
            mended = await self._one(self._turns(best=best), "repair")
        except ModelTrouble:
            return replace(best, repairs=best.repairs + 1)
        kept = min(best, mended, key=lambda one: one.seen.rank)
        return replace(kept, repairs=best.repairs + 1, candidates=best.candidates)

    async def _one(self, turns: list[Message], purpose: str) -> Written:
        attempts: list[Attempt] = []
        try:
            reply = await self.model.ask(turns, SHAPE, attempts.append)
        finally:
            for attempt in attempts:
                self._report(attempt, purpose)
        post = assemble(reply.data, self.brief, self.kind)
        if post is None:
            raise ModelTrouble("empty")
        return Written(post, look(post.text, self.brief, self.kind, self.taken), reply.data)

    def _turns(self, *, number: int = 0, best: Written | None = None) -> list[Message]:
        turns = [Message("system", self.prompt.system), Message("user", self.prompt.user)]
        if number:
            turns[1] = Message("user", f"{self.prompt.user}\n这是第 {number + 1} 份备选，换一个切入点。")
        if best is not None:
            said = {name: best.answer.get(name) for name in SHAPE.fields}
            turns.append(Message("assistant", json.dumps(said, ensure_ascii=False)[:8000]))
            turns.append(Message("user", _quoting(best.seen)))
        return turns

    def _affordable(self, calls: int) -> bool:
        # About one token a Chinese character: a little over what current tokenizers need.
        tokens = len(self.prompt.system) + len(self.prompt.user)
        cost = self.model.spec.cost(tokens, ANSWER_TOKENS)
        return self.desk.budget.allow(
            Estimate((tokens + ANSWER_TOKENS) * calls, cost * calls if cost is not None else None, 0.0)
        )

    def _report(self, attempt: Attempt, purpose: str) -> None:
        spec = self.model.spec
        known = attempt.tokens_in is not None or attempt.tokens_out is not None
        cost: Decimal | None = spec.cost(attempt.tokens_in or 0, attempt.tokens_out or 0) if known else None
        record = CallRecord(
            at=self.desk.now(), post=self.brief.post, model=self.model.name, purpose=purpose,
            template=self.prompt.template, template_hash=self.prompt.template_hash,
            parameters={"method": attempt.method, "temperature": str(spec.temperature),
                        "max_tokens": str(spec.max_tokens)},
            tokens_in=attempt.tokens_in, tokens_out=attempt.tokens_out, milliseconds=attempt.milliseconds,
            outcome=attempt.code, cost=cost, status=attempt.status,
        )  # fmt: skip
        self.desk.record(record)
        self.desk.budget.spend(record)


def _quoting(seen: Look) -> str:
    """What a model is told to mend: findings and complaints as data, one a line."""
    lines = [
        f"“{f.excerpt[:40]}”：{f.reason}{f.suggestion}" if f.excerpt else f"{f.reason}{f.suggestion}"
        for f in seen.findings
    ]
    told = "\n".join(f"- {quoted(line, 200, lines=False)}" for line in [*lines, *seen.complaints][:12])
    return (
        f'上一稿有这些问题：\n<data name="findings">\n{told}\n</data>\n'
        "逐条改掉，别的地方尽量不动，规则不变，仍然只交同样格式的 JSON。"
    )
