"""How far an approved text is from the machine's: the one measure that the calendar and the generator share.

What the system itself puts into a text or fills in later is nobody's edit: live tokens, the brand's AI label and
spaces at the end of lines are left out before two texts are compared.
"""

from __future__ import annotations

import re

from rapidfuzz.distance import Levenshtein

from prompts.live import TOKEN


def without_label(text: str, label: str) -> str:
    """``text`` without the brand's AI label where that stands as a line of its own."""
    label = label.strip()
    if not label or label not in text:
        return text
    kept = [line for line in text.split("\n") if line.strip() != label]
    return "\n".join(kept).rstrip() if len(kept) < text.count("\n") + 1 else text


def essence(text: str, label: str = "") -> str:
    """What a writer wrote: no live tokens, no AI label, no spaces at line ends, one blank line at most."""
    bare = TOKEN.sub("", without_label(text.replace("\r\n", "\n"), label))
    lines = "\n".join(line.rstrip() for line in bare.split("\n")).strip()
    return re.sub(r"\n{3,}", "\n\n", lines)


def distance(machine: str, approved: str, label: str = "") -> float:
    """Edit distance as a share of the longer text: 0 the same, 1 nothing in common."""
    return float(Levenshtein.normalized_distance(essence(machine, label), essence(approved, label)))
