"""The channels page fits every width, in light and dark, and says what is closed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from content_calendar import roads
from content_calendar.tables import Group
from tests.desk.conftest import NOW
from workers.channels.wecom_bot.platform import WecomRobot
from workers.runtime import Runtime

pytestmark = pytest.mark.browser
ROBOT = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=abcd"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_the_channels_page_never_scrolls_sideways(
    page: Page, desk: str, enter: Any, runtime: Runtime, shop: Any, width: int, scheme: Any
) -> None:
    with runtime.database.write() as session:
        group = session.query(Group).order_by(Group.id).first()
        assert group is not None
        group.channel, group.address = "wecom_bot", ROBOT
        key = roads.key_of("wecom_bot", WecomRobot().robot(ROBOT))
        roads.disable(session, "wecom_bot", key, code="wecom_bot.93000", now=NOW)
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=scheme)
    enter("lead")

    page.goto(f"{desk}/settings/channels")

    assert page.get_by_text("wecom_bot.93000").is_visible()
    assert page.get_by_label("企业微信账号").count() > 0
    if folder := os.environ.get("CHONGFEN_SHOTS"):
        page.screenshot(path=Path(folder) / f"channels-{width}-{scheme}.png", full_page=True)
