"""The day's model meter as one sentence, for the command line and the doctor."""

from __future__ import annotations

from content_calendar.spending import Meter


def told(meter: Meter) -> tuple[str, str]:
    """The meter in Chinese and English."""
    tokens, yuan, seconds = meter.tokens, meter.yuan, meter.seconds
    chinese = [f"{tokens.used:,.0f}{_of(tokens.limit, ' / {:,.0f}')} token", f"{meter.calls:,} 次调用"]
    english = [f"{tokens.used:,.0f}{_of(tokens.limit, ' of {:,.0f}')} tokens", f"{meter.calls:,} calls"]
    if yuan.used or yuan.limit is not None:
        chinese.append(f"¥{yuan.used:.2f}{_of(yuan.limit, ' / ¥{:.2f}')}")
        english.append(f"¥{yuan.used:.2f}{_of(yuan.limit, ' of ¥{:.2f}')}")
    if seconds.limit is not None:
        chinese.append(f"模型用时 {seconds.used:,.0f}{_of(seconds.limit, ' / {:,.0f}')} 秒")
        english.append(f"{seconds.used:,.0f}{_of(seconds.limit, ' of {:,.0f}')} s of model time")
    if meter.exhausted:
        chinese.append(f"{meter.refused:,} 次因额度不够没有调用，由离线写手代写")
        english.append(f"{meter.refused:,} not made for want of budget, written offline")
    return f"今天的模型：{'，'.join(chinese)}。", f"Models today: {', '.join(english)}."


def _of(limit: object, shape: str) -> str:
    return shape.format(limit) if limit is not None else ""
