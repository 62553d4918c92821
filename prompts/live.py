"""Live tokens: places in an approved text that are filled at send time.

A status post says how much is left, which nobody knows when it is written. The text carries a token such
as ``⟦stock:MH105⟧``; at send time the source is asked, and a line whose value is not known is left
out, never guessed (promise 4). The approval covers the text with its tokens.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from prompts.brief import Brief, FactKind

TOKEN = re.compile(r"⟦([a-z_]+)(?::([^⟦⟧\s]{1,80}))?⟧")

# name -> what the desk calls it
NAMES: Mapping[str, str] = {
    "stock": "商品余量",
    "campaign_stock": "活动余量",
    "gift_stock": "赠品余量",
    "time_left": "剩余时间",
    "as_of": "统计时间",
}


def keys(text: str) -> tuple[str, ...]:
    """The live keys a text asks for, in order of appearance: ``stock:MH105``."""
    return tuple(match.group(0)[1:-1] for match in TOKEN.finditer(text))


def fill(text: str, values: Mapping[str, str]) -> str:
    """Fill tokens from ``values`` (key → text); a line with an unknown value is dropped whole."""
    lines = []
    for line in text.split("\n"):
        wanted = keys(line)
        if any(key not in values for key in wanted):
            continue
        lines.append(TOKEN.sub(lambda match: values[match.group(0)[1:-1]], line))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip("\n")


def offered(brief: Brief, names: Iterable[str]) -> tuple[str, ...]:
    """The live tokens a text for ``brief`` may carry, given the token names its kind allows."""
    wanted = set(names)
    keys_known = [fact.value for fact in brief.facts if fact.kind is FactKind.live]
    if brief.campaign is not None:
        code = brief.campaign.code
        keys_known += [f"campaign_stock:{code}"] if brief.campaign.stock is not None else []
        keys_known += [f"gift_stock:{code}"] if brief.campaign.gift else []
        keys_known += ["time_left"]
    keys_known += [f"stock:{product.code}" for product in brief.products if product.stock is not None]
    keys_known += ["as_of"] if keys_known else []
    tokens = (f"⟦{key}⟧" for key in dict.fromkeys(keys_known) if key.split(":")[0] in wanted)
    return tuple(token for token in tokens if TOKEN.fullmatch(token))
