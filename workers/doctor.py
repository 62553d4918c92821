"""Finds what is wrong with an installation and says it in words: one finding a check, each with its remedy.

Looks, never changes: it must work when the database is away, the disk full or the settings half-done.
"""

from __future__ import annotations

import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session

from content_calendar import brands
from content_calendar.database import Database, newest_schema, schema_of
from workers import doctor_lanes, doctor_meaning, doctor_models, health
from workers.app import make_app
from workers.finding import Finding
from workers.settings import Settings

NEEDED_PYTHON = (3, 11)
LITTLE_DISK = 500_000_000  # bytes
PATIENCE = doctor_models.PATIENCE


def examine(settings: Settings, *, online: bool = False) -> list[Finding]:
    """Every check in order; those that need the database are left out when it is away. ``online``: ask platforms too."""
    database = Database(settings.db_url)
    try:
        return list(_all(settings, database, online))
    finally:
        database.dispose()


def _all(settings: Settings, database: Database, online: bool) -> Iterator[Finding]:
    yield _python()
    yield _folder(settings)
    yield _disk(settings)
    yield _zones()
    reachable = _database(settings, database)
    yield reachable
    yield _broker(settings)
    yield from doctor_models.models(settings)
    yield from doctor_meaning.embeddings(settings)
    if reachable.level == "ok":
        with database.read() as session:
            yield _brand(session)
            yield from doctor_models.budget(settings, session)
            yield from doctor_lanes.lanes(settings, session, settings.make_clock().now())
            if online:
                yield from doctor_lanes.online(settings, session)
            yield from _running(session, settings.make_clock().now(), settings.pace)
    yield _port(settings)


def _python() -> Finding:
    found = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info[:2] < NEEDED_PYTHON:
        return Finding(
            "python",
            "fault",
            f"Python 是 {found}，需要 3.11 或更新。",
            f"Python is {found}; 3.11 or newer is needed.",
        )
    return Finding("python", "ok", f"Python {found}。", f"Python {found}.")


def _folder(settings: Settings) -> Finding:
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=settings.data_dir):
            pass
    except OSError as error:
        return Finding(
            "data", "fault",
            f"数据文件夹 {settings.data_dir} 写不进去（{error.strerror}），请检查权限或用 --data 换一个。",
            f"Cannot write to {settings.data_dir} ({error.strerror}); check its rights or choose another with --data.",
        )  # fmt: skip
    return Finding(
        "data",
        "ok",
        f"数据文件夹 {settings.data_dir} 可写。",
        f"Data folder {settings.data_dir} is writable.",
    )


def _disk(settings: Settings) -> Finding:
    place = next(path for path in (settings.data_dir, *settings.data_dir.parents) if path.exists())
    free = shutil.disk_usage(place).free
    if free < LITTLE_DISK:
        return Finding(
            "disk",
            "warn",
            f"磁盘只剩 {free / 1e6:.0f} MB，请清理。",
            f"Only {free / 1e6:.0f} MB of disk left; make room.",
        )
    return Finding("disk", "ok", f"磁盘剩余 {free / 1e9:.1f} GB。", f"{free / 1e9:.1f} GB of disk free.")


def _zones() -> Finding:
    try:
        ZoneInfo("Asia/Shanghai")
    except (OSError, LookupError):
        return Finding(
            "zones",
            "fault",
            "没有时区数据，请运行 make setup 装上 tzdata。",
            "No time zone data; run make setup.",
        )
    return Finding("zones", "ok", "时区数据可用。", "Time zone data is there.")


def _database(settings: Settings, database: Database) -> Finding:
    kind = "SQLite" if database.sqlite else "PostgreSQL"
    if database.sqlite and not (settings.data_dir / "chongfen.db").exists() and not settings.database_url:
        return Finding(
            "database", "warn", "还没有数据库，运行 make run 或 chongfen import 会建立它。",
            "No database yet; make run or chongfen import makes it.",
        )  # fmt: skip
    try:
        with database.read() as session:
            session.execute(text("SELECT 1"))
    except DBAPIError as error:
        why = str(error.orig).strip().splitlines()[0]
        return Finding(
            "database", "fault", f"{kind} 连不上（{why}），请检查 CHONGFEN_DATABASE_URL。",
            f"{kind} cannot be reached ({why}); check CHONGFEN_DATABASE_URL.",
        )  # fmt: skip
    stands, newest = schema_of(database), newest_schema()
    if stands != newest:
        return Finding(
            "database", "fault", f"数据库结构是 {stands or '空的'}，程序要 {newest}；任何一条命令都会自动升级，请先备份。",
            f"The schema stands at {stands or 'nothing'}, the program wants {newest}; any command upgrades it, back up first.",
        )  # fmt: skip
    return Finding("database", "ok", f"{kind} 可用，结构 {newest}。", f"{kind} works, schema {newest}.")


def _broker(settings: Settings) -> Finding:
    if settings.embedded:
        return Finding("broker", "ok", "文件队列（单机）。", "File queue (one machine).")
    shown = urlsplit(settings.broker_url)
    at = f"{shown.hostname}:{shown.port or ''}".rstrip(":")
    app = make_app(settings)
    try:
        with app.connection_for_write(connect_timeout=PATIENCE) as connection:
            connection.ensure_connection(max_retries=1, timeout=PATIENCE)
    except Exception as error:  # each transport raises its own family
        return Finding(
            "broker", "fault", f"队列 {at} 连不上（{type(error).__name__}），请检查 CHONGFEN_BROKER_URL。",
            f"The broker {at} cannot be reached ({type(error).__name__}); check CHONGFEN_BROKER_URL.",
        )  # fmt: skip
    return Finding("broker", "ok", f"队列 {at} 可用。", f"The broker {at} works.")


def _brand(session: Session) -> Finding:
    names = [brand.name for brand in brands.customers(session)]
    if not names:
        return Finding(
            "brand",
            "warn",
            "还没有品牌，请先 chongfen import 工作簿.xlsx。",
            "No brand yet; run chongfen import WORKBOOK.xlsx.",
        )
    return Finding("brand", "ok", f"品牌：{'、'.join(names)}。", f"Brands: {', '.join(names)}.")


def _running(session: Session, now: datetime, pace: float) -> Iterator[Finding]:
    found = health.readiness(session, now, pace=pace)
    if all(sign.age is None for sign in found.signs):
        yield Finding(
            "running",
            "warn",
            "没有在运行过；用 chongfen up 启动。",
            "It has not been running; start it with chongfen up.",
        )
        return
    for sign in found.signs:
        yield Finding(sign.name, "ok" if sign.ok else "fault", sign.sentence, sign.english)


def _port(settings: Settings) -> Finding:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with closing(socket.socket(family, socket.SOCK_STREAM)) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            return Finding(
                "port", "warn",
                f"端口 {settings.port} 现在用不了（{os.strerror(error.errno or 0)}）：宠粉在用，或者别的程序占着。",
                f"Port {settings.port} is not free ({os.strerror(error.errno or 0)}): ours, or another program's.",
            )  # fmt: skip
    return Finding("port", "ok", f"端口 {settings.port} 空着。", f"Port {settings.port} is free.")
