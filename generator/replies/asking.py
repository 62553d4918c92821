"""Asking a model for replies: the prompt from the sources, and reading three marked paragraphs as they come.

The first clause is let through as soon as it passed the checks, the rest sentence by sentence: nothing that a check bars is
ever on the screen, and the first words are held back no longer than a clause.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from generator.replies.composing import facts
from generator.replies.composing.current import current, phase
from generator.replies.composing.intent import NO_SELLING
from generator.replies.composing.phrases import Phrases
from generator.replies.desk import ReplyDesk
from generator.replies.preparing import Prepared
from generator.replies.question import Stance
from generator.replies.retrieval import Hit
from prompts import replying
from prompts.library import Prompt
from prompts.reply import CampaignRecord, KnowledgeRecord, ProductRecord, ScriptRecord
from prompts.replying import SourceText

_MARKS: dict[str, Stance] = {"回答": "answer", "安抚": "reassure", "下单": "order", "追问": "answer"}
_MARK = re.compile(r"\s*[【\[]\s*(回答|安抚|下单|追问)\s*[】\]]\s*[:：]?\s*")
_SENTENCE_END = re.compile(r"[。！？!?\n]")
_CLAUSE_END = re.compile(r"[，,。！？!?；;～~\n]")
MOST_CHARS = 400  # of one suggestion
HELD = 8  # characters at the end that may be the beginning of a mark


def prompt_for(prepared: Prepared, desk: ReplyDesk) -> Prompt:
    """The messages for one question; the customer's words masked."""
    question, corpus = prepared.question, desk.corpus
    stance = (
        desk.library.stance(question.tier).stance
        if question.tier and question.private
        else "说得清楚、和气，不催。"
    )
    return replying.prompt(
        library=desk.library,
        brand=corpus.voice.brand,
        persona=corpus.voice.persona,
        tier=question.tier if question.private else None,
        stance=stance,
        private=question.private,
        selling=bool(prepared.found.products) and not prepared.found.concepts & NO_SELLING,
        now=question.now.astimezone(ZoneInfo(corpus.zone)),
        sources=list(_sources(prepared, desk)),
        known=question.known if question.private else (),
        customer=prepared.masked.text,
    )


def _sources(prepared: Prepared, desk: ReplyDesk) -> Iterable[SourceText]:
    for hit in prepared.found.hits[:6]:
        text = _text(hit, prepared, desk)
        if text and hit.fit >= 0.18:
            yield SourceText(hit.document.sheet, hit.document.title, text)
    first = {id(hit.document) for hit in prepared.found.hits[:6]}
    for document in desk.index.documents_of(prepared.found.products):
        if id(document) not in first:
            text = _text(Hit(document, 0.0, 0.0, 0.0), prepared, desk)
            if text:
                yield SourceText(document.sheet, document.title, text)


def _text(hit: Hit, prepared: Prepared, desk: ReplyDesk) -> str:
    """A source as the model may use it: what has passed is left out already."""
    record, now = hit.document.record, prepared.question.now
    say = Phrases(desk.corpus.voice.persona, "")
    if isinstance(record, ScriptRecord | KnowledgeRecord):
        left = current(record.answer, desk.corpus, desk.index.goods, now)
        state = facts.window(left.campaign, now, say) if left.campaign and left.phase != "on" else ""
        return state + left.text
    if isinstance(record, CampaignRecord):
        over = phase(record, now) == "over"
        return facts.window(record, now, say) + ("" if over else record.sheet.rules)
    if isinstance(record, ProductRecord):
        sheet = record.sheet
        parts = [
            facts.price_line(sheet, say),
            sheet.selling_points,
            f"用法：{sheet.usage}",
            f"注意：{sheet.caution}",
            sheet.url,
        ]
        return "；".join(part for part in parts if part)
    return facts.brand_words(hit.document.key, desk.corpus.voice, say)


@dataclass
class Paragraph:
    """One marked paragraph as it grows: ``text`` so far, how much of it was let through, whether it was barred."""

    stance: Stance
    text: str = ""
    told: int = 0
    barred: bool = False
    ended: bool = False


@dataclass
class Paragraphs:
    """Reads pieces of text into marked paragraphs; text before the first mark counts as the answer."""

    found: list[Paragraph] = field(default_factory=list)
    _rest: str = ""

    def feed(self, piece: str) -> None:
        """More text came."""
        self._rest += piece
        while (match := _MARK.search(self._rest)) is not None:
            self._grow(self._rest[: match.start()])
            self._end_last()
            self.found.append(Paragraph(_MARKS[match[1]]))
            self._rest = self._rest[match.end() :]
        open_at = max(self._rest.rfind("【"), self._rest.rfind("["))
        keep = len(self._rest) - open_at if open_at >= 0 and len(self._rest) - open_at <= HELD else 0
        self._grow(self._rest[: len(self._rest) - keep])
        self._rest = self._rest[len(self._rest) - keep :]

    def end(self) -> None:
        """No more text will come."""
        self._grow(self._rest)
        self._rest = ""
        self._end_last()

    def _grow(self, text: str) -> None:
        if not self.found:
            if not text.strip():
                return
            self.found.append(Paragraph("answer"))
        last = self.found[-1]
        last.text = (last.text + text).lstrip()[:MOST_CHARS]

    def _end_last(self) -> None:
        if self.found:
            self.found[-1].text = self.found[-1].text.rstrip()
            self.found[-1].ended = True


def ready(paragraph: Paragraph) -> int:
    """Up to where a paragraph may be judged and shown: its first clause at once, then sentence by sentence, its end."""
    if paragraph.ended:
        return len(paragraph.text)
    shape = _SENTENCE_END if paragraph.told else _CLAUSE_END
    ends = [match.end() for match in shape.finditer(paragraph.text)]
    return ends[-1] if ends else 0
