"""The index: an inverted list from terms to sources, scored like BM25, re-ranked by how well the questions fit.

Built once per workbook. A search touches only the lists of the question's own terms; terms that nearly every
source holds are left out in a large corpus, so the time grows with the matches, not with the corpus.
"""

from __future__ import annotations

import heapq
import math
from array import array
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from rapidfuzz import fuzz

from generator.replies.retrieval.documents import Document, documents
from generator.replies.retrieval.goods import Goods, goods
from generator.replies.retrieval.matters import Matter
from generator.replies.retrieval.terms import CONCEPT, bare, said, terms
from prompts.reply import CampaignRecord, Corpus, ProductRecord

NO_MATTERS: Mapping[str, Matter] = MappingProxyType({})
K1 = 1.4  # how fast a repeated term stops counting
SPOKEN_OF = 16  # sources of a question's matter that are looked at, whatever signs they share
NOT_MET = Matter(0.0, 0.0)
ASKED, MET = 0.9, 0.5  # what meeting in a matter adds to the score, and to the fit
LIKELY, ANSWERS = (
    0.3,
    0.36,
)  # sureness from which meeting in a matter is an answer by itself, and the fit it then has at least
ASTRAY = 0.85  # a source that speaks of other matters than the one surely asked about
LOOKED_AT = 24  # candidates that are compared with the question one by one
COMMON = 0.12  # a term more sources than this share hold says little; skipped in a corpus above LARGE
COMMON_SIGN = 0.02  # the same for a single sign, which says little to begin with
LARGE = 1_000
OF_CLASS = 0.4  # share of the best score from which a source is of a danger's own kind
HELD = 0.4  # weight from which a source says a term, not only shares a sign with it


@dataclass(frozen=True, slots=True)
class Hit:
    """A source found. ``score`` orders; ``fit`` 0..1 says how much of the question it meets."""

    document: Document
    score: float
    fit: float
    likeness: float  # 0..1: how alike the two questions are, sign by sign
    met: float = 0.0  # 0..1: how surely both are about one matter


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question as every candidate is compared with it: its terms and concepts weighed once."""

    read: str
    wanted: Mapping[str, float]
    whole: float
    concepts: frozenset[str]
    weighed: float
    products: frozenset[str]
    matters: Mapping[str, Matter]


class Index:
    """A brand's sources, ready to be searched. Immutable after building; safe for threads."""

    def __init__(self, corpus: Corpus) -> None:
        self.corpus = corpus
        self.goods: Goods = goods(corpus.products)
        self.documents: tuple[Document, ...] = tuple(documents(corpus, self.goods))
        self._rows = [document for document in self.documents if document.sheet in ("商品", "活动")]
        self._classes: dict[str, Mapping[str, float]] = {}
        self._stand_for: dict[tuple[str, ...], frozenset[str]] = {}
        self._numbers = {document.name: number for number, document in enumerate(self.documents)}
        self._bare = [bare(document.question) for document in self.documents]
        self._of_matter: defaultdict[str, list[int]] = defaultdict(list)
        for number, document in enumerate(self.documents):
            for matter in sorted(document.matters):
                self._of_matter[matter].append(number)
        postings: dict[str, tuple[array[int], array[float]]] = {}
        for number, document in enumerate(self.documents):
            for term, weight in document.weights.items():
                numbers, weights = postings.setdefault(term, (array("I"), array("f")))
                numbers.append(number)
                weights.append(weight / (weight + K1))
        self._postings = postings
        self._held = [
            frozenset(term for term, weight in document.weights.items() if weight >= HELD)
            for document in self.documents
        ]
        count = max(1, len(self.documents))
        self._rarity = {
            term: math.log(1 + (count - len(numbers) + 0.5) / (len(numbers) + 0.5))
            for term, (numbers, _) in postings.items()
        }

    def find(
        self, query: Mapping[str, float], concepts: frozenset[str], text: str, products: frozenset[str], also: Iterable[str] = (),
        matters: Mapping[str, Matter] = NO_MATTERS,
    ) -> list[Hit]:  # fmt: skip
        """The best sources for a weighted query, best first; ``text`` is compared with the questions.

        ``also`` names sources to be looked at besides, whatever signs they share; ``matters`` are what is surely asked about.
        """
        scores = self._scores(query)
        best = heapq.nlargest(LOOKED_AT, scores, key=scores.__getitem__)
        top = scores[best[0]] if best else 1.0
        read = bare(text)
        wanted = {term: weight * self._rarity.get(term, 3.0) for term, weight in query.items()}
        asked = _Asked(
            read, wanted, sum(wanted.values()), concepts, self._weighed(concepts), products, matters
        )
        more = [self._numbers[name] for name in also if name in self._numbers]
        more += [number for matter in matters for number in self._of_matter.get(matter, ())[:SPOKEN_OF]]
        looked_at = dict.fromkeys([*best, *more])
        return [self._hit(number, scores.get(number, 0.0) / top, asked) for number in looked_at]

    def speaks_of(self, matter: str) -> bool:
        """True when some source is about this matter."""
        return matter in self._of_matter

    def documents_of(self, codes: frozenset[str]) -> list[Document]:
        """The rows of these goods and of the campaigns that price them."""
        return [
            document for document in self._rows
            if document.key in codes or (document.sheet == "活动" and document.products & codes)
        ]  # fmt: skip

    def rows_of(self, records: Sequence[CampaignRecord | ProductRecord]) -> list[Document]:
        """The documents of these goods and campaigns."""
        wanted = {id(record) for record in records}
        return [document for document in self._rows if id(document.record) in wanted]

    def class_of(self, hint: str) -> Mapping[str, float]:
        """The sources a danger's search words find, each with its share 0..1 of the best one's score."""
        if hint not in self._classes:
            wanted = query(hint, frozenset())
            hits = self.find(wanted, said(hint), hint, frozenset())
            best = max((hit.score for hit in hits), default=1.0) or 1.0
            self._classes[hint] = {
                hit.document.name: hit.score / best
                for hit in hits[:8]
                if hit.score >= OF_CLASS * best and hit.document.sheet in ("话术", "知识")
            }
        return self._classes[hint]

    def stand_for(self, hints: tuple[str, ...]) -> frozenset[str]:
        """The sources that answer one of these dangers before anything else."""
        if hints not in self._stand_for:
            self._stand_for[hints] = frozenset(
                name for hint in hints for name, share in self.class_of(hint).items() if share >= OF_CLASS
            )
        return self._stand_for[hints]

    def _scores(self, query: Mapping[str, float]) -> dict[int, float]:
        scores: dict[int, float] = {}
        count = len(self.documents)
        for term, wanted in query.items():
            found = self._postings.get(term)
            if found is None or (
                count > LARGE and len(found[0]) > (COMMON if len(term) > 1 else COMMON_SIGN) * count
            ):
                continue
            gain = wanted * self._rarity[term]
            for number, weight in zip(*found, strict=True):
                scores[number] = scores.get(number, 0.0) + gain * weight
        return scores

    def _hit(self, number: int, share: float, asked: _Asked) -> Hit:
        document, products = self.documents[number], asked.products
        likeness = _likeness(asked.read, self._bare[number]) if document.sheet in ("话术", "知识") else 0.0
        meant = self._meant(asked, document.concepts)
        held = self._held[number]
        covered = (
            sum(weight for term, weight in asked.wanted.items() if term in held) / asked.whole
            if asked.whole
            else 0.0
        )
        goods_fit = self._goods_fit(document, products)
        fit = min(1.0, 0.36 * likeness + 0.34 * meant + 0.30 * covered) * goods_fit
        if document.sheet in ("商品", "活动"):  # rows have no question to be like
            fit = (
                min(1.0, 0.45 * meant + 0.35 * covered + 0.2 * bool(document.products & products)) * goods_fit
            )
        score = (0.42 * share + 0.26 * likeness + 0.22 * meant + 0.10 * covered) * goods_fit
        if asked.concepts and not meant:
            score, fit = 0.75 * score, 0.75 * fit
        met = _met(document, products, asked.matters)
        if met.rank:
            score += ASKED * met.rank * goods_fit
            fit = max(min(1.0, fit + MET * met.sure), ANSWERS if met.sure >= LIKELY else 0.0)
        elif document.matters and any(matter.sure >= 1.0 for matter in asked.matters.values()):
            score, fit = ASTRAY * score, ASTRAY * fit
        return Hit(document, score, fit, likeness, met.sure)

    def _meant(self, asked: _Asked, told: frozenset[str]) -> float:
        """How much of what is asked about the source speaks of, the rarer concepts weighing more."""
        both = asked.concepts & told
        if not both:
            return 0.0
        return self._weighed(both) / (asked.weighed + 0.35 * self._weighed(told - both) or 1.0)

    def _weighed(self, concepts: frozenset[str]) -> float:
        rarity = self._rarity
        return sum(rarity.get(f"@{key}", 1.0) for key in sorted(concepts))

    def _goods_fit(self, document: Document, asked: frozenset[str]) -> float:
        """A source about other goods than those asked about is worth less; goods nobody asked about, too."""
        if document.sheet == "商品":
            return 1.0 if document.products & asked else 0.35
        if asked and document.products and not document.products & asked:
            return 0.62
        return 1.0


def _met(document: Document, products: frozenset[str], matters: Mapping[str, Matter]) -> Matter:
    """The matter in which question and source meet; a product's row speaks only of the goods that are named."""
    if document.sheet == "商品" and not document.products & products:
        return NOT_MET
    return max((told for matter, told in matters.items() if matter in document.matters), default=NOT_MET)


def _likeness(asked: str, question: str) -> float:
    if not asked or not question:
        return 0.0
    whole = fuzz.ratio(asked, question)
    part = fuzz.partial_ratio(asked, question) if min(len(asked), len(question)) >= 4 else whole
    return max(whole, 0.82 * part) / 100.0


def query(text: str, goods_named: frozenset[str], hint: str = "") -> dict[str, float]:
    """A question's weighted terms; ``hint`` are words a risk class searches by, at half weight."""
    wanted: dict[str, float] = {}
    for term, own in terms(text):
        wanted[term] = max(wanted.get(term, 0.0), own)
    for concept in said(text):
        wanted[f"@{concept}"] = CONCEPT
    for code in goods_named:
        wanted[f"#{code}"] = 1.6 if len(goods_named) < 4 else 0.8
    if hint:
        for term, own in terms(hint):
            wanted[term] = max(wanted.get(term, 0.0), 0.5 * own)
        for concept in said(hint):
            wanted[f"@{concept}"] = max(wanted.get(f"@{concept}", 0.0), 0.6 * CONCEPT)
    return wanted
