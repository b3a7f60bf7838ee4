"""Answers of any size in bounded memory: what is large goes through a file that has no name.

A thread that makes a download of a million rows is done with it when it is made, however slowly the client reads.
"""

from __future__ import annotations

import os
import tempfile
import threading
from collections.abc import Iterable, Iterator
from itertools import chain
from typing import IO

from config.web.bodies import Transport

# What an answer may take of memory. All but downloads are smaller.
MAX_IN_MEMORY = 4 * 1024 * 1024
# Until then, in seconds, the server has opened the file, which it does on a thread of its own.
_HELD_FOR = 60.0
# Opening a file by its descriptor gives it back without its name; Linux has that.
_DESCRIPTORS = "/proc/self/fd"


class SpooledAnswer:
    """A large answer. Nobody else can open its file, and nothing of it is left when the process ends."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def send(self, transport: Transport, status: int, headers: list[tuple[str, str]]) -> None:
        """Let the server send it."""
        transport.response_file(status, headers, f"{_DESCRIPTORS}/{self._file.fileno()}")
        closing = threading.Timer(_HELD_FOR, self._file.close)
        closing.daemon = True
        closing.start()


def spool(answer: Iterable[bytes]) -> bytes | SpooledAnswer:
    """Return the answer whole, or in a file what is larger than `MAX_IN_MEMORY`."""
    parts = iter(answer)
    kept, size = [], 0
    for part in parts:
        kept.append(part)
        size += len(part)
        if size > MAX_IN_MEMORY and os.path.isdir(_DESCRIPTORS):
            return _in_file(chain(kept, parts))
    return b"".join(kept)


def _in_file(parts: Iterator[bytes]) -> SpooledAnswer:
    file = tempfile.TemporaryFile()  # noqa: SIM115 - it is closed once it is sent
    try:
        for part in parts:
            file.write(part)
        file.flush()
    except BaseException:
        file.close()
        raise
    return SpooledAnswer(file)
