"""Child processes that live and end together."""

from __future__ import annotations

import ctypes
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

PR_SET_PDEATHSIG = 1


class Processes:
    """The children of one command, by name. They get no Ctrl-C of their own: `stop` ends them, in reverse order."""

    def __init__(self) -> None:
        self._children: dict[str, subprocess.Popen[bytes]] = {}

    def start(self, name: str, command: Sequence[str]) -> None:
        """Start a child that the kernel terminates should this process die without stopping it."""
        self._children[name] = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_end_with_parent,  # noqa: PLW1509  (there are no threads)
        )

    def ended(self) -> str | None:
        """The name of a child that has ended, if any."""
        return next((name for name, child in self._children.items() if child.poll() is not None), None)

    def stop(self, timeout: float = 15.0) -> None:
        """Ask all children to end, and kill those that have not by then."""
        children = list(reversed(self._children.values()))
        for child in children:
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + timeout
        for child in children:
            try:
                child.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                child.kill()
                child.wait()


def _end_with_parent() -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
