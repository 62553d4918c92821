"""Everything about a question that is known before a word is written: what was said, danger, sources, the offline words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from generator.replies import care, guard
from generator.replies.composing import Composition, compose
from generator.replies.composing.current import spoken_of
from generator.replies.composing.phrases import Phrases
from generator.replies.desk import ReplyDesk
from generator.replies.masking import Masked, mask
from generator.replies.question import Question, Reply, Suggestion
from generator.replies.reading import Reading, read
from generator.replies.retrieval import Search, search
from generator.replies.retrieval.documents import Document
from generator.replies.retrieval.search import NOTHING
from generator.replies.risk import Danger, classes, detect
from prompts.brief import Brief
from prompts.reply import ScriptRecord

BODY = frozenset({"breath", "swallow", "eye", "reaction", "pregnancy", "minor", "medicine"})
# A script for one of these calls nobody where the danger itself was looked for and not found.
SEEN_BY_RULES = BODY | {"press", "complaint", "personal_data", "self_harm"}
NEAR = 0.12  # a source that fits less is not worth an operator's look
JUDGED_BY = 8  # sources whose numbers a reply may use
_NOTES = {
    "empty": "没有读到客户的话，请把客户的原话贴进来。",
    "emoji": "客户只发了表情。",
    "picture": "客户发的是图片，文字里没有内容可判断。",
    "voice": "客户发的是语音，文字里没有内容可判断。能转成文字的话，转好再贴进来。",
    "foreign": "客户说的不是中文。",
    "digits": "客户只发了数字。",
}


@dataclass(frozen=True)
class Prepared:
    """One question, ready to be answered. ``reply`` is the answer but for its suggestions, which are checked when asked for."""

    question: Question
    reading: Reading
    masked: Masked
    dangers: tuple[Danger, ...]
    found: Search
    brief: Brief
    reply: Reply
    composition: Composition
    desk: ReplyDesk

    @property
    def for_model(self) -> bool:
        """True when a model may say it better: an ordinary question that the sources answer and no person must take."""
        reply = self.reply
        return not reply.escalate and not reply.gap and not reply.note and bool(reply.sources)

    @cached_property
    def suggestions(self) -> tuple[Suggestion, ...]:
        """The offline words that passed the checks; where none did, that it will be asked."""
        made = self.composition.suggestions
        passed = self._passed(made)
        if passed or not made:
            return passed
        say = Phrases(self.desk.corpus.voice.persona, self.masked.text)
        return self._passed((Suggestion("answer", say.say("gap", who=say.who("other"))),))

    @cached_property
    def script(self) -> Suggestion | None:
        """The reviewed answer in its own words, where one fits and may be shown."""
        own = [one for one in self.composition.suggestions if one.author == "script"][:1]
        return next(iter(self._passed(own)), None)

    def _passed(self, made: Iterable[Suggestion]) -> tuple[Suggestion, ...]:
        checked = (guard.safe(one, self.question, self.desk.corpus, self.brief) for one in made)
        return tuple(one for one in checked if one is not None)


def leaving(question: Question, desk: ReplyDesk) -> str:
    """What of a question may leave the house to be compared: the newest words, masked."""
    return mask(_read(question, desk).asked).text


def _read(question: Question, desk: ReplyDesk) -> Reading:
    voice = desk.corpus.voice
    return read(question.text, ours=(voice.nickname, voice.brand))


def prepare(question: Question, desk: ReplyDesk, likeness: Mapping[str, float] = NOTHING) -> Prepared:
    """Read, mask, look for danger, search and compose. ``likeness``: how near each source's meaning is, where that is known."""
    question = question.in_public() if not question.private else question
    corpus = desk.corpus
    reading = _read(question, desk)
    masked = mask(reading.said)
    asked = mask(reading.asked).text
    dangers = detect(f"{reading.said}", industry=desk.industry)
    found = (
        _search(asked, question, dangers, desk, likeness)
        if asked.strip() and (dangers or reading.sort == "words")
        else Search((), frozenset(), frozenset())
    )
    brief = guard.brief_for(question, corpus, _standing_on(found, desk))
    composition = _compose(question, reading, asked, dangers, found, desk)
    reply = _reply(reading, masked, dangers, found, composition, desk)
    return Prepared(question, reading, masked, dangers, found, brief, reply, composition, desk)


def _search(
    asked: str, question: Question, dangers: tuple[Danger, ...], desk: ReplyDesk, likeness: Mapping[str, float] = NOTHING
) -> Search:  # fmt: skip
    sure = [danger.risk.text.search for danger in dangers if danger.sure and danger.risk.text.search]
    hint = " ".join(sure[:2])  # a mere likeness to danger must not push the right sources aside
    cleared = _looked_for() if not dangers else ()
    return search(
        desk.index,
        asked,
        now=question.now,
        known=question.known,
        hint=hint,
        cleared=cleared,
        likeness=likeness,
        danger=bool(dangers),
    )


def _looked_for(keys: frozenset[str] = BODY) -> tuple[str, ...]:
    """The search words of these dangers."""
    return tuple(risk.text.search for risk in classes() if risk.key in keys and risk.text.search)


def _standing_on(found: Search, desk: ReplyDesk) -> Iterable[Document]:
    """The documents a reply may take numbers from: the first hits, the goods named and their campaigns."""
    first = [hit.document for hit in found.hits[:JUDGED_BY]]
    yield from first
    more = list(desk.index.documents_of(found.products)) if len(found.products) <= 3 else []
    spoken = [
        spoken_of(document.record.answer, desk.corpus)
        for document in first
        if isinstance(document.record, ScriptRecord)
    ]
    more += desk.index.rows_of([campaign for campaign in spoken if campaign is not None])
    seen = {id(document) for document in first}
    for document in more:
        if id(document) not in seen:
            seen.add(id(document))
            yield document


def _compose(
    question: Question, reading: Reading, asked: str, dangers: tuple[Danger, ...], found: Search, desk: ReplyDesk
) -> Composition:  # fmt: skip
    if reading.sort == "empty":
        return Composition((), note=_NOTES["empty"])
    if dangers:
        return Composition(care.suggestions(question, dangers, found, desk.index))
    if reading.sort == "words":
        return compose(question, asked, found, desk.index)
    say = Phrases(desk.corpus.voice.persona, asked)
    text = say.say(reading.sort)
    return Composition(
        (Suggestion("answer", text),), gap=reading.sort == "foreign", note=_NOTES[reading.sort]
    )


def _reply(
    reading: Reading, masked: Masked, dangers: tuple[Danger, ...], found: Search, made: Composition, desk: ReplyDesk
) -> Reply:  # fmt: skip
    ordinary = not dangers and not made.gap and reading.sort == "words" and bool(made.suggestions)
    cleared = _looked_for(SEEN_BY_RULES)
    asks_person = care.by_script(reading.asked, found, desk.index, cleared) if ordinary else None
    told = bool(dangers) or any(one.sources for one in made.suggestions) or made.gap or bool(made.follow_up)
    reply = Reply(
        risk=dangers[0].risk.key if dangers else "none",
        risks=tuple(danger.risk.key for danger in dangers),
        escalate=bool(dangers) or asks_person is not None,
        at_once=dangers[0].risk.text.at_once if dangers else "",
        sources=found.sources(least=0.0 if dangers else NEAR) if told else (),
        gap=made.gap and not dangers,
        follow_up=made.follow_up,
        note=made.note,
        masked=masked.text,
    )
    if dangers:
        return replace(reply, handover=care.handover(dangers, found, desk.index))
    if asks_person is not None:
        return replace(reply, handover=getattr(asks_person.document.record, "handover", ""))
    return reply
