"""Prometheus' text format 0.0.4: families of samples as lines. Small enough to write ourselves."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
Kind = Literal["gauge", "counter", "histogram"]


@dataclass(frozen=True)
class Sample:
    """One number. ``suffix``: what a histogram's lines carry behind the name."""

    value: float
    labels: Mapping[str, str] = field(default_factory=dict)
    suffix: str = ""


@dataclass(frozen=True)
class Family:
    """One figure: its name without our prefix, what it means, its samples."""

    name: str
    kind: Kind
    help: str
    samples: Sequence[Sample]


def histogram(bounds: Sequence[float], counts: Sequence[int], total: float, **labels: str) -> list[Sample]:
    """The lines of one histogram; ``counts`` are per bucket and have one more than ``bounds``."""
    found, so_far = [], 0
    for bound, count in zip((*bounds, math.inf), counts, strict=True):
        so_far += count
        found.append(Sample(so_far, {**labels, "le": _number(bound)}, "_bucket"))
    return [*found, Sample(total, labels, "_sum"), Sample(so_far, labels, "_count")]


def render(families: Iterable[Family]) -> str:
    """The whole page."""
    lines: list[str] = []
    for family in families:
        name = f"chongfen_{family.name}"
        lines += [f"# HELP {name} {_escaped(family.help)}", f"# TYPE {name} {family.kind}"]
        lines += [f"{name}{s.suffix}{_labels(s.labels)} {_number(s.value)}" for s in family.samples]
    return "\n".join(lines) + "\n"


def _labels(labels: Mapping[str, str]) -> str:
    if not labels:
        return ""
    return "{" + ",".join(f'{key}="{_escaped(value, quote=True)}"' for key, value in labels.items()) + "}"


def _escaped(text: str, *, quote: bool = False) -> str:
    text = text.replace("\\", "\\\\").replace("\n", "\\n")
    return text.replace('"', '\\"') if quote else text


def _number(value: float) -> str:
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    return str(int(value)) if value == int(value) else repr(float(value))
