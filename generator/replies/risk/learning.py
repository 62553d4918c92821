"""Learning the second look's weights from the labelled lines; run it after the examples or a class have changed.

    .venv/bin/python -m generator.replies.risk.learning

Plain logistic regression by gradient steps in a fixed order: the same lines give the same file. Needs no library and some seconds.
"""

from __future__ import annotations

import hashlib
import json
import math
import random
import sys
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from generator.replies.risk.second import NONE, Scales, combined, examples, features, weigh

ROUNDS, STEP, SHRINK, SLOWER = 24, 0.3, 1e-4, 0.3
SEEN = 2  # a feature of one line only says nothing about others
SMALL = 0.04  # a weight below this is left out of the file
CALM = 0.945  # share of the harmless lines, each weighed by scales that never saw it, that must stay below the limit
FOLDS = 5
WRITTEN = Path(__file__).with_name("weights.json")

Lines = Sequence[tuple[set[str], bool]]


def digest() -> str:
    """What the weights are learned from, as one hash."""
    return hashlib.sha256(
        "\n".join("\t".join(row) for row in (*examples(), *combined())).encode()
    ).hexdigest()


def learn(lines: Lines, limit: float = 0.0) -> Scales:
    """Scales for these lines."""
    seen = Counter(name for found, _ in lines for name in found)
    data = [(sorted(name for name in found if seen[name] >= SEEN), danger) for found, danger in lines]
    weights: defaultdict[str, float] = defaultdict(float)
    lean, dice = 0.0, random.Random(1)  # noqa: S311 — an order, no secret
    for turn in range(ROUNDS):
        dice.shuffle(data)
        step = STEP / (1 + turn * SLOWER)
        for names, danger in data:
            size = math.sqrt(len(names) or 1)
            told = lean + sum(weights[name] for name in names) / size
            wrong = (danger - 1 / (1 + math.exp(-max(-30.0, min(30.0, told))))) * step
            lean += 0.1 * wrong
            for name in names:
                weights[name] += wrong / size - step * SHRINK * weights[name]
    kept = {name: round(weight, 2) for name, weight in sorted(weights.items()) if abs(weight) >= SMALL}
    return Scales(kept, round(lean, 3), limit, digest())


def limit_for(lines: Lines, taught: Lines = ()) -> float:
    """The sum below which nearly all harmless ``lines`` stay when scales weigh them that were not made from them.

    ``taught`` are learned from every time and never judged by.
    """
    calm: list[float] = []
    for fold in range(FOLDS):
        scales = learn([*(line for at, line in enumerate(lines) if at % FOLDS != fold), *taught])
        calm += [
            weigh(found, scales)
            for at, (found, danger) in enumerate(lines)
            if at % FOLDS == fold and not danger
        ]
    return round(sorted(calm)[int(CALM * len(calm))], 2)


def main() -> None:
    """Write the file and say what was learned."""
    lines = [(features(line), key != NONE) for key, line in examples()]
    taught = [(features(line), key != NONE) for key, line in combined()]
    scales = learn([*lines, *taught], limit_for(lines, taught))
    document = {
        "learned_from": scales.learned_from,
        "lean": scales.lean,
        "limit": scales.limit,
        "weights": scales.weights,
    }
    WRITTEN.write_text(json.dumps(document, ensure_ascii=False, indent=0) + "\n", "utf-8")
    sys.stdout.write(
        f"{len(lines)} lines and {len(taught)} combined, {len(scales.weights)} weights, limit {scales.limit}\n"
    )


if __name__ == "__main__":
    main()
