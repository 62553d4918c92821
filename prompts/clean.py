"""Making foreign text harmless: what comes from a workbook, a person or a model before it is used again.

Control, zero-width and direction-changing characters go; length is capped. For prompts the signs that
delimit our own blocks are folded too, so that a value can neither close a block nor look like a template.
"""

from __future__ import annotations

import re
import unicodedata

# Our delimiters, template signs and the turn markers of common chat formats.
_FOLD = str.maketrans({"<": "〈", ">": "〉", "{": "｛", "}": "｝", "`": "’", "⟦": "〔", "⟧": "〕", "|": "｜"})
_TURNS = re.compile(r"\[\s*/?\s*(INST|SYS|SYSTEM|ASSISTANT|USER)\s*\]", re.IGNORECASE)
_MOBILE = re.compile(r"(?<![\w/=.-])(?:\+?86[ -]?)?1[3-9]\d(?:[ -]?\d{4}){2}(?!\d)", re.ASCII)
_LONG = re.compile(r"(?<![\w/=.-])\d{14,20}[Xx]?(?!\d)", re.ASCII)
_MAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{2,20}){1,3}", re.ASCII)
# Signs of which all stay: a text of nothing else need not be looked at sign by sign.
_USUAL = re.compile(
    r"[\n\t -~\u00b7\u2014\u2018\u2019\u201c\u201d\u2026\u3000-\u303f\u4e00-\u9fa5\uff01-\uff5e]*"
)
_JOINER, _VARIANT = "\u200d", "\ufe0f"


def plain(text: str, limit: int, *, lines: bool = True) -> str:
    """``text`` without invisible and control characters, at most ``limit`` characters, cut with an ellipsis.

    With ``lines`` false, line breaks become spaces. Emoji sequences survive.
    """
    cut = text[: limit * 4 + 64].replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n")
    kept = cut if _USUAL.fullmatch(cut) else "".join(c for i, c in enumerate(cut) if _keep(cut, i, c))
    kept = re.sub(r"[ \t\u3000]{3,}", "  ", kept.replace("\t", " "))
    kept = re.sub(r"\n{3,}", "\n\n", kept) if lines else re.sub(r"\s*\n\s*", " ", kept)
    kept = kept.strip()
    return kept if len(kept) <= limit else kept[: limit - 1].rstrip() + "…"


def quoted(text: str, limit: int, *, lines: bool = True) -> str:
    """``text`` as data inside one of our prompt blocks: plain, personal numbers masked, delimiters folded."""
    return _TURNS.sub(r"［\1］", masked(plain(text, limit, lines=lines)).translate(_FOLD))


def masked(text: str) -> str:
    """``text`` with mobile numbers, identity and long order numbers and mail addresses put out of sight (promise 9).

    Digits inside an address (https://…) or a code (MH-HT-2026014, 国妆特字20259911) stay.
    """
    text = _MAIL.sub("〔邮箱〕", text)
    return _LONG.sub("〔号码〕", _MOBILE.sub("〔手机号〕", text))


def _keep(text: str, index: int, char: str) -> bool:
    if char in "\n\t":
        return True
    category = unicodedata.category(char)
    if char == _JOINER:
        after = text[index + 1 : index + 2]
        before = text[index - 1 : index].replace(_VARIANT, text[index - 2 : index - 1])
        return bool(after and before) and all(unicodedata.category(c) == "So" for c in (after, before))
    return category[0] != "C" and category not in ("Zl", "Zp")
