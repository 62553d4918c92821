"""The one-machine broker: messages appear whole, are taken once, and old ones can be thrown away."""

from __future__ import annotations

import threading
from pathlib import Path

from kombu import Connection
from kombu.entity import Exchange, Queue
from kombu.simple import SimpleQueue

from workers import spool


def _connection(folder: Path) -> Connection:
    return Connection(
        f"{spool.SCHEME}://", transport_options=spool.options(folder) | {"polling_interval": 0.005}
    )


def _house(connection: Connection) -> SimpleQueue:
    return SimpleQueue(connection, Queue("house", Exchange(""), routing_key="house"))


def _take(queue: SimpleQueue, timeout: float) -> object:
    message = queue.get(timeout=timeout)
    message.ack()
    return message.payload


def test_a_message_sent_is_received_by_another_connection(tmp_path: Path) -> None:
    with _connection(tmp_path) as sender, _connection(tmp_path) as receiver:
        _house(sender).put({"id": 7})
        assert _take(_house(receiver), 2) == {"id": 7}
    assert list((tmp_path / "queue").iterdir()) == []


def test_messages_come_in_the_order_sent(tmp_path: Path) -> None:
    with _connection(tmp_path) as connection:
        queue = _house(connection)
        for number in range(20):
            queue.put(number)
        assert [_take(queue, 2) for _ in range(20)] == list(range(20))


def test_no_message_is_read_half_written_or_twice_by_three_readers(tmp_path: Path) -> None:
    total, got, lock = 300, [], threading.Lock()

    def read() -> None:
        with _connection(tmp_path) as connection:
            queue = _house(connection)
            while True:
                try:
                    message = _take(queue, 1)
                except queue.Empty:
                    return
                with lock:
                    got.append(message["number"])

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    with _connection(tmp_path) as connection:
        queue = _house(connection)
        for number in range(total):
            queue.put({"number": number, "padding": "x" * 4000})
    for reader in readers:
        reader.join()
    assert sorted(got) == list(range(total))


def test_clearing_removes_what_a_dead_worker_left(tmp_path: Path) -> None:
    with _connection(tmp_path) as connection:
        _house(connection).put(1)
    (tmp_path / "taken" / "half").write_text("{")
    assert spool.clear(tmp_path) == 2
    assert spool.clear(tmp_path) == 0
