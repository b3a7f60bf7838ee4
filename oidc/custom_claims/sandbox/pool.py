"""The processes that run scripts, shared by the threads of this server process, and who may have one when.

Processes are started when they are first needed and restarted when a script has cost one its life. A tenant holds
all but one of them at most, and while one of its runs drags on, its next ones are refused at once: neither its scripts
nor a flood of requests for them keep the server's threads from other tenants.
"""

import atexit
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition
from typing import Any

from oidc.custom_claims.sandbox.limits import Limits
from oidc.custom_claims.sandbox.process import ProcessLostError, SandboxProcess

# How long a request waits for a process, and how long a run may take before others of its tenant stop waiting.
_PATIENCE_SECONDS = 1.0
_SLOW_SECONDS = 0.5
# A process is replaced after so many runs, so that nothing an engine may leak lasts.
_LONGEST_CAREER = 5000


class SandboxBusyError(Exception):
    """No process is free for the tenant."""


class Pool:
    """At most `size` processes."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._share = max(1, size - 1)
        self._reset()

    def _reset(self) -> None:
        self._changed = Condition()
        self._idle: list[tuple[SandboxProcess, int]] = []
        # When the runs under way began, by tenant.
        self._runs: dict[str, list[float]] = {}

    def run(self, tenant_id: str, request: bytes, limits: Limits) -> dict[str, Any]:
        """Run a request; raises `SandboxBusyError`, or `ProcessLostError` if the script killed the process."""
        with self._place(tenant_id):
            process, career = self._take()
            answer = process.run(request, limits)
            self._give_back(process, career + 1)
            return answer

    def close(self) -> None:
        """End the idle processes."""
        with self._changed:
            idle, self._idle = self._idle, []
        for process, _ in idle:
            process.kill()

    def forget(self) -> None:
        """Begin again in a forked child: the processes are its parent's, and so were the threads that held the lock."""
        for process, _ in self._idle:
            process.abandon()
        self._reset()

    def _is_free(self, tenant_id: str) -> bool:
        return (
            len(self._runs.get(tenant_id, ())) < self._share
            and sum(len(started) for started in self._runs.values()) < self._size
        )

    @contextmanager
    def _place(self, tenant_id: str) -> Iterator[None]:
        started = self._enter(tenant_id)
        try:
            yield
        finally:
            with self._changed:
                runs = self._runs[tenant_id]
                runs.remove(started)
                if not runs:
                    del self._runs[tenant_id]
                self._changed.notify_all()

    def _enter(self, tenant_id: str) -> float:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        with self._changed:
            while not self._is_free(tenant_id):
                moment = time.monotonic()
                until = min([deadline, *(start + _SLOW_SECONDS for start in self._runs.get(tenant_id, ()))])
                if until <= moment:
                    raise SandboxBusyError
                self._changed.wait(until - moment)
            started = time.monotonic()
            self._runs.setdefault(tenant_id, []).append(started)
            return started

    def _take(self) -> tuple[SandboxProcess, int]:
        while True:
            with self._changed:
                process, career = self._idle.pop() if self._idle else (None, 0)
            if process is None:
                return _start(), 0
            if process.is_alive():
                return process, career
            process.kill()

    def _give_back(self, process: SandboxProcess, career: int) -> None:
        if career >= _LONGEST_CAREER:
            process.kill()
            return
        with self._changed:
            self._idle.append((process, career))


def _start() -> SandboxProcess:
    try:
        return SandboxProcess()
    except OSError as error:
        raise ProcessLostError from error


_pools: dict[int, Pool] = {}


def get_pool(size: int) -> Pool:
    """Return this process's pool of that size."""
    pool = _pools.get(size)
    return pool if pool is not None else _pools.setdefault(size, Pool(size))


def _forget_all() -> None:
    for pool in _pools.values():
        pool.forget()


def _close_all() -> None:
    for pool in _pools.values():
        pool.close()


atexit.register(_close_all)
os.register_at_fork(after_in_child=_forget_all)

__all__ = ["Pool", "ProcessLostError", "SandboxBusyError", "get_pool"]
