"""The signed webhook: a POST with an HMAC signature to any other system. See docs/webhook.md.

Https only, never to a private address unless its host is named in CHONGFEN_ALLOW_PRIVATE, redirects are
not followed, the delivery id is the idempotency key.
"""

from workers.channels.base import Channel, Tools
from workers.channels.webhook.channel import WebhookChannel


def make(tools: Tools) -> Channel:
    """A webhook channel with its own connection pool."""
    return WebhookChannel(tools)
