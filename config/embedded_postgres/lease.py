"""Who uses the embedded server: leases, and the start of the keeper that ends it with the last of them.

A lease is a shared lock on the file `lease`. The kernel drops it with the process, however the process ends. The keeper
waits for the exclusive lock on the same file, so it gets it when the last lease is gone.
"""

from __future__ import annotations

import fcntl
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from config.embedded_postgres import keeper

if TYPE_CHECKING:
    from config.embedded_postgres.placement import Placement

STOP_TIMEOUT = 30.0


@contextmanager
def exclusive(path: Path) -> Iterator[None]:
    """Hold the exclusive lock on `path`, waiting for it if need be."""
    lock = _open(path)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def is_leased(home: Path) -> bool:
    """Whether any process uses the server in `home`, or its keeper is just stopping it."""
    try:
        lock = os.open(home / "lease", os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    except FileNotFoundError:
        return False
    try:
        return not _try_lock(lock, fcntl.LOCK_EX)
    finally:
        os.close(lock)


class Lease:
    """The right to use the server of a placement. Taken on construction; waits while a keeper is stopping it."""

    def __init__(self, placement: Placement) -> None:
        self.placement = placement
        self._lock = _open(placement.home / "lease")
        fcntl.flock(self._lock, fcntl.LOCK_SH)

    def keep(self) -> None:
        """See to it that a keeper is there. It inherits the lock that shows that it is."""
        lock = _open(self.placement.home / "keeper")
        try:
            if not _try_lock(lock, fcntl.LOCK_EX):
                return
            account, placement = self.placement.account, self.placement
            command = [
                sys.executable,
                "-I",
                "-S",
                keeper.__file__,
                str(placement.home),
                str(placement.binaries),
            ]
            subprocess.Popen(
                [*command, str(account.uid), str(account.gid), str(lock)],
                pass_fds=[lock],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                cwd="/",
                start_new_session=True,
            )
        finally:
            os.close(lock)

    def drop(self) -> None:
        """End the lease. If it was the last one, return when the server has stopped."""
        fcntl.flock(self._lock, fcntl.LOCK_UN)
        deadline = time.monotonic() + STOP_TIMEOUT
        try:
            while (self.placement.cluster / "postmaster.pid").exists() and time.monotonic() < deadline:
                if _try_lock(self._lock, fcntl.LOCK_EX):
                    keeper.stop(self.placement.home, self.placement.binaries, self.placement.account.popen_options)
                    return
                if _try_lock(self._lock, fcntl.LOCK_SH):
                    return  # others hold a lease
                time.sleep(0.05)  # the keeper is stopping it
        finally:
            os.close(self._lock)


def _open(path: Path) -> int:
    """Open a lock file. Root leaves it to the owner of the folder, who may be the next to use it."""
    lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    if os.geteuid() == 0:
        owner = path.parent.stat()
        os.fchown(lock, owner.st_uid, owner.st_gid)
    return lock


def _try_lock(lock: int, kind: int) -> bool:
    try:
        fcntl.flock(lock, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
