"""What models cost: ``deepseek-chat=2/8, qwen-plus=0.8/2``, yuan per million tokens in and out.

A model is named as in the chain; ``provider:model`` tells two of the same name apart. A price for a model that is not in the
chain is a slip of the pen and refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from decimal import Decimal, InvalidOperation

from generator.errors import GeneratorError
from generator.models.spec import ModelSpec

_Price = tuple[Decimal, Decimal]


def priced(chain: Sequence[ModelSpec], text: str) -> tuple[ModelSpec, ...]:
    """The chain with the prices of ``text``; a price in the chain itself gives way."""
    prices = dict(_one(part.strip(), chain) for part in text.split(",") if part.strip())
    return tuple(_with(spec, prices.get(spec.name) or prices.get(spec.model)) for spec in chain)


def _with(spec: ModelSpec, price: _Price | None) -> ModelSpec:
    return spec if price is None else replace(spec, price_in=price[0], price_out=price[1])


def _one(part: str, chain: Sequence[ModelSpec]) -> tuple[str, _Price]:
    name, _, written = part.rpartition("=")
    name, (first, slash, second) = name.strip(), written.partition("/")
    if not name or not slash:
        raise _refused(part, "请写成 模型名=输入价/输出价，例如 deepseek-chat=2/8", "write MODEL=IN/OUT")
    if name not in {spec.model for spec in chain} | {spec.name for spec in chain}:
        raise _refused(part, "模型链里没有这个模型", "no such model in the chain")
    return name, (_yuan(first, part), _yuan(second, part))


def _yuan(text: str, part: str) -> Decimal:
    try:
        price = Decimal(text.strip())
    except InvalidOperation:
        price = Decimal(-1)
    if not price.is_finite() or price < 0:
        raise _refused(part, "价格要写成每百万 token 多少元的数", "a price is yuan per million tokens")
    return price


def _refused(part: str, why: str, english: str) -> GeneratorError:
    return GeneratorError(
        f"模型价格「{part[:80]}」读不懂：{why}。",
        code="models.prices",
        english=f"Model price {part[:80]!r} cannot be read: {english}.",
    )
