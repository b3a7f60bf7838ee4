"""Coroutines that run on the server's threads and hold none of them while they wait.

Granian hands each request to a thread of its pool, which passes a coroutine on to an event loop. The way over the loop
costs a request more than Gatehouse's own work on it. So the coroutine is run in that very thread until it waits for a
future of the server's, and in whichever thread the server announces the result with, from there on. The loop is left
with the deadlines.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context
from types import CoroutineType
from typing import Any, Protocol

_SWEEP_SECONDS = 0.5

Turn = Coroutine["Wait", None, None]


class ServerFuture(Protocol):
    """What granian's awaitables are, besides awaitable."""

    def add_done_callback(self, callback: Callable[[ServerFuture], None], context: Context | None) -> None: ...

    def result(self) -> Any: ...

    def cancel(self) -> bool: ...


class Wait:
    """`await Wait(future, until)`: the future's result; raises `TimeoutError` past `until` (of `time.monotonic`)."""

    __slots__ = ("future", "until")

    def __init__(self, future: ServerFuture, until: float) -> None:
        self.future = future
        self.until = until

    def __await__(self) -> Generator[Wait, Any, Any]:
        return (yield self)


class _Announcement:
    """The callback of one wait: goes on with the turn, unless the deadline has done so."""

    __slots__ = ("caller", "is_done", "turn", "turns", "wait")

    def __init__(self, turns: Turns, turn: Turn, wait: Wait) -> None:
        self.turns = turns
        self.turn = turn
        self.wait = wait
        self.is_done = False
        # The thread that is just asking to be called back. A future that is there already calls at once, and then that
        # thread goes on by itself: a body of many pieces must not nest one call per piece.
        self.caller: int | None = threading.get_ident()

    def __call__(self, future: ServerFuture) -> None:
        if self.turns.claim(self.wait) is None:
            return
        if self.caller == threading.get_ident():
            self.is_done = True
        else:
            self.turns.advance(self.turn, self.wait)


class Turns:
    """Runs the server's coroutines; takes the place of its event loop's scheduling."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        # Whoever takes a wait out of here goes on with its turn: the server with a result, or the deadline.
        self._waits: dict[Wait, Turn] = {}
        for name in ("call_soon_threadsafe", "call_soon"):
            setattr(loop, name, self._instead_of(getattr(loop, name)))
        loop.call_later(_SWEEP_SECONDS, self._sweep)

    def _instead_of(self, schedule: Callable[..., Any]) -> Callable[..., Any]:
        """Return a scheduling function that runs turns at once, in the calling thread, and leaves the loop the rest."""

        def call(callback: Callable[..., Any], *arguments: Any, context: Context | None = None) -> Any:
            if type(callback) is _Announcement:
                return callback(*arguments)
            # A request: what would make a task of the coroutine, and the coroutine.
            if arguments and type(arguments[0]) is CoroutineType:
                return self.advance(arguments[0])
            return schedule(callback, *arguments, context=context)

        return call

    def claim(self, wait: Wait) -> Turn | None:
        """Return the turn that a wait belongs to, to exactly one caller."""
        return self._waits.pop(wait, None)

    def advance(self, turn: Turn, done: Wait | None = None, *, error: BaseException | None = None) -> None:
        """Run a turn until it waits or ends; `done` is the wait it goes on from, `error` what that raises."""
        while True:
            try:
                value = None if done is None or error is not None else done.future.result()
            except Exception as failure:  # noqa: BLE001 - it is raised where it was waited for
                error = failure
            try:
                wait = turn.send(value) if error is None else turn.throw(error)
            except StopIteration:
                return
            self._waits[wait] = turn
            announcement = _Announcement(self, turn, wait)
            wait.future.add_done_callback(announcement, context=None)
            announcement.caller = None
            if not announcement.is_done:
                return
            done, error = wait, None

    def _sweep(self) -> None:
        now = time.monotonic()
        for wait in [wait for wait in list(self._waits) if wait.until <= now]:
            if (turn := self.claim(wait)) is not None:
                wait.future.cancel()
                self.advance(turn, error=TimeoutError())
        self._loop.call_later(_SWEEP_SECONDS, self._sweep)
