"""The platform calling back: sealed and signed letters, five seconds for an answer, three more tries without one."""

from __future__ import annotations

import base64
import hashlib
import os
import secrets
import struct
from dataclasses import dataclass, field
from xml.sax.saxutils import escape

import aiohttp
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from yarl import URL

WAIT = 5.0
TRIES = 4
BLOCK = 32


@dataclass
class Callbacks:
    """Where to call and with which marks. ``calls``: (number of the letter, status or 0 when there was no answer)."""

    url: str = ""
    token: str = ""
    aes_key: str = ""
    corp: str = "ww0123456789abcdef"
    agent: str = "1000002"
    wait: float = WAIT
    calls: list[tuple[int, int]] = field(default_factory=list)
    letters: int = 0

    async def verify(self, now: float) -> bool:
        """Try the address as the console does: True when it answers with exactly the words that were sealed."""
        words = str(secrets.randbelow(10**18))
        sealed = self._seal(words.encode())
        query = {**self._marks(sealed, now), "echostr": sealed}
        timeout = aiohttp.ClientTimeout(total=self.wait)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            try:
                async with session.get(URL(self.url).with_query(query)) as answer:
                    return answer.status == 200 and await answer.read() == words.encode()
            except (aiohttp.ClientError, TimeoutError):
                return False

    async def tell(self, event: dict[str, str], now: float) -> bool:
        """Tell of an event until it is answered; True when it was."""
        self.letters += 1
        number = self.letters
        plain = "".join(f"<{tag}><![CDATA[{text}]]></{tag}>" for tag, text in event.items())
        sealed = self._seal(f"<xml><ToUserName>{escape(self.corp)}</ToUserName>{plain}</xml>".encode())
        body = (
            f"<xml><ToUserName><![CDATA[{self.corp}]]></ToUserName><AgentID><![CDATA[{self.agent}]]></AgentID>"
            f"<Encrypt><![CDATA[{sealed}]]></Encrypt></xml>"
        )
        for _try in range(TRIES):
            status = await self._post(body, self._marks(sealed, now))
            self.calls.append((number, status))
            if status == 200:
                return True
        return False

    async def _post(self, body: str, marks: dict[str, str]) -> int:
        timeout = aiohttp.ClientTimeout(total=self.wait)
        async with aiohttp.ClientSession(timeout=timeout) as session:
            try:
                async with session.post(
                    URL(self.url).with_query(marks), data=body.encode(), headers={"Content-Type": "text/xml"}
                ) as answer:
                    await answer.read()
                    return answer.status
            except (aiohttp.ClientError, TimeoutError):
                return 0

    def _marks(self, sealed: str, now: float) -> dict[str, str]:
        stamp, nonce = str(int(now)), str(secrets.randbelow(10**9))
        joined = "".join(sorted((self.token, stamp, nonce, sealed)))
        signature = hashlib.sha1(joined.encode(), usedforsecurity=False).hexdigest()
        return {"msg_signature": signature, "timestamp": stamp, "nonce": nonce}

    def _seal(self, message: bytes) -> str:
        key = base64.b64decode(self.aes_key + "=")
        plain = os.urandom(16) + struct.pack(">I", len(message)) + message + self.corp.encode()
        pad = BLOCK - len(plain) % BLOCK
        cipher = Cipher(algorithms.AES(key), modes.CBC(key[:16])).encryptor()
        return base64.b64encode(cipher.update(plain + bytes([pad]) * pad) + cipher.finalize()).decode()
