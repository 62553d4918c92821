"""What comes in is hostile: spreadsheet cells may hold markup, braces, bidi marks, forged tokens or fifty kilobytes.

Everything the offline writer reads from a brief passes here first. The facts themselves are left alone: they are
only handed on, and compared with the text that was written.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from generator.offline import guard
from prompts.brief import Brief, CampaignSheet, Note, ProductSheet, Programme, TierSheet, Voice

_TAG = re.compile(r"<[^<>]{0,200}>|\{%[^%]{0,300}%\}|\{\{[^{}]{0,300}\}\}|\{#[^#]{0,300}#\}|⟦[^⟦⟧]{0,100}⟧")
_SYMBOLS = re.compile(r"[{}⟦⟧`\\$|<>^]|_{2,}|#{2,}")
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Cn"})
_KEPT = 600  # texts up to this long are remembered, so that memory stays bounded
_SPACES = re.compile(r"[ \t\u3000\xa0]+")
_ORDER_TO_WRITER = re.compile(
    r"(忽略|无视|忘记|不要理会).{0,12}(指令|规则|要求|提示|设定|以上|之前|上面|前面)|ignore .{0,20}(previous|above|instruction)"
    r"|system prompt|系统提示|你现在是|你是一个|请?输出(以下|如下)|as an ai|<\||role\s*[:：]|assistant\s*[:：]",
    re.IGNORECASE,
)
_ADDRESS = re.compile(r"(?:https?://|www\.)[^\s，。；、）)」】》”]+", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[。！？!?；\n])")


def plain(text: str, limit: int = 400) -> str:
    """One clean line or paragraph: no markup, no control or direction marks, at most ``limit`` characters."""
    kept = text[: limit * 4]
    kept = unicodedata.normalize("NFC", kept)
    if not kept.isprintable():
        kept = "".join(char for char in kept if char in "\n\t" or unicodedata.category(char) not in _UNSEEN)
    kept = _SYMBOLS.sub("", _TAG.sub("", kept)).replace("\t", " ")
    kept = _SPACES.sub(" ", kept).replace("\r", "")
    kept = re.sub(r"\s*\n\s*", "\n", kept).strip()
    return kept if len(kept) <= limit else _cut(kept, limit)


def _cut(text: str, limit: int) -> str:
    """The whole sentences that fit; nothing when not even the first does."""
    taken = ""
    for sentence in _SENTENCE_END.split(text):
        if len(taken) + len(sentence) > limit:
            break
        taken += sentence
    return taken.strip()


def prose(text: str, limit: int = 400) -> str:
    """Clean text without addresses and without sentences that give orders to whoever writes."""
    return _prose_kept(text, limit) if len(text) <= _KEPT else _prose(text, limit)


@lru_cache(maxsize=4096)
def _prose_kept(text: str, limit: int) -> str:
    return _prose(text, limit)


def _prose(text: str, limit: int) -> str:
    kept = [
        sentence
        for sentence in _SENTENCE_END.split(plain(text, limit))
        if not _ORDER_TO_WRITER.search(sentence) and not _ADDRESS.search(sentence)
    ]
    return "".join(kept).strip()


def name(text: str, limit: int = 60) -> str:
    """A name on one line. A name longer than ``limit`` is no name and is left out."""
    return prose(text, limit).replace("\n", " ").strip(" ，。；：、")


def address(text: str) -> str:
    """An https address without white space, or nothing."""
    kept = text.strip()
    return kept if re.fullmatch(r"https://[!-~]{4,200}", kept) and not set(kept) & set("{}<>\"'`|\\^") else ""


# Words many brands forbid in praise, in the senses in which they praise nothing: 第一周, 最好先.
_SOFTER = (
    ("第一", re.compile(r"第一(?=[周天次步条年月回遍点个层口夜晚眼批轮片杯勺泡])"), "头一"),
    ("最好", re.compile(r"最好(?=先|在|别|不要|用|把|提前|隔|选|放|每|配|避|等|让|能|收)"), "尽量"),
)


@lru_cache(maxsize=4096)
def permitted(text: str, forbidden: tuple[str, ...]) -> str:
    """The text without the sentences that may not be said, where no harmless word says the same."""
    for word, sense, said in _SOFTER:
        if word in forbidden:
            text = sense.sub(said, text)
    kept = [sentence for sentence in _SENTENCE_END.split(text) if _sayable(sentence, forbidden)]
    return "".join(kept).strip()


def _sayable(sentence: str, forbidden: tuple[str, ...]) -> bool:
    return not any(word in sentence for word in forbidden) and not guard.harsh(sentence)


def _product(sheet: ProductSheet, forbidden: tuple[str, ...] = ()) -> ProductSheet:
    return sheet.model_copy(
        update={
            "name": name(sheet.name),
            "spec": name(sheet.spec, 30),
            "price": name(sheet.price, 12),
            "lowest_7d": name(sheet.lowest_7d, 12),
            "selling_points": permitted(prose(sheet.selling_points, 200), forbidden),
            "ingredients": prose(sheet.ingredients, 400),
            "filing": name(sheet.filing, 40),
            "usage": permitted(prose(sheet.usage, 200), forbidden),
            "suitable": permitted(prose(sheet.suitable, 120), forbidden),
            "caution": permitted(prose(sheet.caution, 160), forbidden),
            "url": address(sheet.url),
            "evidence": prose(sheet.evidence, 300),
        }
    )


def _campaign(sheet: CampaignSheet) -> CampaignSheet:
    return sheet.model_copy(
        update={
            "name": name(sheet.name),
            "rules": prose(sheet.rules, 600),
            "price": name(sheet.price, 12),
            "gift": name(sheet.gift, 80),
            "prizes": prose(sheet.prizes, 300),
        }
    )


def _note(note: Note, forbidden: tuple[str, ...] = ()) -> Note:
    return note.model_copy(
        update={
            "topic": name(note.topic, 20),
            "question": permitted(name(note.question), forbidden),
            "answer": permitted(prose(note.answer, 400), forbidden),
        }
    )


def _notes(raw: Sequence[Note], forbidden: tuple[str, ...]) -> tuple[Note, ...]:
    read = (_note(note, forbidden) for note in raw)
    return tuple(note for note in read if note.answer and note.question)


def _programme(entry: Programme) -> Programme:
    return entry.model_copy(update={"theme": prose(entry.theme, 120).replace("\n", "，")})


def _voice(voice: Voice) -> Voice:
    return voice.model_copy(
        update={
            "brand": name(voice.brand, 30),
            "industry": name(voice.industry, 30),
            "nickname": name(voice.nickname, 30),
            "intro": prose(voice.intro, 300),
            "story": prose(voice.story, 400),
            "fans": name(voice.fans, 10),
            "hours": name(voice.hours, 30),
            "mall_url": address(voice.mall_url),
            "forbidden": tuple(word for word in (plain(w, 30) for w in voice.forbidden[:500]) if word),
        }
    )


def _tier(tier: TierSheet) -> TierSheet:
    return tier.model_copy(update={"name": name(tier.name, 20)})


def brief(raw: Brief) -> Brief:
    """The same brief with every text a writer may quote made safe."""
    voice = _voice(raw.voice)
    banned = voice.forbidden
    return raw.model_copy(
        update={
            "voice": voice,
            "tier": _tier(raw.tier),
            "theme": prose(raw.theme, 160).replace("\n", "，"),
            "remark": prose(raw.remark, 200).replace("\n", "；"),
            "kind_written": name(raw.kind_written, 20),
            "products": tuple(p for p in (_product(sheet, banned) for sheet in raw.products[:60]) if p.name),
            "campaign": _campaign(raw.campaign) if raw.campaign else None,
            "next_launch": _campaign(raw.next_launch) if raw.next_launch else None,
            "knowledge": _notes(raw.knowledge[:200], banned),
            "scripts": _notes(raw.scripts[:100], banned),
            "today": tuple(e for e in map(_programme, raw.today[:40]) if e.theme),
            "tomorrow": tuple(e for e in map(_programme, raw.tomorrow[:40]) if e.theme),
            "hooks": tuple(h for h in (name(h, 12) for h in raw.hooks[:10]) if h),
            "instruction": plain(raw.instruction, 200),
            "house_notes": tuple(note for note in (plain(n, 80) for n in raw.house_notes[:10]) if note),
        }
    )
