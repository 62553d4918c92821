"""Writing messages into simulated groups, many in one transaction."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError

from content_calendar.ledger import Outgoing
from content_calendar.tables import DemoMessage
from workers.channels.base import Capabilities, Outcome, Tools

FOREVER = 365 * 86_400.0  # the table never forgets a delivery


class DemoChannel:
    """Each message becomes a row of ``demo_message``; a second one for the same delivery changes nothing."""

    can = Capabilities(
        mode="demo", max_bytes=20_000, longest_call=35.0, duplicate_guard="dedupe_key", guard_seconds=FOREVER,
        concurrency=1, batch=500, simulated=True,
    )  # fmt: skip

    def __init__(self, tools: Tools) -> None:
        self._tools = tools

    async def send(self, messages: Sequence[Outgoing]) -> Sequence[Outcome]:
        """Write them all or none; sent also when a row was there already."""
        try:
            await self._tools.in_thread(lambda: self._write(messages))
        except SQLAlchemyError as error:
            # The commit may or may not have reached the disk: the guard decides on the next attempt.
            return [Outcome("unknown", code=f"demo.{type(error).__name__}")] * len(messages)
        return [Outcome("sent", code="demo", remote_id=message.delivery_id) for message in messages]

    def _write(self, messages: Sequence[Outgoing]) -> None:
        insert = sqlite.insert if self._tools.database.sqlite else postgresql.insert
        with self._tools.database.write() as session:
            now = self._tools.clock.now()
            rows = [
                {
                    "delivery_id": message.delivery_id, "group_id": message.group_id, "at": now,
                    "sender": message.sender, "lane": message.lane, "text": message.text,
                }
                for message in messages
            ]  # fmt: skip
            session.execute(insert(DemoMessage).on_conflict_do_nothing(), rows)

    async def close(self) -> None:
        """Nothing to give back."""
