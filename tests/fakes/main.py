"""`chongfen-fakes`: the three fake platforms on this machine, for trying real lanes without an account."""

from __future__ import annotations

import asyncio
import contextlib
import sys

from .dingtalk.server import FakeDingtalk
from .feishu.server import FakeFeishu
from .server import Fake, served
from .wecom.server import FakeWecom

FIRST_PORT = 8791
_FAKES: tuple[tuple[str, str, type[Fake]], ...] = (
    ("企业微信", "CHONGFEN_WECOM_URL", FakeWecom),
    ("飞书", "CHONGFEN_FEISHU_URL", FakeFeishu),
    ("钉钉", "CHONGFEN_DINGTALK_URL", FakeDingtalk),
)


def entry(arguments: list[str] | None = None) -> int:
    """The console script: ``chongfen-fakes [FIRST_PORT]``, until Ctrl-C."""
    given = sys.argv[1:] if arguments is None else arguments
    if len(given) > 1 or (given and not given[0].isdigit()):
        sys.stderr.write("chongfen-fakes [起始端口 FIRST_PORT]\n")
        return 2
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(int(given[0]) if given else FIRST_PORT))
    return 0


async def serve(first_port: int, stop: asyncio.Event | None = None) -> None:
    """All three on consecutive ports; says which settings lead there."""
    async with contextlib.AsyncExitStack() as stack:
        for number, (name, setting, fake) in enumerate(_FAKES):
            url = await stack.enter_async_context(served(fake(), first_port + number if first_port else 0))
            sys.stdout.write(f"{name}　export {setting}={url}　面板 {url}/panel\n")
        sys.stdout.write(
            "企业微信账号：企业 ID ww0123456789abcdef，应用 Secret app-secret，AgentId 1000002。Ctrl-C 停下。\n"
        )
        sys.stdout.flush()
        await (stop or asyncio.Event()).wait()
