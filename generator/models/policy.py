"""What to do after a failed attempt: wait and repeat, ask in a simpler way, or give up.

Pure: a small state that turns a trouble into the next step. Retries are bounded per kind of trouble, so that
they cannot multiply with those of a task queue above.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from generator.errors import ModelTrouble
from generator.models.outcomes import LONGEST_WAIT, retryable
from generator.models.spec import LADDER, Method

TIMES = {"rate_limited": 3, "server_error": 2, "connection": 2, "timeout": 1, "bad_response": 1}
_SIMPLER = frozenset({"bad_request", "malformed", "empty"})
_MOST_TOKENS = 16_000


@dataclass(frozen=True)
class Step:
    """The next attempt: how to ask, how many tokens, after how many seconds."""

    method: Method
    max_tokens: int
    wait: float = 0.0
    without: frozenset[str] = frozenset()  # parameters the server does not know


class Policy:
    """The memory of one call's attempts. ``jitter`` in 0..1 spreads waits."""

    def __init__(self, first: Step) -> None:
        self.step = first
        self._seen: Counter[str] = Counter()

    def after(self, trouble: ModelTrouble, jitter: float) -> Step | None:
        """The next step after ``trouble``, or None to give up."""
        self._seen[trouble.code] += 1
        made = self._same(trouble, jitter) or self._changed(trouble)
        if made is not None:
            self.step = made
        return made

    def _same(self, trouble: ModelTrouble, jitter: float) -> Step | None:
        """The same request again after a wait, where that is safe and not yet tried too often."""
        seen = self._seen[trouble.code]
        if not retryable(trouble.code) or seen > TIMES[trouble.code]:
            return None
        asked = trouble.retry_after
        if asked is not None and asked > LONGEST_WAIT:
            return None  # the next writer of the chain is quicker
        wait = asked if asked is not None else min(0.5 * 2 ** (seen - 1), 4.0)
        return self._with(wait=wait * (1 + 0.25 * jitter))

    def _changed(self, trouble: ModelTrouble) -> Step | None:
        """Another way of asking: without a parameter, with more room, or one rung down the ladder."""
        if trouble.code == "too_long":
            room = min(self.step.max_tokens * 2, _MOST_TOKENS)
            return (
                self._with(max_tokens=room)
                if self._seen["too_long"] == 1 and room > self.step.max_tokens
                else None
            )
        if trouble.code not in _SIMPLER:
            return None
        if trouble.code == "bad_request" and (name := self._unknown_parameter(str(trouble))):
            return self._with(without=self.step.without | {name})
        rung = LADDER.index(self.step.method) + 1
        if rung >= len(LADDER) or self._seen["malformed"] + self._seen["empty"] > 2:
            return None
        return self._with(method=LADDER[rung])

    def _unknown_parameter(self, said: str) -> str | None:
        names = ("temperature", "max_tokens", "max_completion_tokens", "enable_thinking", "tool_choice")
        known = (name for name in names if name in said and name not in self.step.without)
        return next(known, None)

    def _with(
        self,
        *,
        method: Method | None = None,
        max_tokens: int | None = None,
        wait: float = 0.0,
        without: frozenset[str] | None = None,
    ) -> Step:
        now = self.step
        return Step(
            method or now.method,
            max_tokens or now.max_tokens,
            wait,
            now.without if without is None else without,
        )
