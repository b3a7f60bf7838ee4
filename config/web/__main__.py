"""`python -m config.web`: the web server of the image and of `make run`, with its bounds.

Settings: HOST, PORT, WEB_WORKERS, WEB_THREADS.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import sys
from importlib import import_module

from granian import Granian
from granian.constants import HTTPModes, Interfaces, Loops
from granian.http import HTTP1Settings
from granian.log import LogLevels

# The bytes of a request's line and headers together; more is answered 431.
MAX_HEAD_BYTES = 32_768
# How long, in milliseconds, a head may take; a connection without a request is closed after that, too.
HEAD_TIMEOUT = 10_000
# Connections of one worker. One that waits costs a descriptor and some 20 kB, and no thread.
MAX_CONNECTIONS = 4096


APPLICATION = "config.web.application:application"


def main(application: str = APPLICATION) -> None:
    """Serve until asked to stop. A worker that dies is replaced while the others go on."""
    _allow_descriptors(2 * MAX_CONNECTIONS)
    if sys.platform == "linux":
        # Python's own choice until 3.13; the workers share what `load` has loaded.
        multiprocessing.set_start_method("fork", force=True)
    server = Granian(
        application,
        address=os.environ.get("HOST", "127.0.0.1"),
        port=int(os.environ.get("PORT") or 8000),
        interface=Interfaces.RSGI,
        loop=Loops.asyncio,
        workers=int(os.environ.get("WEB_WORKERS") or 2),
        blocking_threads_idle_timeout=600,
        workers_kill_timeout=10,
        respawn_failed_workers=True,
        websockets=False,
        http=HTTPModes.http1,
        http1_settings=HTTP1Settings(header_read_timeout=HEAD_TIMEOUT, max_buffer_size=MAX_HEAD_BYTES),
        backlog=MAX_CONNECTIONS,
        backpressure=MAX_CONNECTIONS,
        log_level=LogLevels.warning,
    )

    @server.on_startup
    def use_threads() -> None:
        # Granian gives RSGI one thread, because an event loop does the work; here the threads do (`Turns`).
        server.blocking_threads = int(os.environ.get("WEB_THREADS") or 8)

    @server.on_startup
    def load() -> None:
        # Once for all workers that are forks of this process: half of the work, and they share its memory.
        if multiprocessing.get_start_method() == "fork":
            import_module(application.partition(":")[0])

    server.serve()


def _allow_descriptors(count: int) -> None:
    """Raise the limit on open files towards `count`; the usual 1,024 are fewer than the connections."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count if hard == resource.RLIM_INFINITY else min(count, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))


if __name__ == "__main__":
    main()
