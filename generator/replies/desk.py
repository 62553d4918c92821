"""What the reply desk works with: one brand's index, the models in order of choice and patience.

All of it is handed in. Build one per brand and workbook with :func:`desk_for`; it is immutable and may be shared.
"""

from __future__ import annotations

from dataclasses import dataclass

from generator.models import ChatModel
from generator.replies.meaning import Meaning
from generator.replies.retrieval import Index
from generator.replies.trade import trade_of
from prompts.library import Library
from prompts.reply import Corpus


@dataclass(frozen=True)
class ReplyDesk:
    """Everything a reply needs beside the question.

    ``first_word`` and ``whole`` are seconds a waiting person is worth: when the model has not begun by the first, or not
    ended by the second, the offline words stand. ``meaning`` is the sense of likeness an
    embedding endpoint gives, where one is set.
    """

    index: Index
    library: Library
    models: tuple[ChatModel, ...] = ()
    first_word: float = 4.0
    whole: float = 12.0
    meaning: Meaning | None = None

    @property
    def corpus(self) -> Corpus:
        """The brand's records."""
        return self.index.corpus

    @property
    def industry(self) -> str:
        """skin, food or other."""
        return trade_of(self.corpus.voice.industry)


def desk_for(
    corpus: Corpus, *, library: Library | None = None, models: tuple[ChatModel, ...] = (), meaning: Meaning | None = None
) -> ReplyDesk:  # fmt: skip
    """A desk for one brand's records: builds the index."""
    return ReplyDesk(Index(corpus), library or Library.load(), models, meaning=meaning)
