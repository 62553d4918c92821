"""From a setting's text to the models it means: provider, address, name, limits and price, never a secret.

``deepseek://deepseek-chat, qwen://qwen-plus?temperature=0.8, http://10.0.0.5:8000/v1#Qwen3-8B`` is a fall-back
chain. Keys come as a second text: one key, or ``deepseek=sk-…,qwen=sk-…`` where the chain crosses
providers, so that no key is ever sent to somebody else's server.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Literal
from urllib.parse import parse_qsl, urlsplit

from generator.errors import GeneratorError

Method = Literal["json_schema", "function_calling", "json_mode", "plain"]
LADDER: tuple[Method, ...] = ("json_schema", "function_calling", "json_mode", "plain")


@dataclass(frozen=True)
class Preset:
    """What is known of a provider. ``first``: the best structured method it has; ``extra``: vendor switches."""

    base_url: str
    first: Method = "json_schema"
    needs_key: bool = True
    new_token_name: bool = False  # max_completion_tokens instead of max_tokens
    extra: tuple[tuple[str, object], ...] = ()


PRESETS: dict[str, Preset] = {
    "openai": Preset("https://api.openai.com/v1", new_token_name=True),
    "deepseek": Preset("https://api.deepseek.com/v1", first="json_mode"),
    "qwen": Preset(
        "https://dashscope.aliyuncs.com/compatible-mode/v1",
        first="json_mode",
        extra=(("enable_thinking", False),),
    ),
    "vllm": Preset("http://127.0.0.1:8000/v1", needs_key=False),
    "ollama": Preset("http://127.0.0.1:11434/v1", needs_key=False),
}


@dataclass(frozen=True)
class ModelSpec:
    """One model of the chain. Prices are yuan per million tokens; None when not stated."""

    provider: str
    model: str
    base_url: str
    key: str = field(default="", repr=False)
    first: Method = "json_schema"
    new_token_name: bool = False
    extra: tuple[tuple[str, object], ...] = ()
    temperature: float | None = 0.7
    max_tokens: int = 4000
    timeout: float = 60.0  # seconds for one attempt
    concurrency: int = 8
    price_in: Decimal | None = None
    price_out: Decimal | None = None

    @property
    def name(self) -> str:
        """How the model is called in drafts and records: ``deepseek:deepseek-chat``."""
        return f"{self.provider}:{self.model}"

    def cost(self, tokens_in: int, tokens_out: int) -> Decimal | None:
        """Yuan for a call, or None when no price is stated."""
        if self.price_in is None and self.price_out is None:
            return None
        million = Decimal(1_000_000)
        return (self.price_in or 0) * tokens_in / million + (self.price_out or 0) * tokens_out / million


def parse(text: str, *, key: str = "", timeout: float = 60.0, concurrency: int = 8) -> tuple[ModelSpec, ...]:
    """The chain a setting means; GeneratorError with the remedy when a part cannot be read."""
    parts = [part.strip() for part in text.split(",") if part.strip()]
    specs = [_one(part, timeout, concurrency) for part in parts]
    keys = _keys(key, specs)
    return tuple(_with_key(spec, keys) for spec in specs)


def _one(part: str, timeout: float, concurrency: int) -> ModelSpec:
    scheme, mark, rest = part.partition("://")
    if not mark or not rest:
        raise _refused(part, "请写成 deepseek://deepseek-chat 或 http://主机:端口/v1#模型名")
    rest, _, query = rest.partition("?")
    before, hash_mark, after = rest.partition("#")
    if "@" in before:
        raise _refused(part, "地址里不能写账号密码，密钥请放在 CHONGFEN_MODEL_KEY")
    if scheme in ("http", "https"):
        if not after:
            raise _refused(part, "自建地址要在末尾写 #模型名")
        return _tuned(
            ModelSpec("custom", after, f"{scheme}://{before}".rstrip("/")), query, part, timeout, concurrency
        )
    if scheme not in PRESETS:
        raise _refused(part, f"不认识的服务 {scheme[:20]}，可用 {'、'.join(PRESETS)} 或一个网址")
    preset = PRESETS[scheme]
    address = f"http://{before}/v1" if hash_mark else preset.base_url
    if hash_mark and preset.needs_key:
        raise _refused(part, "换地址请直接写网址：https://主机/v1#模型名")
    spec = ModelSpec(
        scheme, after if hash_mark else before, address,
        first=preset.first, new_token_name=preset.new_token_name, extra=preset.extra,
    )  # fmt: skip
    return _tuned(spec, query, part, timeout, concurrency)


def _tuned(spec: ModelSpec, query: str, part: str, timeout: float, concurrency: int) -> ModelSpec:
    """Lay the query's tuning over the defaults."""
    host = urlsplit(spec.base_url).hostname
    if not spec.model or not host:
        raise _refused(part, "缺主机名或模型名")
    tuning: dict[str, object] = {"timeout": timeout, "concurrency": concurrency}
    for name, value in parse_qsl(query, keep_blank_values=True):
        tuning |= _tuning(name, value, part)
    fields = {name: getattr(spec, name) for name in spec.__dataclass_fields__}
    return ModelSpec(**{**fields, **tuning})


def _tuning(name: str, value: str, part: str) -> dict[str, object]:
    try:
        match name:
            case "temperature":
                return {"temperature": None if value == "none" else _within(float(value), 0, 2)}
            case "max_tokens":
                return {"max_tokens": int(_within(int(value), 200, 100_000))}
            case "timeout":
                return {"timeout": _within(float(value), 0.1, 600)}
            case "concurrency":
                return {"concurrency": int(_within(int(value), 1, 512))}
            case "in" | "out":
                return {f"price_{name}": _price(value)}
            case "method" if value in LADDER:
                return {"first": value}
    except (ValueError, InvalidOperation) as error:
        raise _refused(part, f"{name}={value[:20]} 不是可用的数") from error
    raise _refused(part, f"不认识的参数 {name[:20]}={value[:20]}")


def _within(number: float, least: float, most: float) -> float:
    if not (math.isfinite(number) and least <= number <= most):
        raise ValueError(number)
    return number


def _price(value: str) -> Decimal:
    price = Decimal(value)
    if not price.is_finite() or price < 0:
        raise ValueError(value)
    return price


def _keys(text: str, specs: list[ModelSpec]) -> dict[str, str]:
    """Key by provider. One bare key serves one provider; more providers need their names."""
    wanting = list(dict.fromkeys(_holder(spec) for spec in specs if _wants_key(spec)))
    if "=" not in text.partition(",")[0]:
        if text and len(wanting) > 1:
            names = "、".join(wanting)
            raise GeneratorError(
                f"模型设置里有 {len(wanting)} 家服务（{names}），请把 CHONGFEN_MODEL_KEY 写成 名字=密钥，用逗号隔开。",
                code="models.key",
                english=f"{len(wanting)} providers ({names}) need their own keys: write name=key, comma-separated.",
            )
        return dict.fromkeys(wanting, text.strip())
    pairs = (part.partition("=") for part in text.split(",") if part.strip())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _with_key(spec: ModelSpec, keys: dict[str, str]) -> ModelSpec:
    key = keys.get(_holder(spec), "")
    if not key and spec.provider in PRESETS and PRESETS[spec.provider].needs_key:
        raise GeneratorError(
            f"{spec.provider} 需要密钥，请设置 CHONGFEN_MODEL_KEY。",
            code="models.key",
            english=f"{spec.provider} needs a key; set CHONGFEN_MODEL_KEY.",
        )
    fields = {name: getattr(spec, name) for name in spec.__dataclass_fields__}
    return ModelSpec(**{**fields, "key": key})


def _holder(spec: ModelSpec) -> str:
    """Whose key it is: the provider's, or for an own address its host's."""
    return spec.provider if spec.provider != "custom" else (urlsplit(spec.base_url).hostname or "custom")


def _wants_key(spec: ModelSpec) -> bool:
    return spec.provider == "custom" or PRESETS[spec.provider].needs_key


def _refused(part: str, remedy: str) -> GeneratorError:
    shown = part if "@" not in part else "…"
    return GeneratorError(
        f"模型设置「{shown[:80]}」读不懂：{remedy}。",
        code="models.setting",
        english=f"Model setting {shown[:80]!r} cannot be read.",
    )
