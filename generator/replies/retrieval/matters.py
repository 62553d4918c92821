"""Which matter a question is about, told by how people have asked about each matter before.

``ways/*.yaml`` holds a few hundred matters (ship_when, pilling, pay_later), each with lines as customers write them. A matter is the
mean of its lines over signs, pairs and concepts; a question is compared with each. Sources are told apart the same way, so that
a question and a source meet in a matter although they share no word, and a question whose matter no source speaks of is a gap.
"""

from __future__ import annotations

import heapq
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import NamedTuple

import yaml

from generator.replies.retrieval.terms import IDLE, plain, said

ELSEWHERE = "asked_elsewhere"  # the file of matters that few books answer
PERSON = "person"  # the file of matters looked at only where danger was seen
READ = 300  # characters of a question that are compared
TOLD, WEIGHED = 4, 12  # matters told of a text, of so many that come near it
NOISE = 0.04  # likeness below which nothing is told
LEADS = 0.5  # the least rank of the likeliest matter
LEAST, SURE = (
    0.08,
    0.28,
)  # likeness that counts as nothing and as certainty; between them measured to be right in proportion
ITS_OWN = 0.2  # likeness from which a source counts as speaking of a matter
SECOND = 0.8  # of the first matter's likeness: a source may speak of two (多久发货、用什么快递)
WIDE = 0.5  # a sign that more matters hold than this share tells none of them
CONCEPT = 1.3  # a trade concept says more than a pair of signs
_FIGURE, _OTHER = re.compile(r"\d+(?:\.\d+)?"), re.compile(r"[^\w]+")


class Matter(NamedTuple):
    """``rank`` 0..1 orders sources: what is likeliest leads, however little is known; ``sure`` 0..1 says how far to rely on it."""

    rank: float
    sure: float


def matters(text: str, *, danger: bool = False) -> dict[str, Matter]:
    """The likeliest matters of a question, the likeliest first; those a person takes over only where there is ``danger``."""
    found = [
        (key, likeness)
        for key, likeness in _near(text[-READ:])
        if likeness >= NOISE and (danger or key not in _of_person())
    ][:TOLD]
    top = found[0][1] if found else 1.0
    told: dict[str, Matter] = {}
    for key, likeness in found:
        sure, near = _sureness(likeness), (likeness / top) ** 2
        told[key] = Matter(max(sure, LEADS) * near, sure * near)
    return told


def spoken_of(question: str, topic: str = "") -> frozenset[str]:
    """The matters a source's own question is about; its ``topic`` decides where there are several (物流：三天没更新了)."""
    own = _its_own(question)
    return (len(own) > 1 and topic and own & _its_own(f"{topic} {question}")) or own


def _its_own(question: str) -> frozenset[str]:
    found = _near(question)[:TOLD]
    top = found[0][1] if found else 0.0
    near = [key for key, likeness in found if likeness >= max(ITS_OWN, SECOND * top)]
    return frozenset(key for key in near if key == near[0] or key not in elsewhere())


@cache
def elsewhere() -> frozenset[str]:
    """The matters that few books answer."""
    return frozenset(_written(ELSEWHERE))


@cache
def _of_person() -> frozenset[str]:
    return frozenset(_written(PERSON))


@cache
def ways() -> Mapping[str, tuple[str, ...]]:
    """Every matter with the lines it is known by."""
    found: dict[str, tuple[str, ...]] = {}
    for name in ("shop", "skin", ELSEWHERE, PERSON):
        for key, lines in _written(name).items():
            found[key] = (*found.get(key, ()), *(line for line in lines.splitlines() if line))
    return found


def _written(name: str) -> dict[str, str]:
    file = resources.files("generator.replies.retrieval") / "ways" / f"{name}.yaml"
    written: dict[str, str] = yaml.safe_load(file.read_text("utf-8"))
    return written


def _sureness(likeness: float) -> float:
    return max(0.0, min(1.0, (likeness - LEAST) / (SURE - LEAST)))


def _signs(text: str) -> frozenset[str]:
    """Signs, pairs and concepts of a text; figures count as figures, whichever they are."""
    read = _OTHER.sub(" ", _FIGURE.sub("0", IDLE.sub(" ", plain(text)))).strip()
    framed = f"^{read}$"
    pairs = {framed[at : at + size] for size in (1, 2) for at in range(len(framed) - size + 1)}
    return frozenset(pairs | {f"@{concept}" for concept in said(text)})


@dataclass(frozen=True)
class _Means:
    """``shares``: sign → the matters (by number) that hold it and its share there; ``rarity`` of each sign, and of one never seen."""

    keys: tuple[str, ...]
    shares: Mapping[str, tuple[tuple[int, float], ...]]
    rarity: Mapping[str, float]
    unseen: float


@cache
def _means() -> _Means:
    lines = {key: [_signs(line) for line in told] for key, told in ways().items()}
    seen = Counter(sign for told in lines.values() for signs in told for sign in signs)
    count = sum(len(told) for told in lines.values())
    rarity = {sign: math.log(1 + count / times) * _weight(sign) for sign, times in seen.items()}
    means: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, told in enumerate(lines.values()):
        sums: defaultdict[str, float] = defaultdict(float)
        for signs in told:
            size = _size(signs, rarity, 0.0)
            for sign in signs:
                sums[sign] += rarity[sign] / size
        whole = math.sqrt(sum(share * share for share in sums.values()))
        for sign, share in sums.items():
            means[sign].append((number, share / whole))
    shares = {sign: tuple(held) for sign, held in means.items() if len(held) <= WIDE * len(lines)}
    return _Means(tuple(lines), shares, rarity, math.log(1 + count))


def _weight(sign: str) -> float:
    return CONCEPT if sign[0] == "@" else 1.0


def _size(signs: Iterable[str], rarity: Mapping[str, float], unseen: float) -> float:
    return math.sqrt(sum((rarity[sign] if sign in rarity else unseen * _weight(sign)) ** 2 for sign in signs)) or 1.0  # fmt: skip


@lru_cache(maxsize=4096)
def _near(text: str) -> tuple[tuple[str, float], ...]:
    """The matters a text is nearest to, by the cosine of their signs."""
    means = _means()
    signs = _signs(text)
    size = _size(signs, means.rarity, means.unseen)
    sums = [0.0] * len(means.keys)
    for sign in signs:
        if sign in means.shares:
            weight = means.rarity[sign]
            for number, share in means.shares[sign]:
                sums[number] += share * weight
    best = heapq.nlargest(WEIGHED, range(len(sums)), key=sums.__getitem__)
    return tuple((means.keys[number], sums[number] / size) for number in best if sums[number] > 0.0)
