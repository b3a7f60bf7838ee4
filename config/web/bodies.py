"""Reading a request's body whole, while no thread waits for it: bounded in size, time, rate and number at once."""

from __future__ import annotations

import threading
import time
from typing import Any, Protocol

from granian._granian import RSGIProtocolClosed as ProtocolClosed
from granian._granian import RSGIProtocolError as ProtocolError

from config.web.turns import ServerFuture, Wait

# A body has this long, in seconds, and a second more for each so many bytes.
GRACE = 10.0
SLOWEST_RATE = 65_536
# Larger bodies hold a share of the memory: so many of them at once in one worker.
LARGE = 65_536
MOST_LARGE = 64
# Files are larger still, and are to come faster.
UPLOAD = 1_114_112
MOST_UPLOADS = 8
SLOWEST_UPLOAD = 131_072
# Chunks of a byte each would cost a step per byte. A long body may have more of them, of so many bytes on average.
MOST_PIECES = 4096
SMALLEST_PIECE = 1024
# What is read of a body that is refused, so that its sender comes to read the answer.
DRAIN_BYTES = 4_194_304
DRAIN_SECONDS = 2.0


class Transport(Protocol):
    """A request's connection: call it for the whole body, or iterate over the pieces as they come."""

    def __call__(self) -> ServerFuture: ...

    def __aiter__(self) -> Any: ...

    def __anext__(self) -> ServerFuture: ...

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None: ...

    def response_file(self, status: int, headers: list[tuple[str, str]], file: str) -> None: ...


class BodyError(Exception):
    """The body cannot be had; `status` says why."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


class _LargeBodies:
    """Counts the large bodies that are held in memory."""

    def __init__(self, most: int) -> None:
        self._free = threading.Semaphore(most)

    def enter(self) -> None:
        """Raises `BodyError` 503 if there are too many."""
        if not self._free.acquire(blocking=False):
            raise BodyError(503)

    def leave(self) -> None:
        self._free.release()


_large_bodies = _LargeBodies(MOST_LARGE)
_uploads = _LargeBodies(MOST_UPLOADS)


def _counter_of(length: int) -> _LargeBodies | None:
    """Return what counts bodies of this length; `None` for small ones."""
    if length > UPLOAD:
        return _uploads
    return _large_bodies if length > LARGE else None


def _seconds_for(length: int) -> float:
    """Return how long a body of this length may take."""
    return GRACE + length / (SLOWEST_UPLOAD if length > UPLOAD else SLOWEST_RATE)


class RequestBody:
    """The body of one request, not read yet."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._stream: Any = None
        self._count = 0

    async def read(self, length: int) -> bytes:
        """Return a body of a declared length; raises `TimeoutError` and `BodyError`."""
        counter = _counter_of(length)
        if counter is not None:
            counter.enter()
        try:
            body: bytes = await Wait(self._transport(), time.monotonic() + _seconds_for(length))
        except (ProtocolError, ProtocolClosed) as error:
            raise BodyError(400) from error
        finally:
            if counter is not None:
                counter.leave()
        return body

    async def read_chunked(self, most: int) -> bytes:
        """Return a body that comes in chunks (RFC 9112 section 7.1).

        Raises `TimeoutError`, and `BodyError` past `most` bytes (413) or with trailer fields (400): the server tells
        those not from a body that breaks off.
        """
        body, held, started = bytearray(), list[_LargeBodies](), time.monotonic()
        try:
            while piece := await self._next(started + _seconds_for(len(body))):
                body += piece
                if len(body) > most:
                    raise BodyError(413)
                if self._count > MOST_PIECES + len(body) // SMALLEST_PIECE:
                    raise BodyError(400)
                counter = _counter_of(len(body))
                if counter is not None and counter not in held:
                    counter.enter()
                    held.append(counter)
        finally:
            for counter in held:
                counter.leave()
        return bytes(body)

    async def drain(self) -> None:
        """Read on for a while and throw away: closing on a sender resets the connection, and the answer is lost."""
        until, received = time.monotonic() + DRAIN_SECONDS, 0
        try:
            while received < DRAIN_BYTES and (piece := await self._next(until)):
                received += len(piece)
        except (TimeoutError, BodyError):
            return

    async def _next(self, until: float) -> bytes:
        """Return the next piece, empty at the end; raises `TimeoutError`, and `BodyError` if it is broken."""
        if self._stream is None:
            self._stream = self._transport.__aiter__()
        self._count += 1
        try:
            piece: bytes = await Wait(self._stream.__anext__(), until)
            if piece:
                return piece
            # Nothing is the end, after which there is nothing to wait for; or a broken part, or a trailer.
            await Wait(self._stream.__anext__(), until)
        except StopAsyncIteration:
            return b""
        except (ProtocolError, ProtocolClosed) as error:
            raise BodyError(400) from error
        raise BodyError(400)
