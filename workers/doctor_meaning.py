"""What the doctor finds of the embedding endpoint: set or not, readable or not, answering or not."""

from __future__ import annotations

from collections.abc import Iterator

from generator.errors import GeneratorError
from workers.finding import Finding
from workers.settings import Settings

PATIENCE = 3.0  # seconds for it to answer


def embeddings(settings: Settings) -> Iterator[Finding]:
    """Nothing when no embedding endpoint is set; else whether it answers."""
    from generator.models.loop import home
    from generator.replies import meaning

    key = settings.embedding_key.get_secret_value() or settings.model_key.get_secret_value()
    try:
        endpoint = meaning.from_setting(settings.embeddings, key=key)
    except GeneratorError as error:
        yield Finding("embeddings", "fault", f"CHONGFEN_EMBEDDINGS：{error}", error.english)
        return
    if endpoint is None:
        return
    try:
        size = len(home().run(endpoint.embed(["护肤"], patience=PATIENCE))[0])
    except GeneratorError as error:
        yield Finding(
            "embeddings", "warn",
            f"向量服务 {endpoint.spec.model} 没有给出可用的回答（{error.code}），回复只按字词找资料。",
            f"The embedding endpoint {endpoint.spec.model} gave no usable answer ({error.code}); replies search by words alone.",
        )  # fmt: skip
        return
    finally:
        endpoint.close()
    yield Finding(
        "embeddings",
        "ok",
        f"向量服务 {endpoint.spec.model} 可用（{size} 维）。",
        f"The embedding endpoint {endpoint.spec.model} works ({size} numbers).",
    )
