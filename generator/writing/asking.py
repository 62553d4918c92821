"""Asking one model for one post: candidates, the best of them, repair rounds that quote what was found.

What the budget does not allow is simply not there: fewer candidates, no repair, and no text when not even one call may
be made.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from generator.errors import ModelTrouble
from generator.models import About, ChatModel, Message, Shape
from generator.writing.assemble import Assembled, assemble
from generator.writing.desk import MOST_CANDIDATES, MOST_REPAIRS, WritingDesk
from generator.writing.look import Look, look
from prompts import schema
from prompts.brief import Brief
from prompts.clean import quoted
from prompts.kinds import Kind
from prompts.library import Prompt

SHAPE = Shape(schema.NAME, schema.json_schema())


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
        for _ in range(min(self.desk.repair_rounds, MOST_REPAIRS)):
            if best.seen.clean:
                break
            mended = await self._repaired(best)
            if mended is None:
                break
            best = mended
        return best

    async def _candidates(self) -> list[Written]:
        wanted = max(1, min(self.desk.candidates, MOST_CANDIDATES))
        asked = (self.one(self.turns(number=n), "write") for n in range(wanted))
        results = await asyncio.gather(*asked, return_exceptions=True)
        written = [result for result in results if isinstance(result, Written)]
        for failure in results:
            if isinstance(failure, BaseException) and (not written or not isinstance(failure, ModelTrouble)):
                raise failure
        return written

    async def _repaired(self, best: Written) -> Written | None:
        """One repair round; the better of the two texts, the old one when the round failed, None without budget."""
        try:
            mended = await self.one(self.turns(best=best), "repair")
        except ModelTrouble as error:
            return None if error.code == "budget" else replace(best, repairs=best.repairs + 1)
        kept = min(best, mended, key=lambda one: one.seen.rank)
        return replace(kept, repairs=best.repairs + 1, candidates=best.candidates)

    async def one(self, turns: list[Message], purpose: str) -> Written:
        """One answer, looked at; ModelTrouble when there is none to be had."""
        about = About(purpose, self.brief.post, self.prompt.template_hash)
        reply = await self.model.ask(turns, SHAPE, about)
        return self.judged(reply.data)

    def judged(self, answer: Mapping[str, Any]) -> Written:
        """What an answer makes of itself; ModelTrouble("empty") when nothing is left of it."""
        post = assemble(answer, self.brief, self.kind)
        if post is None:
            raise ModelTrouble("empty")
        return Written(post, look(post.text, self.brief, self.kind, self.taken, own=self.desk.own), answer)

    def turns(self, *, number: int = 0, best: Written | None = None) -> list[Message]:
        """What is said to the model: the prompt, another candidate's number, or what is to be mended of ``best``."""
        turns = [Message("system", self.prompt.system), Message("user", self.prompt.user)]
        if number:
            turns[1] = Message("user", f"{self.prompt.user}\n这是第 {number + 1} 份备选，换一个切入点。")
        if best is not None:
            said = {name: best.answer.get(name) for name in SHAPE.fields}
            turns.append(Message("assistant", json.dumps(said, ensure_ascii=False)[:8000]))
            turns.append(Message("user", _quoting(best.seen)))
        return turns


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
