"""Words that editors keep taking out, putting in or changing for others, found in the differences of many pairs.

A sentence that goes or comes as a whole is one finding, not the pieces of it; what is left is looked through for runs of
characters that were changed as a whole. Numbers, dates and names belong to a subject and are no habit.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from generator.learning.changes import Run, runs
from generator.learning.found import Found, Pair, clipped, enough

GONE = 0.6  # of the texts that had the words, so many lost them
CAME = 0.3  # of the texts that lacked them, so many got them: people add less regularly than they strike out
LONGEST, WORD = 12, 8  # characters of a run of words; of a word that is changed for another
PER_PAIR = 240  # changed characters looked at in one pair: a text written anew teaches no phrase
EDGES = 0.5  # of the places where words changed, in so many they must be the whole of a clause that did
SURE = 0.8  # the same for two characters, which are often half of something
_HAN = re.compile(r"[\u3400-\u9fff]+")
_SENTENCE = re.compile(r"[^。！？!?\n]+[。！？!?～~…]*")
_PARTICLES = frozenset("哦呢呀啦哟嘛噢喔咯的了吧")
_ENDS = "哦呢呀啦哟嘛噢喔咯"  # a count of its own: see signs
_SUBJECT = re.compile(
    r"\d|https?:|⟦|[零一二三四五六七八九十百千万两半几][元块折点天日号月周年件盒支瓶个次小分秒]|(?:周|星期)[一二三四五六日天]"
)
_TAIL = " 。！？!?～~…，,、；;：:“”\"'（）()"


@dataclass(frozen=True)
class _Change:
    """One pair's texts and what is different in them."""

    machine: str
    approved: str
    runs: tuple[Run, ...]


def found(pairs: Sequence[Pair], least: int, leave: Collection[str]) -> list[Found]:
    """Words struck out, put in and changed, without saying the same thing twice."""
    changes = [
        _Change(p.machine, p.approved, runs(p.machine, p.approved) if p.changed else ()) for p in pairs
    ]
    names = tuple(name for name in leave if len(name) >= 2)
    swapped = list(_swapped(changes, least, names))
    taken = [word for _one, words in swapped for word in words]
    out = _moved(changes, least, names, taken, out=True)
    into = _moved(changes, least, names, taken, out=False)
    return [one for one, _words in swapped] + out + into


def _swapped(
    changes: Sequence[_Change], least: int, names: Sequence[str]
) -> Iterator[tuple[Found, tuple[str, str]]]:
    """One word put for another."""
    seen: dict[tuple[str, str], list[int]] = defaultdict(list)
    for number, change in enumerate(changes):
        mine = {pair for run in change.runs for pair in _words(run)}
        for words in mine:
            seen[words].append(number)
    kept: list[tuple[str, str]] = []
    for (old, new), shown in sorted(
        seen.items(), key=lambda item: (-len(item[1]), -len(item[0][0]), item[0])
    ):
        had = tuple(n for n, change in enumerate(changes) if old in change.machine)
        known = any(old in other or other in old for other, _ in kept)
        if known or not enough(shown, had, least, GONE) or _about(f"{old}{new}", names):
            continue
        kept.append((old, new))
        examples = tuple(_around(changes[number].approved, new) for number in shown)
        yield Found(f"写“{new}”，不写“{old}”", f"不写“{old}”", tuple(shown), had, _few(examples)), (old, new)


def _words(run: Run) -> Iterator[tuple[str, str]]:
    """The change of a word, also where only half of it was touched (使用 → 用)."""
    if max(len(run.old), len(run.new)) <= WORD and _HAN.fullmatch(run.old) and _HAN.fullmatch(run.new):
        yield run.old, run.new
    half = run.old and not run.new and len(run.old) <= 2 and run.old[-1] not in _PARTICLES
    if half and _HAN.fullmatch(run.old + run.after):
        yield run.old + run.after, run.after


def _moved(
    changes: Sequence[_Change], least: int, names: Sequence[str], taken: Sequence[str], *, out: bool
) -> list[Found]:
    """Words struck out (``out``) or put in: whole sentences first, then runs of words."""
    kept: list[tuple[str, Found]] = []
    share = GONE if out else CAME
    for units in (_sentences(changes, out=out), _clauses(changes, out=out)):
        ranked = sorted(units.items(), key=lambda item: (-len(item[1]) * len(item[0]) ** 0.5, item[0]))
        for words, shown in ranked:
            if len(shown) < least or any(
                words in other or other in words for other in (*taken, *(w for w, _ in kept))
            ):
                continue
            could = tuple(n for n, change in enumerate(changes) if (words in change.machine) is out)
            if enough(shown, could, least, share) and not _about(words, names):
                kept.append((words, _told(words, shown, could, changes, out=out)))
    return [one for _words, one in kept]


def _sentences(changes: Sequence[_Change], *, out: bool) -> dict[str, tuple[int, ...]]:
    """Whole sentences that one side has and the other has not."""
    seen: dict[str, set[int]] = defaultdict(set)
    for number, change in enumerate(changes):
        one, other = (change.machine, change.approved) if out else (change.approved, change.machine)
        for sentence in _SENTENCE.findall(one if change.runs else ""):
            bare = sentence.strip().strip(_TAIL).rstrip(_ENDS)
            if 4 <= len(bare) <= 30 and bare not in other and _HAN.search(bare):
                seen[bare].add(number)
    return {words: tuple(sorted(numbers)) for words, numbers in seen.items()}


def _clauses(changes: Sequence[_Change], *, out: bool) -> dict[str, tuple[int, ...]]:
    """Runs of characters within what changed, each with the pairs that show it."""
    seen: dict[str, dict[int, bool]] = defaultdict(dict)
    for number, change in enumerate(changes):
        other = change.approved if out else change.machine
        for part in _parts(change.runs, out=out):
            for start in range(len(part)):
                for end in range(start + 2, min(len(part), start + LONGEST) + 1):
                    words = part[start:end]
                    if words not in other:
                        whole = start == 0 and end == len(part)
                        seen[words][number] = seen[words].get(number, False) or whole
    return {words: tuple(sorted(places)) for words, places in seen.items() if _stands(words, places, out=out)}


def _stands(words: str, places: Mapping[int, bool], *, out: bool) -> bool:
    """True where the run is often enough all that changed, and not the middle of something longer."""
    whole = sum(places.values()) / len(places)
    if len(words) == 2 and (not out or whole < SURE):
        return False
    return whole >= EDGES and words[0] not in _PARTICLES and "您" not in words


def _parts(found: Iterable[Run], *, out: bool) -> Iterator[str]:
    """Runs of Chinese characters in what went (or came), up to a bound a pair."""
    left = PER_PAIR
    for run in found:
        for whole in _HAN.findall(run.old if out else run.new):
            part = whole.rstrip(_ENDS)
            if len(part) >= 2 and left > 0:
                left -= len(part)
                yield part


def _told(
    words: str, shown: Sequence[int], could: tuple[int, ...], changes: Sequence[_Change], *, out: bool
) -> Found:
    texts = [changes[number].machine if out else changes[number].approved for number in shown]
    examples = _few(_around(text, words) for text in texts)
    if out:
        return Found(f"不写“{words}”", f"不写“{words}”", tuple(shown), could, examples)
    last = sum(words in text.rstrip().rsplit("\n", 1)[-1] for text in texts)
    first = sum(words in text.lstrip().split("\n", 1)[0] for text in texts)
    where = (
        "结尾写一句" if last >= len(texts) * 0.7 else "第一行带上" if first >= len(texts) * 0.7 else "写上"
    )
    return Found(f"{where}“{words}”", f"“{words}”", tuple(shown), could, examples)


def _about(words: str, names: Sequence[str]) -> bool:
    """True for words of a subject: numbers, dates, names of goods and campaigns or parts of such a name."""
    return bool(_SUBJECT.search(words)) or any(name in words or words in name for name in names)


def _around(text: str, words: str) -> str:
    """The sentence of ``text`` in which ``words`` stand."""
    line = next((sentence for sentence in _SENTENCE.findall(text) if words in sentence), words)
    return clipped(line)


def _few(examples: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(examples))[:3]
