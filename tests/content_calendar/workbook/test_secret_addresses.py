"""The address of a robot or a webhook is a secret: sealed when stored, a mark in exports, reports and differences."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from content_calendar import addresses, workbook
from content_calendar.database import Database
from content_calendar.tables import Brand, Group
from content_calendar.workbook.content import WorkbookContent
from tests.content_calendar.workbook import books
from workers.secrets import SecretError, Secrets

NOW = datetime(2026, 11, 22, tzinfo=UTC)
SECRETS = Secrets(("k" * 32,), {})
ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=9c2f-SECRET"
OTHER = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=77aa-SECRET"


def with_address(address: str, channel: str = "wecom_bot") -> WorkbookContent:
    content = workbook.read(books.REFERENCE, today=books.TODAY).content
    assert content is not None
    first, *rest = content.groups
    return replace(content, groups=(replace(first, channel=channel, address=address), *rest))


def imported(database: Database, content: WorkbookContent, seal: Any = SECRETS.seal) -> workbook.Changes:
    with database.write() as session:
        return workbook.apply(session, content, now=NOW, actor="system:test", seal=seal)


def stored(database: Database) -> str:
    with database.read() as session:
        return session.scalars(select(Group.address).order_by(Group.row)).first() or ""


@pytest.mark.databases
def test_an_address_is_stored_sealed_and_opens_with_the_key(database: Database) -> None:
    imported(database, with_address(ROBOT))
    assert "SECRET" not in stored(database) and "qyapi" not in stored(database)
    assert SECRETS.open(stored(database)) == ROBOT
    with database.read() as session:
        kept = session.execute(select(Group.channel, Group.address)).all()
    assert not [row for row in kept if addresses.is_secret(row.channel) and "://" in row.address]


def test_the_same_workbook_again_changes_nothing_and_reseals_nothing(database: Database) -> None:
    imported(database, with_address(ROBOT))
    before = stored(database)
    assert imported(database, with_address(ROBOT)).none and stored(database) == before
    with database.read() as session:
        assert workbook.changes(session, with_address(ROBOT)).none


def test_a_changed_address_is_told_by_its_mark_alone(database: Database) -> None:
    imported(database, with_address(ROBOT))
    changes = imported(database, with_address(OTHER))
    assert "SECRET" not in str(changes) and SECRETS.open(stored(database)) == OTHER
    (change,) = changes.changes
    before, after = change.fields["通道地址"]
    assert before != after and before.startswith(addresses.KEPT) and after.startswith(addresses.KEPT)


def test_an_export_holds_no_secret_and_comes_back_as_it_was(database: Database, tmp_path: Path) -> None:
    imported(database, with_address(ROBOT))
    out, before = tmp_path / "out.xlsx", stored(database)
    with database.read() as session:
        workbook.export(session, session.scalars(select(Brand)).one(), out)
    reading = workbook.read(out, today=books.TODAY)
    assert reading.content is not None and "SECRET" not in str(reading.rows) + str(reading.content)

    assert imported(database, reading.content).none
    assert stored(database) == before and SECRETS.open(before) == ROBOT


def test_a_mark_that_names_an_address_nobody_has_leaves_the_group_without_one(database: Database) -> None:
    imported(database, with_address(f"{addresses.KEPT}{'0' * 12}"))
    assert stored(database) == ""


def test_a_reference_to_the_environment_is_kept_as_it_is(database: Database) -> None:
    imported(database, with_address("env:CHONGFEN_LANE_G1"))
    assert stored(database) == "env:CHONGFEN_LANE_G1"


def test_what_was_stored_in_the_clear_is_sealed_by_the_next_import(database: Database) -> None:
    imported(database, with_address(ROBOT), seal=None)
    assert stored(database) == ROBOT
    assert imported(database, with_address(ROBOT)).none
    assert SECRETS.open(stored(database)) == ROBOT and "SECRET" not in stored(database)


def test_without_a_key_nothing_at_all_is_imported(database: Database) -> None:
    with pytest.raises(SecretError, match="CHONGFEN_SECRET_KEY"):
        imported(database, with_address(ROBOT), seal=Secrets((), {}).seal)
    with database.read() as session:
        assert session.scalars(select(Brand)).all() == []


def test_the_id_of_a_customer_group_is_no_secret(database: Database) -> None:
    imported(database, with_address("wrMUHE0001", channel="wecom_mass"))
    assert stored(database) == "wrMUHE0001"


def test_a_report_never_repeats_an_address(read_rows: Any) -> None:
    sheets = books.clean()
    for row in (2, 3):
        books.put(sheets, "社群", row, "发送通道", "群机器人")
        books.put(sheets, "社群", row, "通道地址", ROBOT)
    books.put(sheets, "社群", 4, "发送通道", "群机器人")
    books.put(sheets, "社群", 4, "通道地址", "http://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=SECRET")

    reading = read_rows(sheets)

    assert {"duplicate_address", "address_not_https"} <= {issue.kind for issue in reading.issues}
    assert "SECRET" not in str(reading.issues) + str(reading.rows)
