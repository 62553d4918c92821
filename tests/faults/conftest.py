"""What the tests of faults share: a mother of mortal dispatchers, and the table printed at the end."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.faults.deaths import Mother

TABLE = pytest.StashKey[list[str]]()


@pytest.fixture(scope="module")
def mother() -> Iterator[Mother]:
    found = Mother()
    yield found
    found.close()


@pytest.fixture
def printed(request: pytest.FixtureRequest) -> list[str]:
    """Lines shown after the run."""
    return request.config.stash.setdefault(TABLE, [])


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    for line in config.stash.get(TABLE, []):
        terminalreporter.write_line(line)
