"""How often somebody may try to sign in: by name and address together, and by address alone.

Kept in memory per process: a restart forgives, and no attacker can lock a colleague out from elsewhere.
"""

from __future__ import annotations

from limits import RateLimitItem, RateLimitItemPerHour, RateLimitItemPerMinute
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from desk.errors import Throttled

NAME_AND_ADDRESS: tuple[RateLimitItem, ...] = (RateLimitItemPerMinute(5), RateLimitItemPerHour(30))
ADDRESS: tuple[RateLimitItem, ...] = (RateLimitItemPerMinute(30), RateLimitItemPerHour(300))


class Throttle:
    """Counts tries; one per application."""

    def __init__(self) -> None:
        self._limiter = MovingWindowRateLimiter(MemoryStorage())

    def try_sign_in(self, name: str, address: str) -> None:
        """Count one try; Throttled when there were too many. Unknown names are counted alike."""
        for limit in NAME_AND_ADDRESS:
            self._hit(limit, "sign-in", name.strip().lower()[:80], address)
        for limit in ADDRESS:
            self._hit(limit, "sign-in", address)

    def try_link(self, address: str) -> None:
        """Count one try at a one-time link from ``address``."""
        for limit in ADDRESS:
            self._hit(limit, "link", address)

    def _hit(self, limit: RateLimitItem, *key: str) -> None:
        if not self._limiter.hit(limit, *key):
            seconds = limit.get_expiry()
            raise Throttled(
                f"尝试太多次了，请过 {max(1, seconds // 60)} 分钟再来。",
                english=f"Too many tries; come back in {max(1, seconds // 60)} minutes.",
                headers={"Retry-After": str(seconds)},
            )
