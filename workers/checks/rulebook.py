"""A brand's rules ready to run, with the fingerprint of everything a text of this brand is checked by.

Read again only when a rule was told or lifted: one small statement says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from weakref import WeakKeyDictionary

from sqlalchemy.engine import Engine
from sqlalchemy.orm import Session

from content_calendar.rules import house
from content_calendar.tables import Brand
from generator.checks.brand import OwnRules, fingerprint, own_rules
from prompts.house_rules import HouseRules

_kept: WeakKeyDictionary[Engine, dict[int, tuple[str, HouseRules]]] = WeakKeyDictionary()


@dataclass(frozen=True)
class Ruled:
    """By what the texts of a brand are checked."""

    own: OwnRules
    fingerprint: str


def ruled(session: Session, brand: Brand) -> Ruled:
    """The brand's rules as they are now."""
    own = own_rules(_house(session, brand.id))
    label = brand.ai_label if brand.ai_label_on else ""
    return Ruled(own, fingerprint(own, brand.industry, tuple(brand.forbidden), label))


def _house(session: Session, brand_id: int) -> HouseRules:
    stamp = house.stamp(session, brand_id)
    bind = session.get_bind()
    kept = _kept.setdefault(bind, {}) if isinstance(bind, Engine) else {}
    known = kept.get(brand_id)
    if known is not None and known[0] == stamp:
        return known[1]
    rules = house.load(session, brand_id)
    kept[brand_id] = (stamp, rules)
    return rules
