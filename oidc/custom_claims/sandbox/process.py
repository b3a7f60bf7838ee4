"""One process that runs scripts, as its parent holds it."""

import json
import socket
import struct
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from oidc.custom_claims.sandbox.limits import Limits

_PROGRAM = Path(__file__).resolve().parent / "worker.py"
_HEADER = struct.Struct("!I")
# An answer is claims, escaped once more, or a short message.
_ANSWER_ALLOWANCE = 64 * 1024


class ProcessLostError(Exception):
    """The process died or had to be killed; it cannot be used again."""


class SandboxProcess:
    """A started process. It is used by one thread at a time."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair()
        try:
            self._child = subprocess.Popen(
                [sys.executable, "-I", "-B", str(_PROGRAM)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                close_fds=True,
                cwd="/",
                env={"LC_ALL": "C.UTF-8"},
                start_new_session=True,
            )
        except BaseException:
            ours.close()
            raise
        finally:
            theirs.close()
        self._socket = ours

    @property
    def pid(self) -> int:
        return self._child.pid

    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._child.poll() is None

    def run(self, request: bytes, limits: Limits) -> dict[str, Any]:
        """Send a request and return the answer; kills the process and raises `ProcessLostError` after the deadline."""
        deadline = time.monotonic() + limits.wall
        try:
            self._wait_until(deadline)
            self._socket.sendall(_HEADER.pack(len(request)) + request)
            (size,) = _HEADER.unpack(self._receive(_HEADER.size, deadline))
            if size > 2 * limits.output + _ANSWER_ALLOWANCE:
                raise ValueError("the answer is too long")
            answer = json.loads(self._receive(size, deadline))
            if not isinstance(answer, dict):
                raise ValueError("the answer is no object")
        except (OSError, ValueError, RecursionError) as error:
            self.kill()
            raise ProcessLostError from error
        except BaseException:
            self.kill()
            raise
        return answer

    def kill(self) -> None:
        """End the process and leave nothing of it."""
        self._socket.close()
        self._child.kill()
        self._child.wait()

    def abandon(self) -> None:
        """Let go of a process that belongs to the parent of this one: it lives on there."""
        self._socket.close()
        self._child.returncode = 0

    def _wait_until(self, deadline: float) -> None:
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        self._socket.settimeout(remaining)

    def _receive(self, size: int, deadline: float) -> bytes:
        chunks = bytearray()
        while len(chunks) < size:
            self._wait_until(deadline)
            chunk = self._socket.recv(size - len(chunks))
            if not chunk:
                raise ConnectionError
            chunks += chunk
        return bytes(chunks)
