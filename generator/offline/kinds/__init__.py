"""What each kind needs beyond the common material: one function per kind that fills its slots and marks its traits.

Lives here: reading the theme for this kind. May not: words a reader sees (those are the grammar's), except joins of facts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from generator.offline.kinds import benefits, games, know_how, morning, offers, talk, wording
from generator.offline.scene import Scene

_PREPARE: Mapping[str, Callable[[Scene], None]] = {
    "tip": know_how.tip,
    "qa": know_how.qa,
    "morning_news": morning.prepare,
    "teaser": offers.teaser,
    "launch": offers.sale,
    "flash_sale": offers.sale,
    "discount": offers.sale,
    "spend_and_save": offers.spend_and_save,
    "member_day": benefits.member_day,
    "reminder": offers.reminder,
    "last_call": offers.last_call,
    "status": benefits.status,
    "game": games.prepare,
    "showcase": talk.showcase,
    "good_night": talk.good_night,
    "festival": talk.festival,
    "rules": talk.rules,
    "welcome": talk.welcome,
}


def prepare(scene: Scene) -> None:
    """Fill the slots of the scene's kind; a kind without a function of its own uses the common material alone."""
    function = _PREPARE.get(scene.kind.key)
    if function:
        function(scene)
    wording.gather(scene)
