"""The process that stops the embedded server when nobody uses it any more.

It runs as a script of its own, with the standard library alone and outside the session of the command that started
it, so neither Ctrl-C nor the death of that command reaches it.

    keeper.py HOME BINARIES UID GID LOCK

LOCK is the inherited descriptor of HOME/keeper, locked: while it is open, HOME has a keeper.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

SOCKET_PREFIX = "/tmp/gatehouse-"


def main(arguments: list[str]) -> None:
    """Wait until the last lease on HOME is gone, then stop its server."""
    home, binaries = Path(arguments[0]), Path(arguments[1])
    uid, gid, lock = (int(argument) for argument in arguments[2:5])
    options: dict[str, Any] = {} if uid == os.geteuid() else {"user": uid, "group": gid, "extra_groups": []}
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    lease = os.open(home / "lease", os.O_RDWR | os.O_NOFOLLOW | os.O_CLOEXEC)
    fcntl.flock(lease, fcntl.LOCK_EX)
    stop(home, binaries, options)
    os.close(lock)  # before the lease: whoever takes the lease next must find that there is no keeper
    os.close(lease)


def stop(home: Path, binaries: Path, options: dict[str, Any]) -> None:
    """Stop the server of HOME if it runs; the caller holds the exclusive lease."""
    cluster = home / "data"
    try:
        socket_dir = (cluster / "postmaster.pid").read_text().splitlines()[4]
    except (OSError, IndexError):
        socket_dir = ""
    for mode in ("fast", "immediate"):
        command = [str(binaries / "pg_ctl"), "stop", "-D", str(cluster), "-m", mode, "-w", "-t", "20", "-s"]
        if subprocess.run(command, check=False, cwd="/", capture_output=True, **options).returncode == 0:
            break
        if not (cluster / "postmaster.pid").exists():
            break
    if socket_dir.startswith(SOCKET_PREFIX):
        with contextlib.suppress(OSError):
            os.rmdir(socket_dir)


if __name__ == "__main__":
    main(sys.argv[1:])
