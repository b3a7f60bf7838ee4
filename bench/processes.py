"""Starting what is measured, and what its processes hold of the memory."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
_START_TIMEOUT = 60.0


class Server(NamedTuple):
    """A running server. `cold_start` is the time from the command to its first answer, in seconds."""

    name: str
    port: int
    process: subprocess.Popen[bytes]
    cold_start: float


def granian(target: str, port: int, *, workers: int = 2, threads: int = 4) -> list[str]:
    """Return the command that serves a peer's WSGI application."""
    options = {
        "--interface": "wsgi",
        "--host": "127.0.0.1",
        "--port": str(port),
        "--workers": str(workers),
        "--blocking-threads": str(threads),
        "--blocking-threads-idle-timeout": "600",
        "--log-level": "error",
    }
    flat = [part for option in options.items() for part in option]
    return [sys.executable, "-m", "granian", *flat, "--no-ws", target]


def start(
    name: str, command: list[str], *, port: int, probe: str, environment: Mapping[str, str], folder: Path = ROOT
) -> Server:
    """Start a server and wait for its first answer."""
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=folder, env={**os.environ, **environment}, start_new_session=True)
    while not _answers(port, probe):
        if process.poll() is not None:
            raise SystemExit(f"{name} did not start.")
        if time.perf_counter() - began > _START_TIMEOUT:
            process.kill()
            raise SystemExit(f"{name} did not answer in {_START_TIMEOUT:.0f} s.")
        time.sleep(0.01)
    return Server(name, port, process, time.perf_counter() - began)


def stop(server: Server) -> None:
    """End a server that `start` started."""
    server.process.terminate()
    try:
        server.process.wait(15)
    except subprocess.TimeoutExpired:
        server.process.kill()
        server.process.wait()


def cpu_seconds(server: Server) -> float:
    """Return the processor time of a server's processes so far; 0 if there is no `/proc` to read it from.

    What other processes do hardly changes it, so it says more than the clock on a machine that has other things to do.
    """
    return sum(one.seconds for one in _processes() if server.process.pid in (one.pid, one.parent))


def database_cpu_seconds() -> float:
    """Return the processor time of PostgreSQL so far, of every connection; 0 if it is on another machine."""
    return sum(one.seconds for one in _processes() if one.name == "postgres")


class _Process(NamedTuple):
    pid: int
    parent: int
    name: str
    seconds: float


def _processes() -> Iterator[_Process]:
    tick = os.sysconf("SC_CLK_TCK")
    for line in Path("/proc").glob("[0-9]*/stat"):
        try:
            pid, _, rest = line.read_text().partition(" (")
        except OSError:
            continue  # It has ended meanwhile.
        # After the name, which may hold anything: state, parent, … and from the twelfth on the user's and system's.
        name, _, numbers = rest.rpartition(") ")
        fields = numbers.split()
        yield _Process(int(pid), int(fields[1]), name, (int(fields[11]) + int(fields[12])) / tick)


def worker_megabytes(server: Server) -> list[float]:
    """Return the resident memory of each process that serves: the workers, or the one there is."""
    listing = subprocess.run(["ps", "-eo", "pid=,ppid=,rss=,args="], capture_output=True, text=True, check=True).stdout
    rows = [line.split(None, 3) for line in listing.splitlines()]
    # A helper process that only watches over the others is no worker.
    children = [
        int(rss) for _, parent, rss, arguments in rows
        if int(parent) == server.process.pid and "resource_tracker" not in arguments
    ]  # fmt: skip
    own = [int(rss) for pid, _, rss, _ in rows if int(pid) == server.process.pid]
    return [kilobytes / 1024 for kilobytes in (children or own)]


def _answers(port: int, path: str) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path, headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
