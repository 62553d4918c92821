"""Settings: read once from the environment (prefix CHONGFEN_) into a frozen object that is passed on.

Nothing below this floor reads the environment. An unusable value stops the start with one sentence that
says which variable it is and what would do.
"""

from __future__ import annotations

import os
import time
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from content_calendar.clock import Clock, SimulatedClock, SystemClock
from workers.errors import WorkerError
from workers.secrets import Secrets, keys_of


class Settings(BaseSettings):
    """Every switch of the product. Paths are absolute after loading."""

    model_config = SettingsConfigDict(env_prefix="CHONGFEN_", frozen=True, extra="ignore")

    data_dir: Path = Path("var")
    database_url: str = ""  # default: SQLite in data_dir
    broker_url: str = ""  # default: kombu's filesystem transport in data_dir
    lang: Literal["zh", "en"] = "zh"

    host: str = "127.0.0.1"
    port: int = 8765
    public_url: str = ""  # e.g. https://desk.example.com when behind a proxy; checked against Origin

    # provider://model or a URL, comma-separated fall-back chain; empty: the offline writer alone.
    # deepseek://deepseek-chat, qwen://qwen-plus, openai://gpt-5-mini, ollama://qwen3, http://host:8000/v1#model
    models: str = ""
    model_key: SecretStr = SecretStr("")  # one key, or deepseek=KEY,qwen=KEY where two services need one
    model_timeout: float = 60.0  # seconds for one call
    model_concurrency: int = 8
    reply_concurrency: int = Field(
        64, ge=1, le=1000
    )  # replies at once; people wait, so not behind the writers
    # provider://model or a URL#model of an embedding endpoint that helps to find the sources of replies; empty: none
    embeddings: str = ""
    embedding_key: SecretStr = SecretStr("")  # empty: the model's key
    # The most one day may cost, all processes together; a call that does not fit is left to the offline writer.
    model_daily_tokens: int = Field(2_000_000, ge=0)
    model_daily_yuan: Decimal | None = Field(None, ge=0)  # needs model_prices; empty: no limit
    model_daily_seconds: float | None = Field(None, ge=0)  # of model time, side by side added; empty: none
    model_prices: str = ""  # yuan per million tokens in/out: deepseek-chat=2/8, qwen-plus=0.8/2
    model_candidates: int = Field(1, ge=1, le=5)  # first drafts per post, the best is taken
    model_judge: bool = True  # ask the first model about what the rules found with low trust
    model_repairs: int = Field(2, ge=0, le=2)  # rounds in which a model mends what the checks found
    prompts_dir: Path | None = None  # a brand's own personas, kinds and templates

    webhook_secret: SecretStr = SecretStr("")  # HMAC key of the signed webhook channel
    allow_private: str = ""  # comma-separated host names a webhook may reach although private
    webhook_ca_file: Path | None = (
        None  # certificates trusted beside the system's: receivers inside the house
    )
    webhook_guard_seconds: float = 0.0  # how long receivers surely honour Idempotency-Key; 0: not declared

    # Opens what is kept sealed (addresses, app secrets); several: the first seals, all of them open.
    secret_key: SecretStr = SecretStr("")
    wecom_url: str = "https://qyapi.weixin.qq.com"
    feishu_url: str = "https://open.feishu.cn"
    dingtalk_url: str = "https://oapi.dingtalk.com"

    clock: str = ""  # a simulated start, 2026-11-23T08:55[+08:00][@epoch anchor]; empty: real time
    speed: float = 1.0

    log_format: Literal["text", "json"] = "text"  # of the long-running processes
    otel: bool = False  # take part in OpenTelemetry's traces; the collector is OpenTelemetry's own setting

    dispatch_horizon: float = 30.0  # seconds ahead that audiences are frozen
    dispatch_batch: int = 500
    lease_seconds: float = 90.0

    @field_validator("model_daily_yuan", "model_daily_seconds", mode="before")
    @classmethod
    def _empty_is_none(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("data_dir", "prompts_dir", "webhook_ca_file")
    @classmethod
    def _absolute(cls, value: Path | None) -> Path | None:
        return value.expanduser().resolve() if value is not None else None

    @property
    def db_url(self) -> str:
        """The database, by default ``chongfen.db`` in the data folder."""
        return self.database_url or f"sqlite:///{self.data_dir / 'chongfen.db'}"

    @property
    def secrets(self) -> Secrets:
        """What seals and opens the secrets of these settings."""
        return Secrets(keys_of(self.secret_key.get_secret_value()), os.environ, self.key_file)

    @property
    def key_file(self) -> Path:
        """The key made at the first need where ``CHONGFEN_SECRET_KEY`` is not set; known to this data folder alone."""
        return self.data_dir / "secret.key"

    @property
    def embedded(self) -> bool:
        """True on one machine without a broker server."""
        return not self.broker_url

    @property
    def pace(self) -> float:
        """Seconds of the product's clock that pass in one real second."""
        return self.speed if self.clock else 1.0

    def make_clock(self) -> Clock:
        """The clock these settings ask for; every process that gets the same text sees the same time."""
        if not self.clock:
            return SystemClock()
        written, _, anchor = self.clock.partition("@")
        try:
            start = datetime.fromisoformat(written)
            if start.tzinfo is None:
                start = start.replace(tzinfo=ZoneInfo("Asia/Shanghai"))
            return SimulatedClock(
                start=start, speed=self.speed, anchor=float(anchor) if anchor else time.time()
            )
        except ValueError as error:
            raise WorkerError(
                f"CHONGFEN_CLOCK「{self.clock}」读不懂，请写成 2026-11-23T08:55 这样的时刻。",
                code="settings.clock",
                english=f"CHONGFEN_CLOCK {self.clock!r} is not an instant; write it like 2026-11-23T08:55.",
            ) from error


def load(**overrides: Any) -> Settings:
    """Settings from the environment, ``overrides`` first; WorkerError with the remedy when one is unusable."""
    given = {key: value for key, value in overrides.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        first = error.errors()[0]
        name = f"CHONGFEN_{'_'.join(str(part) for part in first['loc']).upper()}"
        raise WorkerError(
            f"设置 {name} 不可用（{first['msg']}），请改正后再启动。",
            code="settings.invalid",
            english=f"Setting {name} is unusable ({first['msg']}); correct it and start again.",
        ) from error
