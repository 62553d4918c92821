"""The form of a message: plain text, text with links, a link card, a picture; read from the approved text itself.

A text may hold ``[标题](https://…)`` and ``![说明](pic:…)``; a picture is named by the hash of its bytes (in letters, so
that no number stands in the text that is not a fact). Approving the text therefore approves exactly what goes out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Form = Literal["text", "markdown", "link", "image"]
PICTURE = re.compile(r"!\[([^\]\n]{0,40})\]\(pic:([a-p]{64})\)")
LINK = re.compile(r"(?<!!)\[([^\]\n]{1,80})\]\((https://[^\s()<>\"]{1,2000})\)")
CARD_TITLE = 128  # bytes, the smallest of the platforms
CARD_TEXT = 512  # bytes; longer would be cut without a word
_HEX, _LETTERS = "0123456789abcdef", "abcdefghijklmnop"


@dataclass(frozen=True)
class Card:
    """A link with its title."""

    title: str
    url: str


@dataclass(frozen=True)
class Message:
    """What is to be said. ``text``: without pictures and, when it ends in a card, without that line."""

    raw: str
    text: str
    card: Card | None
    links: tuple[Card, ...]
    pictures: tuple[str, ...]  # SHA-256, hex

    @property
    def form(self) -> Form:
        """The one form in which a platform that knows all of them would send it."""
        if self.pictures and not self.text and self.card is None:
            return "image"
        if self.card is not None and not self.links and not self.pictures and fits(self.card, self.text):
            return "link"
        return "markdown" if self.links or self.card is not None or self.pictures else "text"

    @property
    def plain(self) -> str:
        """For people and channels that know text only: links written out."""
        lines = [LINK.sub(r"\1：\2", self.text)] if self.text else []
        if self.card is not None:
            lines.append(f"{self.card.title}：{self.card.url}")
        return "\n".join(lines)

    @property
    def carded(self) -> bool:
        """True when the message ends in a card whose title fits one."""
        return self.card is not None and len(self.card.title.encode()) <= CARD_TITLE

    @property
    def worded(self) -> str:
        """The words beside pictures and a card: links written out, and a card too where it would not fit one."""
        return LINK.sub(r"\1：\2", self.text) if self.carded else self.plain

    @property
    def written(self) -> str:
        """Markdown without the pictures."""
        tail = [f"[{self.card.title}]({self.card.url})"] if self.card is not None else []
        return "\n".join(([self.text] if self.text else []) + tail)


def fits(card: Card, text: str) -> bool:
    """True when the card's title and the text beside it would not be cut."""
    return len(card.title.encode()) <= CARD_TITLE and len(text.encode()) <= CARD_TEXT


def read(raw: str) -> Message:
    """The message in an approved text."""
    pictures = tuple(
        found.group(2).translate(str.maketrans(_LETTERS, _HEX)) for found in PICTURE.finditer(raw)
    )
    text = re.sub(r"\n{3,}", "\n\n", PICTURE.sub("", raw)).strip() if pictures else raw.strip()
    head, _, last = text.rpartition("\n")
    alone = LINK.fullmatch(last.strip())
    card = Card(alone.group(1), alone.group(2)) if alone else None
    if card is not None:
        text = head.strip()
    links = tuple(Card(found.group(1), found.group(2)) for found in LINK.finditer(text))
    return Message(raw, text, card, links, pictures)


def name_of(sha256: str) -> str:
    """How a text names a picture: ``pic:`` and letters."""
    return "pic:" + sha256.translate(str.maketrans(_HEX, _LETTERS))
