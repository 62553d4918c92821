"""The doctor's look at the models: their setting, prices, servers, and what is left of today's budget."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from content_calendar import brands, spending
from content_calendar.zones import local_day, zone
from generator.errors import GeneratorError
from workers import meter_words, till
from workers.finding import Finding
from workers.settings import Settings

PATIENCE = 3.0  # seconds for a server to answer


def models(settings: Settings) -> Iterator[Finding]:
    """Whether the setting can be read, and each server of the chain be reached."""
    from generator.models import prices, spec

    if not settings.models:
        yield Finding(
            "models",
            "ok",
            "没有设置模型，全部由离线写手撰写。",
            "No model is set; the offline writer writes all.",
        )
        return
    key = settings.model_key.get_secret_value()
    try:
        chain = prices.priced(spec.parse(settings.models, key=key), settings.model_prices)
    except GeneratorError as error:
        yield Finding("models", "fault", str(error), error.english)
        return
    free = [model.model for model in chain if model.price_in is None]
    if settings.model_daily_yuan is not None and free:
        names = "、".join(free)
        yield Finding(
            "models", "warn", f"设了每天的金额上限，但 {names} 没有价格，它的调用不计金额。请设置 CHONGFEN_MODEL_PRICES。",
            f"A daily sum is set but {names} has no price, so its calls count nothing; set CHONGFEN_MODEL_PRICES.",
        )  # fmt: skip
    for model in chain:
        parts = urlsplit(model.base_url)
        yield _answers(
            model.model, str(parts.hostname), parts.port or (80 if parts.scheme == "http" else 443)
        )


def _answers(model: str, host: str, port: int) -> Finding:
    try:
        socket.create_connection((host, port), timeout=PATIENCE).close()
    except OSError as error:
        return Finding(
            "models", "fault", f"模型 {model} 的服务 {host}:{port} 连不上（{error}），写稿会落到离线写手。",
            f"The server {host}:{port} of {model} cannot be reached ({error}); the offline writer will step in.",
        )  # fmt: skip
    return Finding(
        "models",
        "ok",
        f"模型 {model} 的服务 {host}:{port} 连得上。",
        f"{host}:{port} of {model} can be reached.",
    )


def budget(settings: Settings, session: Session) -> Iterator[Finding]:
    """What today's model calls have cost; nothing where no model is set."""
    brand = next(iter(brands.customers(session)), None)
    if not settings.models or brand is None:
        return
    today = local_day(settings.make_clock().now(), zone(brand.zone))
    meter = spending.read(session, today, till.limits(settings))
    chinese, english = meter_words.told(meter)
    yield Finding("budget", "warn" if meter.exhausted else "ok", chinese, english)
