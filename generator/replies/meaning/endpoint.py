"""An OpenAI-compatible ``/embeddings`` endpoint: texts in, vectors of length one out, or one trouble with its code.

Lives on the models' loop like every client of theirs; one connection pool per process, no retry.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from generator.errors import GeneratorError, ModelTrouble
from generator.models import spec as specs
from generator.models.loop import home
from generator.models.spec import ModelSpec
from generator.replies.meaning.vectors import Vector, unit

PATIENCE = 10.0  # seconds for a whole batch
MOST_BYTES = 32_000_000  # of an answer


class Endpoint:
    """One embedding model. Make one per process; may be used from any thread or loop."""

    def __init__(self, spec: ModelSpec) -> None:
        self.spec = spec
        self._session: Any = None

    @property
    def name(self) -> str:
        """What vectors are kept under: another model or address gives other vectors."""
        return f"{self.spec.base_url}#{self.spec.model}"

    async def embed(self, texts: Sequence[str], *, patience: float = PATIENCE) -> list[Vector]:
        """A vector for each text; ModelTrouble when there is no full answer in time."""
        return await home().carry(self._ask(list(texts), patience))

    def close(self) -> None:
        """Close the connections; it may be used again afterwards."""
        home().run(self._close())

    async def _close(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()

    async def _ask(self, texts: list[str], patience: float) -> list[Vector]:
        import aiohttp  # only where there is an endpoint to ask

        if self._session is None:
            self._session = aiohttp.ClientSession(trust_env=False)
        headers = {"Authorization": f"Bearer {self.spec.key}"} if self.spec.key else {}
        body = {"model": self.spec.model, "input": texts, "encoding_format": "float"}
        try:
            async with asyncio.timeout(patience):
                async with self._session.post(
                    f"{self.spec.base_url}/embeddings", json=body, headers=headers, allow_redirects=False
                ) as answer:
                    if answer.status != 200:
                        raise ModelTrouble(_code(answer.status), status=answer.status)
                    if (answer.content_length or 0) > MOST_BYTES:
                        raise ModelTrouble("bad_response")
                    document = await answer.json(content_type=None)
        except TimeoutError:
            raise ModelTrouble("timeout") from None
        except (aiohttp.ClientError, OSError) as error:
            raise ModelTrouble("connection") from error
        except ValueError as error:
            raise ModelTrouble("bad_response") from error
        return _vectors(document, len(texts))


def from_setting(text: str, *, key: str = "") -> Endpoint | None:
    """The endpoint of ``CHONGFEN_EMBEDDINGS``; None for empty. GeneratorError says what cannot be read."""
    chain = specs.parse(text, key=key)
    if len(chain) > 1:
        raise GeneratorError(
            "CHONGFEN_EMBEDDINGS 只能写一个模型：不同模型的向量不能混着比。",
            code="embeddings.many",
            english="CHONGFEN_EMBEDDINGS takes one model: vectors of several cannot be compared.",
        )
    return Endpoint(chain[0]) if chain else None


def _code(status: int) -> str:
    return {401: "auth", 403: "auth", 402: "no_credit", 404: "unknown_model", 429: "rate_limited"}.get(
        status, "server_error" if status >= 500 else "bad_request"
    )


def _vectors(document: Any, count: int) -> list[Vector]:
    rows = document.get("data") if isinstance(document, dict) else None
    if not isinstance(rows, list) or len(rows) != count:
        raise ModelTrouble("bad_response")
    try:
        ordered = sorted(rows, key=lambda row: int(row["index"]))
        found = [unit([float(number) for number in row["embedding"]]) for row in ordered]
    except (KeyError, TypeError, ValueError) as error:
        raise ModelTrouble("bad_response") from error
    vectors = [vector for vector in found if vector is not None]
    if len(vectors) != count or len({len(vector) for vector in vectors}) != 1:
        raise ModelTrouble("bad_response")
    return vectors
