"""One browser's connection to the site: it asks, and gets an answer or loses it."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from urllib.parse import urlencode

PATIENCE = 60  # seconds; longer is a thread that hangs


class LostError(Exception):
    """No answer came: the act may have been done or not."""


@dataclass(frozen=True)
class Answer:
    """What the site said."""

    status: int
    headers: dict[str, str]
    cookie: str = ""  # the reader's, when this answer sets it
    body: bytes = b""


@dataclass
class Wire:
    """A connection that is kept open, and opened again when it was lost."""

    port: int
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = field(default=None, repr=False)

    async def get(self, path: str, **headers: str) -> Answer:
        return await self._ask(_head("GET", path, self.port, headers))

    async def post(self, path: str, fields: dict[str, str], **headers: str) -> Answer:
        """Sends a form as a browser does from the site's own page."""
        body = urlencode(fields).encode()
        headers |= {
            "Content-Type": "application/x-www-form-urlencoded",
            "Content-Length": str(len(body)),
            "Sec-Fetch-Site": "same-origin",
        }
        return await self._ask(_head("POST", path, self.port, headers) + body)

    async def _ask(self, request: bytes) -> Answer:
        try:
            async with asyncio.timeout(PATIENCE):
                return await self._exchange(request)
        except (OSError, EOFError, ValueError) as error:  # a TimeoutError is an OSError
            await self.close()
            raise LostError(repr(error)) from error

    async def _exchange(self, request: bytes) -> Answer:
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.port)
        self.writer.write(request)
        await self.writer.drain()
        head = (await self.reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        first, *lines = head.rstrip().split("\r\n")
        pairs = [
            (name.lower(), value.strip()) for name, _, value in (s.partition(":") for s in lines)
        ]
        headers = dict(pairs)
        body = await self._body(headers)
        if headers.get("connection", "").lower() == "close":
            await self.close()
        cookies = [value.partition(";")[0] for name, value in pairs if name == "set-cookie"]
        cookie = next((each for each in cookies if each.startswith("reader=")), "")
        return Answer(int(first.split()[1]), headers, cookie, body)

    async def _body(self, headers: dict[str, str]) -> bytes:
        if headers.get("transfer-encoding", "").lower() != "chunked":
            return await self.reader.readexactly(int(headers.get("content-length", 0)))
        parts = []
        while size := int(await self.reader.readline(), 16):
            parts.append((await self.reader.readexactly(size + 2))[:-2])
        await self.reader.readline()
        return b"".join(parts)

    async def close(self) -> None:
        """It is opened again by the next question."""
        writer, self.reader, self.writer = self.writer, None, None
        if writer:
            writer.close()
            with suppress(OSError):
                await writer.wait_closed()

    async def __aenter__(self) -> "Wire":
        return self

    async def __aexit__(self, *_exception: object) -> None:
        await self.close()


def _head(method: str, path: str, port: int, headers: dict[str, str]) -> bytes:
    given = {"Host": f"127.0.0.1:{port}"} | {
        name.replace("_", "-"): value for name, value in headers.items() if value
    }
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in given.items())]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")
