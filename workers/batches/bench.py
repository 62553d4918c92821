"""The writer's bench: library, models and the till they pay at, made from settings for one batch.

Models are made once per process: a client that is dropped while another is at work leaves that one waiting.
"""

from __future__ import annotations

from content_calendar.tables import Brand
from generator.models import ChatModel, from_setting
from generator.writing import WritingDesk
from prompts.library import Library
from workers.chains import chains
from workers.checks import rulebook
from workers.checks.answers import judge_of
from workers.runtime import Runtime
from workers.settings import Settings
from workers.till import Till


class Bench:
    """A writing desk for one brand. Every model on it pays at ``till``, whoever asks it.

    ``ruled``: by what its drafts are checked; ``answers``: what the judge said, to be written down with the drafts.
    """

    def __init__(self, runtime: Runtime, brand: Brand) -> None:
        settings = runtime.settings
        self.till = Till(runtime, brand)
        chain = tuple(model.under(self.till) for model in models(settings))
        asked = chain if settings.model_judge else ()
        court = judge_of(asked, runtime.database, runtime.clock)
        self.answers = court.book if court else None
        with runtime.database.read() as session:
            self.ruled = rulebook.ruled(session, brand)
        self.desk = WritingDesk(
            library=Library.load(settings.prompts_dir),
            models=chain,
            own=self.ruled.own,
            judge=court.judge if court else None,
            repair_rounds=settings.model_repairs,
            candidates=settings.model_candidates,
        )


def models(settings: Settings) -> tuple[ChatModel, ...]:
    """The chain of the settings, free of any budget; the same objects for the same settings."""
    key = settings.model_key.get_secret_value()
    timeout, concurrency, prices = settings.model_timeout, settings.model_concurrency, settings.model_prices
    return chains.get(
        ("write", settings.models, key, timeout, concurrency, prices),
        lambda: from_setting(
            settings.models, key=key, timeout=timeout, concurrency=concurrency, prices=prices
        ),
    )
