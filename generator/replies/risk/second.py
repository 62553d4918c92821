"""A second look where no rule saw danger: the line is weighed, sign by sign, against lines that people have labelled.

A linear sum over signs, pairs, triples, trade concepts and the rules' own kinds of words; the weights (``weights.json``) are learned
from ``examples.tsv`` and ``combined.tsv`` by :mod:`generator.replies.risk.learning`. No model, no chance: the same line always weighs the same.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from generator.replies.retrieval.matters import matters, ways
from generator.replies.retrieval.terms import plain, said
from generator.replies.risk.rules import classes
from generator.replies.risk.sounds import mended

# The ways of asking about these matters are danger lines; those about TROUBLED ones may be either.
DANGER_OF = {
    "pregnant": "pregnancy", "nursing": "pregnancy", "child": "minor", "teen": "minor", "medication": "medicine", "skin_disease": "medicine",
    "reaction": "reaction", "in_eye": "eye", "fake_reaction": "counterfeit", "complaint": "complaint", "press": "press", "my_data": "personal_data",
}  # fmt: skip
TROUBLED = frozenset({
    "price_fell", "points_missing", "paid_twice", "parcel_stuck", "address_wrong", "broken", "sale_faked", "coupon_fails", "exfoliate_sting",
    "niacinamide_hot", "season_red", "authentic", "cures", "child_use", "student_price",
})  # fmt: skip
READ = 120  # characters of one line that are weighed
LINES = 8  # newest lines of a message that are weighed
NONE = "none"
SOFT = frozenset({"press", "ask_person", "upset"})  # nobody comes to harm when a rule alone decides these
MORE_IF_SOFT = 0.8
ORDINARY = 1.2  # how much heavier a line must weigh that is as sure as can be about an ordinary matter
_SPACES, _FIGURE = re.compile(r"\s+"), re.compile(r"\d+(?:\.\d+)?")
_AGE = re.compile(r"(\d{1,2})\s?(?:周)?岁")


@dataclass(frozen=True)
class Scales:
    """Learned weights: what each feature says, and from which sum on a line counts as danger."""

    weights: Mapping[str, float]
    lean: float
    limit: float
    learned_from: str  # SHA-256 of the examples


@dataclass(frozen=True, slots=True)
class Suspicion:
    """A line that weighs like danger: its likeliest class and the signs that say most."""

    key: str
    words: str
    weight: float


def features(line: str) -> set[str]:
    """What a line is weighed by."""
    read = mended(plain(line[-READ:]))
    text = f"^{_plainer(read)}$"
    found = {text[at : at + size] for size in (1, 2, 3) for at in range(len(text) - size + 1)}
    found |= {f"@{concept}" for concept in said(line[-READ:])}
    found |= set(_kinds(read))
    return found


def _plainer(read: str) -> str:
    """Ages by whether they are of age, other figures by nothing: 15岁 says as much as 14岁, 300 as 299."""
    aged = _AGE.sub(lambda match: "幼岁" if int(match[1]) < 18 else "壮岁", read)
    return _SPACES.sub(" ", _FIGURE.sub("0", aged)).strip()


def _kinds(read: str) -> Iterator[str]:
    """Which kinds of evidence words of the rules stand in the line."""
    for risk in classes():
        for place, (pattern, _) in enumerate(risk.evidence):
            if pattern.search(read):
                yield f"~{risk.key}{place}"


def weigh(found: set[str], scales: Scales) -> float:
    """The sum; above zero leans to danger."""
    known = [scales.weights[name] for name in found if name in scales.weights]
    return scales.lean + sum(known) / math.sqrt(len(known)) if known else scales.lean


def calm(text: str) -> float:
    """How much more must speak for danger, because the line is surely about an ordinary matter."""
    key, matter = next(iter(matters(text[-READ:]).items()), ("", None))
    if matter is None or key in TROUBLED:
        return 0.0
    return ORDINARY * max(0.0, 2 * matter.sure - 1)


def second_look(text: str, *, more: float = 0.0) -> Suspicion | None:
    """The gravest-looking of the newest lines, or None when none weighs the limit and ``more``."""
    lines = [line for line in text.split("\n") if line.strip()][-LINES:]
    weighed = [
        (weigh(found, scales()) - calm(line), line, found) for line in lines for found in [features(line)]
    ]
    weight, line, found = max(weighed, key=lambda one: one[0], default=(0.0, "", set()))
    if not line or weight < scales().limit + more:
        return None
    key = _likeliest(found)
    if key in SOFT and weight < scales().limit + more + MORE_IF_SOFT:
        return None
    return Suspicion(key, _telling(found), weight)


def _telling(found: set[str]) -> str:
    """The stretch of signs that speaks loudest for danger."""
    signs = [name for name in found if name[0] not in "@~^" and len(name) > 1 and "$" not in name]
    return max(signs, key=lambda name: scales().weights.get(name, 0.0), default="").strip()


def _likeliest(found: set[str]) -> str:
    """The class of the labelled danger lines nearest to this one, three of them voting."""
    kept, rarity = _book()
    near = sorted(((_alike(found, own, rarity), key) for key, own in kept), reverse=True)[:3]
    votes: Counter[str] = Counter()
    for likeness, key in near:
        votes[key] += likeness  # type: ignore[assignment]
    return votes.most_common(1)[0][0]


def _alike(one: set[str], other: frozenset[str], rarity: Mapping[str, float]) -> float:
    shared = sum(rarity.get(name, 0.0) for name in one & other)
    return shared / math.sqrt(1 + sum(rarity.get(name, 0.0) for name in other))


@cache
def scales() -> Scales:
    """The weights as they were learned."""
    written = json.loads(_text("weights.json"))
    return Scales(written["weights"], written["lean"], written["limit"], written["learned_from"])


@cache
def examples() -> tuple[tuple[str, str], ...]:
    """The lines people labelled: (class key or none, line), the classes' own examples among them."""
    rows = _rows("examples.tsv")
    rows += [[risk.key, line] for risk in classes() for line in risk.text.hit]
    rows += [[NONE, line] for risk in classes() for line in risk.text.miss if not _elsewhere(line, risk.key)]
    return tuple((key, line) for key, line in rows)


@cache
def combined() -> tuple[tuple[str, str], ...]:
    """Lines made of openers, signs and asks, and the ways of asking: they teach words, but are too even to judge by."""
    made = [(key, line) for key, line in _rows("combined.tsv")]
    asked = [
        (DANGER_OF.get(matter, NONE), line)
        for matter, lines in ways().items()
        if matter not in TROUBLED
        for line in lines
    ]
    return (*made, *asked)


def _rows(name: str) -> list[list[str]]:
    return [line.split("\t", 1) for line in _text(name).splitlines() if "\t" in line]


def _elsewhere(line: str, key: str) -> bool:
    """True when a counterexample of one class is an example of another."""
    return any(line in risk.text.hit for risk in classes() if risk.key != key)


@cache
def _book() -> tuple[tuple[tuple[str, frozenset[str]], ...], dict[str, float]]:
    kept = tuple((key, frozenset(features(line))) for key, line in (*examples(), *combined()) if key != NONE)
    seen = Counter(name for _, own in kept for name in own)
    return kept, {name: math.log(1 + len(kept) / count) for name, count in seen.items() if count > 1}


def load() -> None:
    """Read the weights and the labelled lines now, so that the first who needs them does not wait."""
    scales()
    _book()


def _text(name: str) -> str:
    return resources.files("generator.replies.risk").joinpath(name).read_text("utf-8")
