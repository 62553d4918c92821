"""Which addresses a webhook may reach: public ones; a private host only when it is named in the settings.

A host name is resolved once and the connection goes to exactly the addresses that were checked, so that a
name cannot answer differently the second time (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass, field
from functools import lru_cache

from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.resolver import ThreadedResolver
from yarl import URL

_NAT64 = ipaddress.ip_network("64:ff9b::/96")


class ForbiddenAddress(OSError):
    """A webhook pointed at an address it may not reach; nothing was sent."""


@lru_cache(maxsize=4096)
def forbidden_url(url: str, allowed: frozenset[str]) -> str:
    """The code of what is wrong with a webhook's URL, empty when it may be called.

    ``allowed``: host names (lower case) that may be private.
    """
    try:
        parsed = URL(url)
    except ValueError:
        return "webhook.url_unreadable"
    if parsed.scheme != "https":
        return "webhook.not_https"
    if not parsed.host:
        return "webhook.url_unreadable"
    if parsed.user or parsed.password:
        return "webhook.url_with_password"
    if is_ip(parsed.host) and parsed.host.lower() not in allowed and not is_public(parsed.host):
        return "webhook.address_forbidden"
    return ""


def is_ip(host: str) -> bool:
    """True for an IP literal."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def is_public(address: str) -> bool:
    """True for an address on the public internet: not loopback, private, link-local, metadata, multicast ...

    An IPv4 address inside an IPv6 one (mapped, 6to4, NAT64, Teredo) is judged by itself.
    """
    found = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(found, ipaddress.IPv6Address):
        inner = found.ipv4_mapped or found.sixtofour or (found.teredo[1] if found.teredo else None)
        if inner is None and found in _NAT64:
            inner = ipaddress.IPv4Address(int(found) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(str(inner))
    return found.is_global and not found.is_multicast


@dataclass
class CheckedResolver(AbstractResolver):
    """Resolves a host and gives back its addresses only when every one of them may be reached."""

    allowed: frozenset[str]
    inner: AbstractResolver = field(default_factory=ThreadedResolver)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """The addresses to connect to; ForbiddenAddress when one of them is not public."""
        found = await self.inner.resolve(host, port, family)
        if host.lower().rstrip(".") not in self.allowed:
            for item in found:
                if not is_public(item["host"]):
                    raise ForbiddenAddress(f"{host} resolves to an address that is not public")
        return found

    async def close(self) -> None:
        """Close the resolver inside."""
        await self.inner.close()


def allowed_hosts(setting: str) -> frozenset[str]:
    """The host names of CHONGFEN_ALLOW_PRIVATE, lower case."""
    return frozenset(name.strip().lower() for name in setting.split(",") if name.strip())
