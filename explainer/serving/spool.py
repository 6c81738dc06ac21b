"""An answer that is sent while it is still being made, at the pace of whoever reads it."""

import asyncio
import threading
from collections.abc import AsyncIterator, Iterable
from contextlib import suppress
from tempfile import SpooledTemporaryFile

IN_MEMORY = 1024 * 1024  # bytes; what is longer goes to a temporary file
PIECE = 64 * 1024  # bytes handed on at a time


class BrokenOffError(Exception):
    """The answer ended before its end."""


class Spool:
    """A thread puts pieces in and is never held up; the event loop takes them out.

    So a slow reader of a long answer costs a file, not one of the few threads.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop, self._changed = loop, asyncio.Event()
        self._lock = threading.Lock()
        self._file = SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by `pieces`
        self._read = 0
        self._is_whole = self._is_broken = self.is_abandoned = False

    def fill(self, pieces: Iterable[bytes]) -> None:
        """Puts in all that comes, while anybody wants it, and the end; called in the thread."""
        is_broken = True
        try:
            for piece in pieces:
                self.put(piece)
                if self.is_abandoned:
                    return
            is_broken = False
        finally:
            self._end(is_broken)

    def put(self, piece: bytes) -> None:
        """Adds a piece; called in the thread."""
        with self._lock:
            if not self.is_abandoned:
                self._file.seek(0, 2)
                self._file.write(piece)
        self._tell()

    def _end(self, is_broken: bool) -> None:
        with self._lock:
            self._is_whole, self._is_broken = True, is_broken
        self._tell()

    def _tell(self) -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody reads any more
            self._loop.call_soon_threadsafe(self._changed.set)

    async def pieces(self) -> AsyncIterator[bytes]:
        """What was put in, as it comes; raises BrokenOffError at an end that is none."""
        try:
            while True:
                self._changed.clear()
                piece, is_whole = self._take()
                if piece:
                    yield piece
                elif is_whole:
                    break
                else:
                    await self._changed.wait()
            if self._is_broken:
                raise BrokenOffError
        finally:
            with self._lock:
                self.is_abandoned = True
                self._file.close()

    def _take(self) -> tuple[bytes, bool]:
        with self._lock:
            self._file.seek(self._read)
            piece = self._file.read(PIECE)
            self._read += len(piece)
            return piece, self._is_whole
