"""One line to the platform for each brand's account, made at the first need and again when the account was changed."""

from __future__ import annotations

from collections.abc import Callable

from workers.wecom.account import Account
from workers.wecom.api import Api


class Apis:
    """The lines of one event loop. ``now``: seconds of a clock."""

    def __init__(self, base: str, now: Callable[[], float]) -> None:
        self._base, self._now = base, now
        self._known: dict[int, tuple[Account, Api]] = {}
        self._left: list[Api] = []

    def of(self, account: Account) -> Api:
        """The line of this account."""
        known = self._known.get(account.brand_id)
        if known is not None and known[0] == account:
            return known[1]
        if known is not None:
            self._left.append(known[1])  # somebody may be speaking on it
        api = Api(self._base, account, self._now)
        self._known[account.brand_id] = (account, api)
        return api

    async def close(self) -> None:
        """Close every line."""
        for api in (*self._left, *(api for _, api in self._known.values())):
            await api.close()
        self._left.clear()
        self._known.clear()
