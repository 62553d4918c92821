"""Secrets at rest: sealed with a key from the environment, or named there; opened only where they are used.

Sealing is AES-256-GCM of the `cryptography` package, its key derived from the setting. The format carries a version, so
that another cipher can follow. ``CHONGFEN_SECRET_KEY`` may hold several keys: the first seals, all of them open. Without
that variable a key is made in the data folder at the first need: better than plain text, weaker than the environment,
and unknown to machines with another data folder (the doctor says so).
"""

from __future__ import annotations

import base64
import binascii
import contextlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from content_calendar import addresses
from workers.errors import WorkerError

SHORTEST_KEY = 32  # characters
ENV_PREFIX = "CHONGFEN_LANE_"  # no workbook may name any other variable
LONGEST = 1400  # bytes of a secret: sealed, it must still fit its column


class SecretError(WorkerError):
    """A secret cannot be sealed or opened."""

    code = "secret.unusable"


@dataclass(frozen=True)
class Secrets:
    """Seals and opens. ``keys``: the newest first; ``environ``: where ``env:NAME`` looks; ``file``: a key of last resort."""

    keys: tuple[str, ...]
    environ: Mapping[str, str]
    file: Path | None = None
    random: Callable[[int], bytes] = os.urandom

    def seal(self, plain: str) -> str:
        """``sealed:1:<fingerprint>:<body>``; SecretError without a key."""
        keys = self._keys() or self._made()
        if not keys:
            raise SecretError(
                "工作簿里有机器人或 webhook 地址，要加密保存：请先设置 CHONGFEN_SECRET_KEY（至少 32 个字符），"
                "或在格子里写 env:CHONGFEN_LANE_名称，把地址放进环境变量。",
                code="secret.no_key",
                english="Set CHONGFEN_SECRET_KEY (32 characters or more) so that addresses can be kept encrypted, "
                "or write env:CHONGFEN_LANE_NAME in the cell.",
            )
        data = plain.encode()
        if len(data) > LONGEST:
            raise SecretError(
                f"地址太长（{len(data)} 字节，最多 {LONGEST}），请缩短，或改用 env: 引用环境变量。",
                code="secret.too_long",
                english=f"The address has {len(data)} bytes, at most {LONGEST}; shorten it or use env:.",
            )
        from workers import sealing

        body = sealing.encrypt(keys[0], self.random(sealing.NONCE), data)
        sealed = base64.urlsafe_b64encode(body).decode().rstrip("=")
        return f"{addresses.SEALED}{addresses.fingerprint(plain)}:{sealed}"

    def open(self, kept: str) -> str:
        """The secret behind what is kept: sealed, a reference to the environment, or (from older days) itself."""
        if kept.startswith(addresses.ENV):
            return self._from_environment(kept.removeprefix(addresses.ENV))
        if not kept.startswith(addresses.SEALED):
            return kept
        try:
            packed = kept.rpartition(":")[2]
            raw = base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
        except (binascii.Error, ValueError) as error:
            raise _unopened() from error
        if base64.urlsafe_b64encode(raw).decode().rstrip("=") != packed:
            raise _unopened()  # bits that carry nothing were changed: not what was sealed
        from workers import sealing

        keys = self._keys()
        if not keys:
            raise _keyless()
        for key in keys:
            plain = sealing.decrypt(key, raw)
            if plain is not None:
                return plain.decode()
        raise _unopened()

    def _keys(self) -> tuple[str, ...]:
        if self.keys or self.file is None or not self.file.is_file():
            return self.keys
        return keys_of(self.file.read_text())

    def _made(self) -> tuple[str, ...]:
        """A new key in the file, unless another process was faster."""
        if self.file is None:
            return ()
        with contextlib.suppress(FileExistsError):
            handle = os.open(self.file, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(handle, "w") as file:
                file.write(self.random(32).hex())
        return self._keys()

    def _from_environment(self, name: str) -> str:
        found = self.environ.get(name, "") if name.startswith(ENV_PREFIX) else ""
        if not found:
            raise SecretError(
                f"通道地址引用的环境变量 {name[:60]} 没有设置（只认 {ENV_PREFIX} 开头的变量）。",
                code="secret.env_missing",
                english=f"The environment variable {name[:60]} is not set (only {ENV_PREFIX}… may be named).",
            )
        return found.strip()


def _keyless() -> SecretError:
    return SecretError(
        "这台机器没有密钥，解不开保存的地址：请在每台机器上设置同一个 CHONGFEN_SECRET_KEY，或共用一个数据文件夹。",
        code="secret.no_key",
        english="This machine has no key for the stored addresses: set the same CHONGFEN_SECRET_KEY on every machine, "
        "or share one data folder.",
    )


def _unopened() -> SecretError:
    return SecretError(
        "保存的地址解不开：CHONGFEN_SECRET_KEY 换过了。请把旧密钥加在新密钥后面（逗号隔开），或重新导入地址。",
        code="secret.unopened",
        english="A stored address cannot be opened: add the old key after the new one in CHONGFEN_SECRET_KEY.",
    )


def keys_of(setting: str) -> tuple[str, ...]:
    """The keys of CHONGFEN_SECRET_KEY; SecretError when one is too short to be a key."""
    keys = tuple(key.strip() for key in setting.split(",") if key.strip())
    if any(len(key) < SHORTEST_KEY for key in keys):
        raise SecretError(
            f"CHONGFEN_SECRET_KEY 太短，至少 {SHORTEST_KEY} 个字符；可用 openssl rand -hex 32 生成。",
            code="secret.short_key",
            english=f"CHONGFEN_SECRET_KEY needs {SHORTEST_KEY} characters; make one with openssl rand -hex 32.",
        )
    return keys
