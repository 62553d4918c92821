"""What the commands that keep processes running share: the port, the folder's lock, the children's environment.

`up` and `demo` use all of it, `web` the port.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import socket
import sys
import time
from pathlib import Path
from typing import IO

from desk.errors import DeskError
from workers.runtime import Runtime
from workers.settings import Settings
from workers.supervisor import Child

PARTS = ("web", "worker", "beat")
TRIED_PORTS = 20
START_UP = 6.0  # seconds the three processes need before a simulated day begins


def listen(host: str, port: int) -> socket.socket:
    """A listening socket; DeskError when the port is taken or not allowed."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    server = socket.socket(family, socket.SOCK_STREAM)
    server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        server.bind((host, port))
        server.listen(512)
    except OSError as error:
        server.close()
        raise _not_this_port(host, port, error) from error
    return server


def _not_this_port(host: str, port: int, error: OSError) -> DeskError:
    if error.errno == errno.EADDRINUSE:
        return DeskError(
            f"端口 {port} 已被别的程序占用，请用 --port 换一个。",
            code="port.taken",
            english=f"Port {port} is taken by another program; choose another with --port.",
        )
    if error.errno == errno.EACCES:
        return DeskError(
            f"没有权限使用端口 {port}，请用 --port 选 1024 以上的。",
            code="port.forbidden",
            english=f"Port {port} needs more rights; choose one above 1024 with --port.",
        )
    return DeskError(
        f"地址 {host}:{port} 不能使用（{error.strerror}），请检查 CHONGFEN_HOST。",
        code="port.address",
        english=f"The address {host}:{port} is unusable ({error.strerror}); check CHONGFEN_HOST.",
    )


def free_port(host: str, port: int, *, chosen: bool) -> int:
    """``port`` when it is free, else the next free one; a port ``chosen`` by a person is never changed."""
    for candidate in range(port, min(port + TRIED_PORTS, 65536)):
        try:
            listen(host, candidate).close()
        except DeskError as error:
            if chosen or error.code != "port.taken":
                raise
        else:
            return candidate
    raise DeskError(
        f"端口 {port} 到 {port + TRIED_PORTS - 1} 都被占用，请用 --port 指定一个空的。",
        code="port.taken",
        english=f"Ports {port} to {port + TRIED_PORTS - 1} are all taken; choose a free one with --port.",
    )


def claim_folder(folder: Path, address: str) -> IO[str]:
    """Hold the folder for this process; DeskError names the one that already runs on it. Keep the answer open."""
    file = (folder / "up.lock").open("a+", encoding="utf-8")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        other = _told(file)
        file.close()
        raise DeskError(
            f"这个数据文件夹（{folder}）已经在运行：{other.get('address', '')}（进程 {other.get('pid', '?')}），"
            "请先停下它，或用 --data 换一个文件夹。",
            code="up.running",
            english=f"{folder} is already being served at {other.get('address', '')} by process "
            f"{other.get('pid', '?')}; stop that one or choose another folder with --data.",
        ) from error
    file.truncate(0)
    file.write(json.dumps({"pid": os.getpid(), "address": address}))
    file.flush()
    return file


def running_at(folder: Path) -> str:
    """The address at which the folder is being served now, or nothing."""
    path = folder / "up.lock"
    try:
        file = path.open("r+", encoding="utf-8")
    except FileNotFoundError:
        return ""
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except OSError:
            return str(_told(file).get("address", ""))
    return ""


def _told(file: IO[str]) -> dict[str, object]:
    """What the holder of the lock wrote; nothing when it has not written yet."""
    file.seek(0)
    try:
        told = json.loads(file.read())
    except ValueError:
        return {}
    return told if isinstance(told, dict) else {}


def anchored(clock: str) -> str:
    """A simulated clock's text with its anchor, so that every child sees the same time.

    It starts to run once the children are up: at speed 60 their start would otherwise eat the first minutes.
    """
    return clock if not clock or "@" in clock else f"{clock}@{time.time() + START_UP:.3f}"


def environment(settings: Settings, *, port: int) -> dict[str, str]:
    """This process's environment with what the command line changed."""
    told = {
        "CHONGFEN_DATA_DIR": str(settings.data_dir),
        "CHONGFEN_PORT": str(port),
        "CHONGFEN_HOST": settings.host,
        "CHONGFEN_LANG": settings.lang,
    }
    if settings.clock:
        told |= {"CHONGFEN_CLOCK": anchored(settings.clock), "CHONGFEN_SPEED": str(settings.speed)}
    return {**os.environ, **told}


def children() -> list[Child]:
    """The processes of one machine."""
    # -P: whatever folder this is started from, nothing in it is imported by accident.
    return [Child(part, [sys.executable, "-P", "-m", "desk.cli", part]) for part in PARTS]


def address(settings: Settings, port: int) -> str:
    """Where a person on this machine opens the desk."""
    if settings.public_url:
        return settings.public_url.rstrip("/")
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(settings.host, settings.host)  # noqa: S104
    return f"http://{host}:{port}"


def sign_in_link(runtime: Runtime, base: str) -> str:
    """A fresh one-time link for the first lead, who is made when there is none."""
    from desk.auth import links, users

    now = runtime.clock.now()
    with runtime.database.write() as session:
        lead = users.ensure_lead(session, now)
        token = links.issue(session, lead.name, now=now, life=links.LIFE * max(1.0, runtime.settings.pace))
    return f"{base}/link/{token}"
