"""The lead sets up real lanes at the desk and on the command line; owners see and report their list over the API."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from starlette.testclient import TestClient

from content_calendar import addresses, ledger, roads, send_desk
from content_calendar.states import DeliveryState
from content_calendar.tables import Brand, ChannelAccount, Delivery, Group, Owner, Release, Revision, User
from tests.content_calendar.test_stripping import png
from tests.desk.conftest import MONDAY, NOW, add_post
from workers import connections
from workers.channels.wecom_bot.platform import WecomRobot
from workers.runtime import Runtime

AsRole = Callable[[str], TestClient]
SECRET = "corp-app-secret-123456"
ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abcd-SECRET"


def test_an_account_is_kept_sealed_and_never_shown_again(
    as_role: AsRole, shop: Any, runtime: Runtime
) -> None:
    lead = as_role("lead")
    filled = {"corp": "ww1", "agent": "1000002", "secret": SECRET}
    assert lead.post("/settings/channels/account", data=filled).status_code == 303
    page = lead.get("/settings/channels").text
    assert "ww1" in page and "1000002" in page and SECRET not in page
    with runtime.database.read() as session:
        kept = session.scalars(select(ChannelAccount)).one().secret
    assert kept.startswith(addresses.SEALED) and runtime.settings.secrets.open(kept) == SECRET

    assert (
        lead.post("/settings/channels/account", data=filled | {"secret": "", "agent": "7"}).status_code == 303
    )
    with runtime.database.read() as session:
        row = session.scalars(select(ChannelAccount)).one()
    assert row.agent_id == "7" and runtime.settings.secrets.open(row.secret) == SECRET


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("account", {"corp": "ww1", "agent": "", "secret": "x"}),
        ("account", {"corp": "ww1", "agent": "1", "secret": "env:CHONGFEN_LANE_NOT_SET"}),
        ("confirming", {"mode": "every_hour", "minutes": "60"}),
        ("confirming", {"mode": "day_1", "minutes": "5"}),
        ("owner", {"name": "没有这个人"}),
        ("owner", {"name": "1号", "deputy": "1", "until": "whenever"}),
    ],
)
def test_what_cannot_be_is_said_on_the_page(
    as_role: AsRole, shop: Any, path: str, data: dict[str, str]
) -> None:
    answer = as_role("lead").post(f"/settings/channels/{path}", data=data)
    assert answer.status_code in {404, 422} and "<form" in answer.text


def test_owners_and_the_window_are_written_down(as_role: AsRole, shop: Any, runtime: Runtime) -> None:
    lead = as_role("lead")
    with runtime.database.read() as session:
        user = session.scalars(select(User).where(User.role == "operator")).one()
    filled = {
        "name": "1号",
        "userid": "yihao",
        "user": str(user.id),
        "deputy": str(user.id),
        "until": "2026-11-30",
    }
    assert lead.post("/settings/channels/owner", data=filled).status_code == 303
    assert (
        lead.post("/settings/channels/confirming", data={"mode": "day_1", "minutes": "30"}).status_code == 303
    )
    with runtime.database.read() as session:
        owner = session.scalars(select(Owner)).one()
        brand = session.get_one(Brand, shop.brand)
    assert (owner.userid, owner.user_id, owner.deputy_id) == ("yihao", user.id, user.id)
    assert (brand.mass_quota, brand.confirm_window_minutes) == ("day_1", 30)
    assert "yihao" in lead.get("/settings/channels").text
    assert "Channels" in lead.get("/settings/channels?lang=en").text


def closed_group(runtime: Runtime, shop: Any) -> int:
    with runtime.database.write() as session:
        group = session.scalars(select(Group).order_by(Group.id)).first()
        assert group is not None
        group.channel, group.address = "wecom_bot", runtime.settings.secrets.seal(ROBOT)
        key = roads.key_of("wecom_bot", WecomRobot().robot(ROBOT))
        roads.disable(session, "wecom_bot", key, code="wecom_bot.93000", now=NOW)
        return group.id


def test_a_closed_robot_is_listed_and_opened_again(as_role: AsRole, shop: Any, runtime: Runtime) -> None:
    group_id = closed_group(runtime, shop)
    lead = as_role("lead")
    page = lead.get("/settings/channels").text
    assert "93000" in page and "SECRET" not in page and "sealed:" not in page

    assert lead.post(f"/settings/channels/{group_id}/reopen").status_code == 303

    assert "93000" not in lead.get("/settings/channels").text
    assert "没有停用" in lead.post(f"/settings/channels/{group_id}/reopen").text
    with runtime.database.read() as session:
        brand = session.get_one(Brand, shop.brand)
        assert connections.closed(session, brand, runtime.settings.secrets) == []


def handed_over(runtime: Runtime, shop: Any) -> int:
    """A released post in the hands of owner 1号."""
    with runtime.database.write() as session:
        brand = session.get_one(Brand, shop.brand)
        post = add_post(
            session, brand, state="released", wall="10:00", tier="high", day=MONDAY, lane="hand_off"
        )
        groups = session.scalars(select(Group).where(Group.tier == "high")).all()
        revision = session.get_one(Revision, post.revision_id)
        release = Release(
            brand_id=brand.id, post_id=post.id, revision_id=revision.id, revision_hash=revision.hash,
            audience=[group.id for group in groups], due_at=post.due_at, day=post.day, frozen_at=NOW,
        )  # fmt: skip
        session.add(release)
        session.flush()
        session.add_all(
            Delivery(
                id=ledger.delivery_id(brand.uid, post.id, group.id), brand_id=brand.id, post_id=post.id,
                release_id=release.id, group_id=group.id, lane="hand_off", channel="sidebar", day=post.day,
                due_at=post.due_at, state=DeliveryState.handed_over,
            )
            for group in groups
        )  # fmt: skip
        return post.id


def test_an_owner_sees_the_list_and_reports_group_by_group(
    as_role: AsRole, shop: Any, runtime: Runtime
) -> None:
    post_id = handed_over(runtime, shop)
    operator, editor = as_role("operator"), as_role("editor")
    assert operator.get("/api/send").json()["items"] == []  # not this person's groups yet
    assert operator.get("/api/send", params={"owner": "1号"}).status_code == 403
    with runtime.database.write() as session:
        user = session.scalars(select(User).where(User.role == "operator")).one()
        send_desk.set_owner(session, session.get_one(Brand, shop.brand), "1号", user=user)

    (item,) = operator.get("/api/send").json()["items"]

    assert item["post_id"] == post_id and item["open"] == len(item["groups"]) > 0
    assert item["opens_at"] < item["slot_at"] < item["ends_at"]
    first = item["groups"][0]["delivery_id"]
    done = operator.post(f"/api/send/{post_id}", json={"action": "done", "deliveries": [first]})
    assert done.json() == {"groups": 1}
    assert operator.post(f"/api/send/{post_id}", json={"action": "cannot"}).status_code == 422
    wrong = {"action": "done", "owner": "2号"}
    assert operator.post(f"/api/send/{post_id}", json=wrong).status_code == 403
    (item,) = editor.get("/api/send", params={"owner": "1号"}).json()["items"]
    assert [group["proof"] for group in item["groups"] if group["delivery_id"] == first] == ["owner"]
    assert as_role("service").post(f"/api/send/{post_id}", json={"action": "done"}).status_code == 403


def test_after_a_change_of_keys_everything_is_sealed_anew(runtime: Runtime, shop: Any) -> None:
    from workers.secrets import SecretError, Secrets

    old, both, new = (Secrets(keys, {}) for keys in (("o" * 32,), ("n" * 32, "o" * 32), ("n" * 32,)))
    with runtime.database.write() as session:
        group = session.get_one(Group, 1)
        group.channel, group.address = "wecom_bot", old.seal(ROBOT)
        brand = session.get_one(Brand, shop.brand)
        connections.set_account(
            session, brand, old, corp_id="c", agent_id="1", secret=SECRET, actor="user:x", now=NOW
        )
    with runtime.database.write() as session:
        assert connections.reseal(session, both) == 2
    with runtime.database.read() as session:
        kept = session.get_one(Group, 1).address
        assert (
            new.open(kept) == ROBOT
            and new.open(session.scalars(select(ChannelAccount)).one().secret) == SECRET
        )
    with pytest.raises(SecretError):
        old.open(kept)


def test_the_command_line_sets_up_the_same_things(
    tmp_path: Path, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    import subprocess
    import sys

    from content_calendar.database import Database
    from tests.release_world import World

    World(Database(database_url)).build(channel="wecom_mass")
    monkeypatch.setenv("CHONGFEN_LANE_WECOM", SECRET)
    monkeypatch.setenv("CHONGFEN_DATABASE_URL", database_url)
    monkeypatch.setenv("CHONGFEN_DATA_DIR", str(tmp_path))
    picture = tmp_path / "a.png"
    picture.write_bytes(png())

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "desk.cli", "channels", *arguments],
            capture_output=True,
            text=True,
            check=False,
        )

    assert (
        run("account", "--corp", "ww1", "--agent", "2", "--secret-env", "CHONGFEN_LANE_WECOM").returncode == 0
    )
    assert run("owner", "小禾", "--userid", "xiaohe", "--user", "aoperator").returncode == 0
    assert run("confirming", "--quota", "week_7", "--minutes", "45").returncode == 0
    shown = json.loads(run("show", "--json").stdout)
    assert shown["account"] == {
        "corp_id": "ww1",
        "agent_id": "2",
        "has_secret": True,
        "from_env": "CHONGFEN_LANE_WECOM",
        "callback": "",
    }
    monkeypatch.setenv("CHONGFEN_LANE_TOKEN", "QDG6eK")
    monkeypatch.setenv("CHONGFEN_LANE_KEY", "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C")
    told = run("callback", "--token-env", "CHONGFEN_LANE_TOKEN", "--key-env", "CHONGFEN_LANE_KEY")
    assert told.returncode == 0 and "/wecom/callback/" in told.stdout and "QDG6eK" not in told.stdout
    assert shown["quota"] == "week_7" and shown["owners"][0]["userid"] == "xiaohe" and shown["closed"] == []
    assert run("picture", str(picture)).stdout.startswith("![a](pic:")
    refused = run("reopen", "G0000")
    assert refused.returncode == 1 and "没有停用" in refused.stderr + refused.stdout
