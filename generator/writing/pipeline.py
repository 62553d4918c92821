"""One post, whatever happens: the models in their order, then the offline writer, which never fails for want of one.

A draft always carries its findings, who wrote it, from which words, and why a lesser writer had to step in.
"""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from generator import offline
from generator.checks.judge import consult
from generator.errors import GeneratorError, ModelTrouble
from generator.models import ChatModel
from generator.models.loop import home
from generator.writing.asking import Asking, Written
from generator.writing.assemble import labelled
from generator.writing.desk import WritingDesk
from generator.writing.look import TOO_CLOSE, Look, look
from prompts.brief import Brief, Heard
from prompts.draft import Draft, Provenance
from prompts.errors import PromptError
from prompts.library import Prompt

SEEDS = 2  # offline texts to choose from when the first is blocked or too like a neighbour's
NEIGHBOURS = 6  # openings of neighbours a model is told to avoid
log = logging.getLogger("chongfen.write")


@dataclass(frozen=True)
class _Looked:
    """A draft with its rank."""

    draft: Draft
    seen: Look


def write(brief: Brief, *, desk: WritingDesk, taken: Sequence[str] = (), seed: int | None = None) -> Draft:
    """Write one post from code without an event loop; see :func:`awrite`."""
    return home().run(awrite(brief, desk=desk, taken=taken, seed=seed))


async def awrite(
    brief: Brief, *, desk: WritingDesk, taken: Sequence[str] = (), seed: int | None = None
) -> Draft:
    """A draft for ``brief``, different from ``taken`` (texts chosen for its neighbours).

    Trouble with a model is never raised. GeneratorError (``writing.nothing``) only when not even the offline
    writer has a word for this brief.
    """
    draft = await _written(brief, desk, taken, seed_of(brief) if seed is None else seed)
    if desk.judge is None:
        return draft
    found = await consult(draft.text, draft.findings, desk.judge, own=desk.own, post=brief.post)
    return draft if found == draft.findings else draft.model_copy(update={"findings": found})


async def _written(brief: Brief, desk: WritingDesk, taken: Sequence[str], chosen: int) -> Draft:
    """By the first model whose text may go before an editor, else by the offline writer."""
    reason, best = ("" if desk.models else "no_model"), None
    for model in desk.models:
        try:
            made = await _by_model(brief, model, desk, taken, chosen, reason)
        except ModelTrouble as error:
            reason = reason or error.code
            continue
        except PromptError as error:
            log.warning("template of %s is unusable: %s", brief.kind, error)
            reason = reason or error.code
            break
        fault = "blocked" if made.draft.blocked else "too_alike" if made.seen.likeness >= TOO_CLOSE else ""
        if not fault:
            return made.draft
        reason, best = reason or fault, min(filter(None, (best, made)), key=lambda one: one.seen.rank)
    return by_offline(brief, desk, taken, chosen, reason, best)


def seed_of(brief: Brief) -> int:
    """A stable seed: the same slot gives the same text, a new wish of the editor another one."""
    words = f"{brief.post}\n{brief.instruction}\n{brief.previous}"
    return int.from_bytes(hashlib.sha256(words.encode("utf-8", "replace")).digest()[:6], "big")


async def _by_model(
    brief: Brief, model: ChatModel, desk: WritingDesk, taken: Sequence[str], seed: int, fell_back: str
) -> _Looked:
    kind = desk.library.kind(brief.kind)
    prompt = desk.library.render(aware(brief, taken))
    written = await Asking(brief, kind, prompt, model, desk, taken).write()
    draft = drafted(brief, prompt, model, written, seed, fell_back, repairs=written.repairs)
    return _Looked(draft, written.seen)


def drafted(
    brief: Brief,
    prompt: Prompt,
    model: ChatModel,
    written: Written,
    seed: int,
    fell_back: str,
    *,
    repairs: int,
) -> Draft:
    """What a model wrote as the draft an editor gets, with where its words came from."""
    return Draft(
        text=written.post.text, first_line=written.post.first_line, action=written.post.action,
        picture=written.post.picture, facts=written.post.facts, findings=written.seen.findings,
        provenance=_provenance(brief, prompt, model, written, seed, fell_back, repairs),
    )  # fmt: skip


def aware(brief: Brief, taken: Sequence[str]) -> Brief:
    """The brief with its neighbours' texts among what was heard, newest first."""
    if not taken:
        return brief
    neighbours = tuple(
        Heard(day=brief.at.date(), kind=brief.kind, text=text) for text in list(taken)[-NEIGHBOURS:][::-1]
    )
    return brief.model_copy(update={"heard": neighbours + brief.heard})


def _provenance(
    brief: Brief, prompt: Prompt, model: ChatModel, written: Written, seed: int, fell_back: str, repairs: int
) -> Provenance:
    spec = model.spec
    return Provenance(
        author=model.name, template=prompt.template, template_hash=prompt.template_hash,
        brief_hash=brief.digest(), seed=seed, fell_back=fell_back, repairs=repairs,
        candidates=written.candidates,
        parameters={"temperature": str(spec.temperature), "max_tokens": str(spec.max_tokens)},
    )  # fmt: skip


def by_offline(
    brief: Brief, desk: WritingDesk, taken: Sequence[str], seed: int, reason: str, best: _Looked | None
) -> Draft:
    """The offline writer's text, unless a model's (blocked or too alike) one is still better."""
    try:
        made = _offline(brief, desk, taken, seed, reason)
    except PromptError as error:
        if best is not None:
            return best.draft
        raise GeneratorError(
            f"这条内容写不出来：{error}",
            code="writing.nothing",
            english=f"Nothing can be written: {error.english}",
        ) from error
    if best is not None and best.seen.rank < made.seen.rank:
        return best.draft
    return made.draft


def _offline(brief: Brief, desk: WritingDesk, taken: Sequence[str], seed: int, reason: str) -> _Looked:
    kind = desk.library.kind(brief.kind)
    room = brief.max_bytes - len(f"\n\n{brief.voice.ai_label}".encode())
    roomy = brief.model_copy(update={"max_bytes": max(room, 60)}) if brief.voice.ai_label else brief
    best: _Looked | None = None
    for number in range(SEEDS):
        draft = offline.write(roomy, seed=seed + number, taken=taken)
        text = labelled(draft.text, brief.voice.ai_label)
        seen = look(text, brief, kind, taken, own=desk.own)
        update = {
            "text": text,
            "findings": seen.findings,
            "provenance": draft.provenance.model_copy(
                update={
                    "author": "offline",
                    "brief_hash": brief.digest(),
                    "seed": seed + number,
                    "fell_back": reason,
                }
            ),
        }
        made = _Looked(draft.model_copy(update=update), seen)
        best = made if best is None else min(best, made, key=lambda one: one.seen.rank)
        if seen.likeness < TOO_CLOSE and not made.draft.blocked:
            break
    assert best is not None
    return best
