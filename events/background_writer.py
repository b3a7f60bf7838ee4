"""A thread that writes what a process has gathered: a moment after it was woken, and when the process ends."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from multiprocessing.util import Finalize

from django.db import Error, connection

logger = logging.getLogger(__name__)


class BackgroundWriter:
    """Calls `write` in a thread of its own, `delay()` seconds after `wake`; after an error of the database again.

    `write` raises the database's error and keeps what it could not write. `what` is what the log calls it.
    """

    def __init__(self, what: str, write: Callable[[], None], *, delay: Callable[[], float], retry_after: float) -> None:
        self._what = what
        self._write = write
        self._delay = delay
        self._retry_after = retry_after
        self._woken = threading.Event()
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def is_stopped(self) -> bool:
        """Whether the process is ending: what comes now must be written by whoever brings it."""
        return self._stopped.is_set()

    def wake(self) -> None:
        """Say that something waits; the first call starts the thread."""
        if not self._woken.is_set():
            self.start()
            self._woken.set()

    def start(self) -> None:
        """Start the thread unless it runs."""
        with self._lock:
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name=self._what, daemon=True)
                self._thread.start()
                # The web server's workers are processes of `multiprocessing`, which end without `atexit`.
                Finalize(None, self.finish, exitpriority=100)

    def finish(self) -> None:
        """End the thread and write what waits."""
        self._stopped.set()
        self._woken.set()
        if self._thread is not None:
            self._thread.join(5)
        try:
            self._write()
        except Error:
            logger.error("%s could not be written", self._what)

    def _run(self) -> None:
        while not self._stopped.is_set():
            self._woken.wait()
            self._stopped.wait(self._delay())
            self._woken.clear()
            try:
                self._write()
            except Error:
                logger.warning("%s could not be written yet", self._what, exc_info=True)
                connection.close()
                self._woken.set()
                self._stopped.wait(self._retry_after)
        connection.close()
