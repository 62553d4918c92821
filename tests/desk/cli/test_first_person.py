"""Where nobody exists yet, the first person named on the command line becomes the lead; later names must be known."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner
from sqlalchemy import select

from content_calendar import workbook
from content_calendar.clock import SystemClock
from content_calendar.database import Database, migrate
from content_calendar.tables import AuditEvent, User
from desk.cli.main import cli

EXAMPLE = Path(__file__).resolve().parents[3] / "examples" / "沐禾.xlsx"


def test_the_first_person_named_is_the_lead_and_the_second_must_be_known(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'chongfen.db'}"
    migrate(url)
    content = workbook.read(EXAMPLE).content
    assert content is not None
    with Database(url).write() as session:
        workbook.apply(session, content, now=SystemClock().now(), actor="system:test")

    def approve(name: str) -> Exception | None:
        found = CliRunner().invoke(cli, ["--data", str(tmp_path), "approve", "--clean", "--by", name])
        return found.exception if isinstance(found.exception, Exception) else None

    assert approve("小周") is None
    assert "没有可用的用户「李晓」" in str(approve("李晓"))
    with Database(url).read() as session:
        assert [(user.name, user.role) for user in session.scalars(select(User))] == [("小周", "lead")]
        made = session.scalars(select(AuditEvent).where(AuditEvent.action == "user.created")).one()
    assert made.actor == "system:first-run"
