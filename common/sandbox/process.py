"""One process that runs scripts, as its parent holds it."""

import json
import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from common.sandbox.limits import Limits

_PROGRAM = Path(__file__).resolve().parent / "worker.py"
_HEADER = struct.Struct("!I")
# An answer is a result, escaped once more, or a short message.
_ANSWER_ALLOWANCE = 64 * 1024
# What a script wants fetched, at once; and how often it may be told that it has had its share.
_LONGEST_CALLS = 1024 * 1024
_REFUSED_CALLS = 20

#: Answers what a script wants fetched, within so many seconds; both are JSON. The calls are as the script wrote them.
Fetcher = Callable[[Any, float], dict[str, Any]]


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

    def run(self, request: bytes, limits: Limits, fetch: Fetcher | None = None) -> dict[str, Any]:
        """Send a request and return the answer; kills the process and raises `ProcessLostError` after the deadline.

        `fetch` answers the calls of the script, whose number is bounded by the limits.
        """
        deadline = time.monotonic() + limits.wall
        try:
            self._send(request, deadline)
            answer = self._read_message(limits, deadline)
            answered = 0
            while fetch is not None and limits.calls and "calls" in answer:
                calls = json.loads(answer["calls"])
                if not isinstance(calls, list) or answered + len(calls) > limits.calls + _REFUSED_CALLS:
                    raise ValueError("too many calls")
                answers = _answers(calls, fetch, limits.calls - answered, deadline)
                answered += len(calls)
                self._send(json.dumps({"answers": answers}).encode(), deadline)
                answer = self._read_message(limits, deadline)
        except (OSError, ValueError, TypeError, RecursionError) as error:
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

    def _send(self, body: bytes, deadline: float) -> None:
        self._wait_until(deadline)
        self._socket.sendall(_HEADER.pack(len(body)) + body)

    def _read_message(self, limits: Limits, deadline: float) -> dict[str, Any]:
        (size,) = _HEADER.unpack(self._receive(_HEADER.size, deadline))
        if size > 4 * limits.output + (_LONGEST_CALLS if limits.calls else _ANSWER_ALLOWANCE):
            raise ValueError("the answer is too long")
        answer = json.loads(self._receive(size, deadline))
        if not isinstance(answer, dict):
            raise ValueError("the answer is no object")
        return answer

    def _receive(self, size: int, deadline: float) -> bytes:
        chunks = bytearray()
        while len(chunks) < size:
            self._wait_until(deadline)
            chunk = self._socket.recv(size - len(chunks))
            if not chunk:
                raise ConnectionError
            chunks += chunk
        return bytes(chunks)


def _answers(calls: Sequence[Any], fetch: Fetcher, most: int, deadline: float) -> list[dict[str, Any]]:
    """Fetch one after the other; what is beyond the script's share is refused."""
    answers = []
    for index, call in enumerate(calls):
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            raise TimeoutError
        answers.append(fetch(call, remaining) if index < most else {"error": "The script has fetched too often."})
    return answers
