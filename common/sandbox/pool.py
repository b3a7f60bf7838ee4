"""The processes that run scripts, shared by the threads of this server process, and who may have one when.

Processes are started when they are first needed and restarted when a script has cost one its life. A tenant holds
all but one of them at most, and while one of its runs drags on, its next ones are refused at once: neither its scripts
nor a flood of requests for them keep the server's threads from other tenants. Scripts of a kind that may wait for the
network have a pool of their own, so that they keep no process from those that only compute.
"""

import atexit
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Condition
from typing import Any

from common.sandbox.limits import Limits
from common.sandbox.process import Fetcher, ProcessLostError, SandboxProcess

# A process is replaced after so many runs, so that nothing an engine may leak lasts.
_LONGEST_CAREER = 5000


class SandboxBusyError(Exception):
    """No process is free for the tenant."""


@dataclass(frozen=True, slots=True)
class Terms:
    """How many processes a kind of script has, and who may wait for one: each who waits keeps a thread of the server.

    `patience` is for how many seconds a request waits, `slow` after how many others of a tenant stop waiting for its
    run, `most_waiting` how many may wait at once, `None` for as many as come.
    """

    size: int
    patience: float = 1.0
    slow: float = 0.5
    most_waiting: int | None = None


class Pool:
    """At most `terms.size` processes."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms
        self._share = max(1, terms.size - 1)
        self._reset()

    def _reset(self) -> None:
        self._changed = Condition()
        self._idle: list[tuple[SandboxProcess, int]] = []
        # When the runs under way began, by tenant.
        self._runs: dict[str, list[float]] = {}
        self._waiting = 0

    def run(
        self, tenant_id: str, request: bytes, limits: Limits, fetch: Fetcher | None = None, *, leaves: int = 0
    ) -> dict[str, Any]:
        """Run a request; raises `SandboxBusyError`, or `ProcessLostError` if the script killed the process.

        One that anybody can cause `leaves` so many places, and as many to wait, to those that not everybody can.
        """
        with self._place(tenant_id, leaves):
            process, career = self._take()
            answer = process.run(request, limits, fetch)
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

    def _is_free(self, tenant_id: str, leaves: int) -> bool:
        return len(self._runs.get(tenant_id, ())) < max(1, self._share - leaves) and sum(
            len(started) for started in self._runs.values()
        ) < max(1, self._terms.size - leaves)

    @contextmanager
    def _place(self, tenant_id: str, leaves: int) -> Iterator[None]:
        started = self._enter(tenant_id, leaves)
        try:
            yield
        finally:
            with self._changed:
                runs = self._runs[tenant_id]
                runs.remove(started)
                if not runs:
                    del self._runs[tenant_id]
                self._changed.notify_all()

    def _enter(self, tenant_id: str, leaves: int) -> float:
        with self._changed:
            if not self._is_free(tenant_id, leaves):
                self._wait_for_place(tenant_id, leaves)
            started = time.monotonic()
            self._runs.setdefault(tenant_id, []).append(started)
            return started

    def _wait_for_place(self, tenant_id: str, leaves: int) -> None:
        if self._terms.most_waiting is not None and self._waiting >= max(1, self._terms.most_waiting - leaves):
            raise SandboxBusyError
        deadline = time.monotonic() + self._terms.patience
        self._waiting += 1
        try:
            while not self._is_free(tenant_id, leaves):
                moment = time.monotonic()
                until = min([deadline, *(start + self._terms.slow for start in self._runs.get(tenant_id, ()))])
                if until <= moment:
                    raise SandboxBusyError
                self._changed.wait(until - moment)
        finally:
            self._waiting -= 1

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


_pools: dict[tuple[str, Terms], Pool] = {}


def get_pool(kind: str, terms: Terms) -> Pool:
    """Return this process's pool for a kind of script."""
    pool = _pools.get((kind, terms))
    return pool if pool is not None else _pools.setdefault((kind, terms), Pool(terms))


def _forget_all() -> None:
    for pool in _pools.values():
        pool.forget()


def _close_all() -> None:
    for pool in _pools.values():
        pool.close()


atexit.register(_close_all)
os.register_at_fork(after_in_child=_forget_all)

__all__ = ["Pool", "ProcessLostError", "SandboxBusyError", "Terms", "get_pool"]
