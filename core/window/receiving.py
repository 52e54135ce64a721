"""Request bodies: taken in whole, within bounds of size, time and memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from core.window.calling import PLAIN_TEXT, plain
from core.window.responses import Finished

PAUSE_SECONDS = 15.0  # the longest silence within a body
WHOLE_SECONDS = 120.0
MOST_AT_ONCE_BYTES = 100_000_000  # of all bodies together

_CLOSE = ("connection", "close")
TOO_SLOW = plain(408, "The request took too long to arrive. Please try again.", _CLOSE)
TOO_MANY = plain(
    503, "The site is busy. Please try again in a moment.", ("retry-after", "10"), _CLOSE
)


def too_large(most_bytes: int) -> Finished:
    """The page for a body that is too large: it is answered before any language is known."""
    most = f"{max(1, most_bytes // 1_000_000)} MB"
    page = f"""<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>That was too large</title><link rel="stylesheet" href="/static/site.css"></head>
<body><main class="shell"><h1>That was too large</h1>
<p>At most {most} can be sent at once. Please go back, and send a smaller file or less text.</p>
<p lang="es">Se pueden enviar {most} como máximo. Vuelve atrás y envía un archivo más pequeño o
menos texto.</p></main></body></html>
"""
    own = {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": "default-src 'none'; style-src 'self'",
    }
    return Finished(413, [*(dict(PLAIN_TEXT) | own).items(), _CLOSE], page.encode())


class NotTakenError(Exception):
    """A body that is not taken in, with the answer to it."""

    def __init__(self, answer: Finished) -> None:
        super().__init__(answer.status)
        self.answer = answer


class Receiver:
    """Takes bodies in on the event loop, so that a slow one holds no thread."""

    def __init__(self, most_bytes: int) -> None:
        self.most_bytes = most_bytes
        self._held = 0

    @asynccontextmanager
    async def body(self, scope: Any, proto: Any) -> AsyncIterator[bytes]:
        """The whole body of an RSGI request, counted as held until the block ends.

        Raises:
            NotTakenError: it is too large, too slow, or too many are held already.
        """
        declared = scope.headers.get("content-length")
        if declared is None and "transfer-encoding" not in scope.headers:
            yield b""
            return
        if declared is not None and declared.isascii() and declared.isdigit():
            if int(declared[:20]) > self.most_bytes:
                raise NotTakenError(too_large(self.most_bytes))
            if int(declared) == 0:
                yield b""
                return
        parts: list[bytes] = []
        try:
            try:
                async with asyncio.timeout(WHOLE_SECONDS):
                    await self._take(proto, parts)
            except TimeoutError:
                raise NotTakenError(TOO_SLOW) from None
            yield b"".join(parts)
        finally:
            self._held -= sum(map(len, parts))

    async def _take(self, proto: Any, parts: list[bytes]) -> None:
        size = 0
        chunks = aiter(proto)
        while True:
            try:
                chunk = await asyncio.wait_for(anext(chunks), PAUSE_SECONDS)
            except StopAsyncIteration:
                return
            size += len(chunk)
            if size > self.most_bytes:
                raise NotTakenError(too_large(self.most_bytes))
            if self._held + len(chunk) > MOST_AT_ONCE_BYTES:
                raise NotTakenError(TOO_MANY)
            parts.append(chunk)
            self._held += len(chunk)
